"""How the bot ends: asked, pressed, killed; with its own database server."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.integration.process.database import links_locked, servers
from tests.integration.process.stage import (
    MODERATORS,
    Twi,
    added,
    answer,
    ask,
    in_memory,
    online,
    pointed_at,
    shown,
    started,
)
from tests.wire import ALICE, FakeDiscord

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALLBACK = "/interactions/*/callback"
DEFERRED = 5


def _stored(discord: FakeDiscord, folder: Path) -> dict[str, str]:
    """Return the settings of a bot with an embedded database."""
    return {**pointed_at(discord, folder), "TWI_DATA_DIR": str(folder)}


async def test_a_slow_command_is_answered_although_the_process_stops(discord: FakeDiscord, folder: Path) -> None:
    """SIGTERM during a command that waits for the database: it is deferred in time, then answered, and it counts.

    Further calls are refused meanwhile; the process ends with 0 and takes its database server along.
    """
    async with online(discord, environment=_stored(discord, folder)) as twi:
        with links_locked(folder):
            slow = discord.interact(added(discord, "slow", by=MODERATORS[0]))
            await twi.until(lambda: bool(discord.answers_to(slow)), "deferral")
            (deferral,) = discord.answers_to(slow)
            assert deferral.json["type"] == DEFERRED
            twi.send(signal.SIGTERM)
            await twi.says("stopping: ")
            assert "runtime.stopping" in await ask(discord, twi, "link get", {"title": "slow"}, by=ALICE)
            assert shown(discord, slow) is None
        assert (await answer(discord, twi, slow)).startswith("Added **slow**")
        assert await twi.ended() == 0, twi.tail
    assert [entry.method for entry in discord.answers_to(slow)] == ["POST", "PATCH"]
    _left_nothing(twi, folder)
    assert discord.closed_by_client[-1:] == [1000]


async def test_what_was_answered_survives_a_kill(discord: FakeDiscord, folder: Path) -> None:
    """After `kill -9` the next process starts on the same data, has what was answered before, and ends in order."""
    async with online(discord, environment=_stored(discord, folder)) as killed:
        assert "Added" in await answer(
            discord, killed, discord.interact(added(discord, "kept through a kill", by=MODERATORS[1]))
        )
        killed.send(signal.SIGKILL)
        assert await killed.ended() == -signal.SIGKILL
        assert servers(folder), "the server was to outlive the process here"
        async with online(discord, environment=_stored(discord, folder)) as next_one:
            found = await ask(discord, next_one, "link get", {"title": "kept through a kill"}, by=ALICE)
            assert found.startswith("**kept through a kill**")
            await next_one.stopped()
    _left_nothing(next_one, folder)


async def test_a_second_signal_does_not_wait(discord: FakeDiscord, folder: Path) -> None:
    """A second SIGTERM cuts a command short that would have had ten seconds; the database server still ends."""
    environment = {**_stored(discord, folder), "TWI_STOP_TIMEOUT": "60"}
    hold = discord.hold("POST", CALLBACK)
    try:
        async with online(discord, environment=environment) as twi:
            stuck = discord.interact(added(discord, "stuck", by=MODERATORS[2]))
            await twi.until(lambda: bool(discord.answers_to(stuck)), "answer that is held")
            twi.send(signal.SIGTERM)
            await twi.says("stopping: ")
            twi.send(signal.SIGTERM)
            code = await twi.ended(deadline=50)
    finally:
        hold.release()
    assert code == 0, twi.tail
    assert "Traceback" not in twi.err
    _left_nothing(twi, folder)


async def test_a_held_answer_is_delivered_before_the_end(discord: FakeDiscord, tmp_path: Path) -> None:
    """SIGTERM while Discord has not yet taken an answer: the bot stays online until it has, and ends with 0."""
    async with online(discord, environment=in_memory(discord, tmp_path)) as twi:
        waiting = added(discord, "waiting", by=MODERATORS[4])
        hold = discord.hold("POST", f"/interactions/{waiting['id']}/*")
        discord.interact(waiting)
        await twi.until(lambda: bool(discord.answers_to(waiting)), "answer that is held")
        twi.send(signal.SIGTERM)
        await twi.says("stopping: ")
        assert "runtime.stopping" in await ask(discord, twi, "link list", {}, by=ALICE)
        hold.release()
        assert await twi.ended() == 0, twi.tail
    assert [entry.method for entry in discord.answers_to(waiting)] == ["POST"]
    assert "Traceback" not in twi.err


async def test_a_signal_before_the_start_is_complete_is_obeyed(discord: FakeDiscord, folder: Path) -> None:
    """SIGTERM while the database server starts, or while Discord keeps the login waiting, ends the process with 0."""
    hold = discord.hold("GET", "/users/@me")
    before = len(discord.identifies)
    try:
        async with started("bot", environment=_stored(discord, folder)) as twi:
            requests = len(discord.requests)
            await twi.until(lambda: len(discord.requests) > requests, "login")
            twi.send(signal.SIGTERM)
            assert await twi.ended() == 0, twi.tail
    finally:
        hold.release()
    assert len(discord.identifies) == before
    assert "Traceback" not in twi.err
    _left_nothing(twi, folder)


def _left_nothing(twi: Twi, folder: Path) -> None:
    assert twi.left_behind() == [], twi.tail
    assert servers(folder) == [], twi.tail
