"""How the bot starts: what it sends Discord, and what keeps it from starting."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.process.stage import OFFERED, Twi, ask, in_memory, online, started
from tests.wire import ALICE, TOKEN, FakeDiscord

pytestmark = pytest.mark.asyncio(loop_scope="module")

COMMANDS = "/applications/*/commands"
LOGIN = "/users/@me"
FATAL = 78


async def _refused(twi: Twi, code: str) -> str:
    """Check that the process ends with the exit code of settings that must change, one message, and no secret in it."""
    assert await twi.ended() == FATAL, twi.tail
    shown = [line for line in twi.err.splitlines() if code in line]
    assert len(shown) == 1, twi.tail
    assert "Traceback" not in twi.err
    assert " | " not in twi.err, "a traceback in the log"
    assert TOKEN not in twi.out + twi.err
    assert twi.left_behind() == []
    return twi.err


async def test_a_refused_token_is_tried_once(discord: FakeDiscord, tmp_path: Path) -> None:
    """A token that Discord refuses ends the process with 78 and one message, after one try."""
    before = len(discord.requests)
    secret = "mistyped.wire.token"
    async with started("bot", environment=in_memory(discord, tmp_path, token=secret)) as twi:
        shown = await _refused(twi, "discord.token_refused")
        assert secret not in shown
        assert "TWI_DISCORD_TOKEN" in shown
    assert [(entry.path, entry.status) for entry in discord.requests[before:]] == [(LOGIN, 401)]


async def test_a_token_that_the_gateway_refuses_is_tried_once(discord: FakeDiscord, tmp_path: Path) -> None:
    """A token that is reset between login and gateway ends the process with 78 after one identify."""
    before = len(discord.identifies)
    discord.close_next_identify_with(4004)
    async with started("bot", environment=in_memory(discord, tmp_path)) as twi:
        await _refused(twi, "discord.token_refused")
    assert len(discord.identifies) == before + 1


async def test_a_missing_intent_is_named(discord: FakeDiscord, tmp_path: Path) -> None:
    """Without the privileged intent the process ends with 78, names it and where to switch it on, and asks once."""
    before = len(discord.identifies)
    discord.close_next_identify_with(4014)
    async with started("bot", environment=in_memory(discord, tmp_path)) as twi:
        shown = await _refused(twi, "discord.intent_missing")
        assert "Message Content Intent" in shown
        assert "developer portal" in shown
    assert len(discord.identifies) == before + 1


async def test_no_token_is_reported_before_anything_is_sent(discord: FakeDiscord, tmp_path: Path) -> None:
    """Without a token the process ends with 78 and says which settings hold one."""
    before = len(discord.requests)
    environment = {**discord.environment(), "TWI_STORAGE": "memory"}
    async with started("bot", environment=environment) as twi:
        shown = await _refused(twi, "discord.token_missing")
        assert "TWI_DISCORD_TOKEN_FILE" in shown
    assert discord.requests[before:] == []


async def test_a_discord_that_is_out_of_order_is_asked_again(discord: FakeDiscord, tmp_path: Path) -> None:
    """A start through 503s of login, of the commands' definitions and of their sync succeeds."""
    discord.world.commands.clear()
    discord.fail_next("GET", LOGIN, status=503)
    discord.fail_next("GET", COMMANDS, status=503)
    discord.fail_next("PUT", COMMANDS, status=503)
    before = len(discord.requests)
    async with online(discord, environment=in_memory(discord, tmp_path)) as twi:
        assert "No links" in await ask(discord, twi, "link list", {}, by=ALICE)
        await twi.stopped()
    asked = [(entry.method, entry.status) for entry in discord.requests[before:]]
    assert [status for method, status in asked if method == "PUT"] == [503, 200]
    assert [status for method, status in asked if method == "GET"].count(503) == 2


async def test_a_discord_that_is_down_is_reported(discord: FakeDiscord, tmp_path: Path) -> None:
    """When nothing listens the process gives up after its tries, and says that Discord cannot be reached."""
    environment = {**in_memory(discord, tmp_path), "TWI_DISCORD_API_URL": "http://127.0.0.1:9/api/v10"}
    async with started("bot", environment=environment) as twi:
        assert await twi.ended() == 16, twi.tail
        assert "discord.unreachable" in twi.err
        assert "Traceback" not in twi.err
        assert TOKEN not in twi.out + twi.err


async def test_commands_are_sent_when_they_have_changed_or_on_demand(discord: FakeDiscord, tmp_path: Path) -> None:
    """The first start sends the definitions, a second one does not, and `--sync` does again."""
    discord.world.commands.clear()
    environment = in_memory(discord, tmp_path)
    sent = []
    for arguments in (("bot",), ("bot",), ("bot", "--sync")):
        before = len(discord.sent("PUT", COMMANDS))
        async with online(discord, *arguments, environment=environment) as twi:
            sent.append(len(discord.sent("PUT", COMMANDS)) - before)
            await twi.stopped()
    assert sent == [1, 0, 1]
    assert set(discord.world.commands) == OFFERED
