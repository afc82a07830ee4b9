"""One bot that stays up while the wire misbehaves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integration.process.stage import (
    MODERATORS,
    OFFERED,
    Twi,
    added,
    answer,
    ask,
    in_memory,
    online,
    replies,
    shown,
)
from tests.wire import ALICE, FakeDiscord, Json

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALLBACK = "/interactions/*/callback"
MESSAGES = "/channels/*/messages"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def twi(discord: FakeDiscord, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Twi]:
    """The process that all these tests use; at the end it stops in order."""
    environment = in_memory(discord, Path(tmp_path_factory.mktemp("bot")))
    async with online(discord, environment=environment) as process:
        first = discord.interact(added(discord, "first", by=MODERATORS[0]))  # the tests may run in any order
        assert (await answer(discord, process, first)).startswith("Added **first**")
        yield process
        assert not discord.routes.unserved
        await process.stopped()


async def test_it_comes_online_with_its_commands(discord: FakeDiscord, twi: Twi) -> None:
    """The bot identifies once, asks for no more than servers and messages, and offers its commands."""
    (identify,) = discord.identifies
    assert identify.intents == 1 << 0 | 1 << 9 | 1 << 12 | 1 << 15
    assert set(discord.world.commands) == OFFERED


async def test_a_command_is_answered(discord: FakeDiscord, twi: Twi) -> None:
    """A link added by slash is found by a written command, each answered once."""
    interaction = discord.interact(added(discord, "another", by=MODERATORS[0]))
    assert (await answer(discord, twi, interaction)).startswith("Added **another**")
    message = discord.say(discord.world.message("!link get another", by=ALICE))
    assert await _reply(discord, twi, message) == "**another**\nsome words"
    assert len(discord.answers_to(interaction)) == 1


async def test_op_7_loses_nothing(discord: FakeDiscord, twi: Twi) -> None:
    """Asked to reconnect, the bot resumes its session; what was sent meanwhile is answered."""
    identifies, resumes = len(discord.identifies), len(discord.resumes)
    discord.reconnect_request()
    await discord.wait_for_resumes(resumes + 1)
    assert (await ask(discord, twi, "link get", {"title": "first"}, by=ALICE)).startswith("**first**")
    assert len(discord.identifies) == identifies


async def test_op_9_begins_a_new_session(discord: FakeDiscord, twi: Twi) -> None:
    """An invalidated session is replaced by a new one, after the five seconds that Discord asks for."""
    identifies = len(discord.identifies)
    discord.invalidate_session()
    await discord.wait_until_connected(identifies=identifies + 1)
    assert discord.identifies[-1].at - discord.identifies[-2].at > 4
    assert (await ask(discord, twi, "link get", {"title": "first"}, by=ALICE)).startswith("**first**")


async def test_a_429_is_waited_for(discord: FakeDiscord, twi: Twi) -> None:
    """An answer, and a reply to a message, that hit a rate limit come when Discord said, and once."""
    for path in (CALLBACK, MESSAGES):
        before = len(discord.sent("POST", path))
        discord.fail_next("POST", path, status=429, retry_after=0.8)
        if path == CALLBACK:
            assert (await ask(discord, twi, "link get", {"title": "first"}, by=ALICE)).startswith("**first**")
        else:
            assert await _reply(discord, twi, discord.say(discord.world.message("!link get first", by=ALICE)))
        refused, taken = discord.sent("POST", path)[before:]
        assert refused.status == 429
        assert taken.at - refused.at >= 0.75


@pytest.mark.parametrize("applied", [False, True], ids=["lost", "taken, but not reported"])
async def test_a_write_whose_answer_fails_is_done_once(discord: FakeDiscord, twi: Twi, applied: bool) -> None:
    """A 503 on an answer, taken or not, neither runs the command again nor shows its answer twice."""
    by = MODERATORS[1]
    discord.fail_next("POST", CALLBACK, status=503, applied=applied)
    interaction = discord.interact(added(discord, f"slash {applied}", by=by))
    await twi.until(lambda: len(discord.answers_to(interaction)) > 1, "second try")
    assert (await answer(discord, twi, interaction)).startswith(f"Added **slash {applied}**")

    discord.fail_next("POST", MESSAGES, status=503, applied=applied)
    before = len(discord.sent("POST", MESSAGES))
    message = discord.say(discord.world.message(f"!link add written {applied} --content x", by=by))
    await twi.until(lambda: len(discord.sent("POST", MESSAGES)) == before + 2, "second try")
    assert (await _reply(discord, twi, message)).startswith(f"Added **written {applied}**")


async def test_a_repeated_interaction_runs_once(discord: FakeDiscord, twi: Twi) -> None:
    """An interaction that is delivered three times adds its link once, and is answered once."""
    by = MODERATORS[2]
    interaction = discord.interact(added(discord, "thrice", by=by), times=3)
    assert (await answer(discord, twi, interaction)).startswith("Added **thrice**")
    assert "thrice" in await ask(discord, twi, "link get", {"title": "thrice"}, by=by)
    assert len(discord.answers_to(interaction)) == 1
    assert (shown(discord, interaction) or "").startswith("Added **thrice**")


async def test_a_repeated_message_runs_once(discord: FakeDiscord, twi: Twi) -> None:
    """A message that is delivered three times runs once."""
    by = MODERATORS[2]
    message = discord.world.message("!link add three times --content x", by=by)
    for _ in range(3):
        discord.say(message)
    await _reply(discord, twi, message)
    assert "three times" in await ask(discord, twi, "link get", {"title": "three times"}, by=by)
    assert [text.split("\n")[0] for text in replies(discord, message)] == ["Added **three times**"]


async def test_an_answer_that_comes_too_late_is_no_end(discord: FakeDiscord, twi: Twi) -> None:
    """A command whose interaction has expired is done, and the bot goes on."""
    interaction = discord.interact(added(discord, "late", by=MODERATORS[3]), expired=True)
    await twi.until(lambda: bool(discord.answers_to(interaction)), "try to answer")
    assert (await ask(discord, twi, "link get", {"title": "late"}, by=ALICE)).startswith("**late**")


async def _reply(discord: FakeDiscord, twi: Twi, message: Json) -> str:
    """Wait for the reply to a message; it is the only one so far."""
    await twi.until(lambda: bool(replies(discord, message)), "reply")
    (text,) = replies(discord, message)
    return text
