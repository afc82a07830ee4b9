"""How our cogs receive Discord's events."""

import asyncio
import logging

import discord
import pytest
from discord.ext import commands

from tests.integration.discord.entries import logged
from tests.integration.discord.stage import Stage, timed
from tests.integration.discord.test_checks import Hosting
from twi_discord.calls import listeners
from twi_discord.calls.host import Host

pytestmark = pytest.mark.asyncio

SECRET = "secret detail of a bug"


class Listeners(commands.Cog):
    """Three listeners for messages: one works, one fails, one works."""

    def __init__(self, host: Host, error: BaseException | None = None, after: float = 0.0) -> None:
        self.host = host
        self.received: list[str] = []
        self._error = error
        self._after = after

    @listeners.listener("on_message")
    async def first(self, message: discord.Message) -> None:
        self.received.append(f"first {message.content}")

    @listeners.listener("on_message")
    async def second(self, message: discord.Message) -> None:
        await asyncio.sleep(self._after)
        if self._error is not None:
            raise self._error
        self.received.append(f"second {message.content}")

    @listeners.listener("on_raw_message_delete")
    async def third(self, deleted: discord.RawMessageDeleteEvent) -> None:
        self.received.append(f"deleted {deleted.message_id}")


async def listening(stage: Stage, error: BaseException | None = None, after: float = 0.0) -> Listeners:
    """Add a cog that listens."""
    cog = Listeners(Host.of(stage.bot, "test"), error, after)
    await stage.bot.add_cog(cog)
    return cog


async def test_listeners_get_their_events() -> None:
    """Each marked method is called with what the event brings."""
    async with timed() as stage:
        cog = await listening(stage)
        sent = await stage.people["member"].send(stage.channel, "hello")
        assert cog.received == ["first hello", "second hello"]
        await stage.people["member"].delete(sent)
        assert cog.received[2:] == [f"deleted {sent.id}"]


@pytest.mark.parametrize("after", [0.0, 4.0])
@pytest.mark.parametrize("error", [RuntimeError(SECRET), commands.CheckFailure(SECRET), asyncio.CancelledError(SECRET)])
async def test_a_listener_that_fails_is_logged_once_and_harms_nobody(error: BaseException, after: float) -> None:
    """The others run, nobody is answered, the bot's handler is not called, the log names event and reference."""
    with logged(logging.ERROR) as records:
        await fail_to_listen(error, after)
    ((reference, record),) = records
    assert "on_message" in record.getMessage()
    assert reference.startswith("r0")
    assert record.exc_info is not None


async def fail_to_listen(error: BaseException, after: float) -> None:
    """Make one of three listeners fail."""
    async with timed(Hosting) as stage:
        assert isinstance(stage.bot, Hosting)
        cog = await listening(stage, error, after)
        await stage.people["member"].send(stage.channel, "hello")
        await stage.env.advance_time(after + 1)
        assert cog.received == ["first hello"]
        assert stage.bot.handled == []
        assert stage.env.errors == []
        assert [m.content for m in stage.channel.history()] == ["hello"]


async def test_the_process_waits_for_a_listener_and_then_ignores_events() -> None:
    """A running listener counts for the drain; once the cog is closed, events are ignored."""
    async with timed() as stage:
        cog = await listening(stage, after=4.0)
        await stage.people["member"].send(stage.channel, "hello")
        assert not await stage.drain.close(0)
        await stage.people["member"].send(stage.channel, "again")
        await stage.env.advance_time(5)
        assert cog.received == ["first hello", "second hello"]
        assert await stage.drain.close(0)
