"""What a connected bot knows about members, and how it treats a Discord that does not answer."""

import asyncio
from typing import Any

import pytest

from tests.integration.discord.stage import staged
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.ids import GuildId, UserId
from twi_discord.connection import directory
from twi_discord.connection.directory import BotDirectory

pytestmark = pytest.mark.asyncio

DEADLINE = 60.0
MEMBER = "/guilds/*/members/*"


async def test_a_discord_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request for a member that hangs, as in a rate limit, ends within the patience of the bot, as unavailable."""

    async def hang(*_: Any) -> Any:
        await asyncio.Event().wait()

    async with staged() as stage:
        monkeypatch.setattr(stage.bot.http, "get_member", hang)
        monkeypatch.setattr(directory, "PATIENCE", 0.01)
        asked = BotDirectory(stage.bot).member(GuildId(stage.guild.id), UserId(stage.people["member"].id))
        with pytest.raises(Unavailable):
            await asyncio.wait_for(asked, DEADLINE)


async def test_a_failing_discord_is_not_an_unknown_member() -> None:
    """A user who is not in the server is nobody; while Discord fails, membership is unknown."""
    async with staged() as stage:
        known, guild = BotDirectory(stage.bot), GuildId(stage.guild.id)
        assert await known.member(guild, UserId(1)) is None
        member = UserId(stage.people["member"].id)
        stage.env.inject_error("GET", MEMBER, status=403, times=1)
        with pytest.raises(Unavailable):
            await known.member(guild, member)
        found = await known.member(guild, member)
        assert found is not None
        assert found.id == member
