"""The unmodified bot in a simulated Discord, and the page that shows it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Final, final

import discord
import simcord

from twi_core.kernel.errors import AppError
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.limiting import Decision, Window
from twi_core.kernel.permissions import Level
from twi_discord.connection.bot import TwiBot
from twi_discord.connection.directory import BotDirectory
from twi_runtime.configuration.settings import Settings
from twi_runtime.opening.lifecycle import Overrides, Runtime, open_runtime
from twi_runtime.process.exits import RuntimeFailure
from twi_sandbox.errors import PORT_TAKEN
from twi_sandbox.stage.parts import fill
from twi_sandbox.stage.world import GUILD_ID, World, build_world

TICK: Final = 0.5
"""Seconds between updates of the simulated clock, which stands still in between."""
KEPT: Final = 2000
"""How many entries of the simulated Discord's records are kept."""

BOT_NAME: Final = "Cognita"
SMALL_TALK: Final = (
    ("max", "Hello! Where do I start reading?"),
    ("mona", "!link get reading order"),
    ("max", "Thank you. What else is there?"),
    ("mona", "!link list"),
)
"""What stands in the channel when the page is opened: the first messages show the bot at work."""

_log: Final = logging.getLogger(__name__)


def operator_id() -> UserId:
    """Return the id that the person who runs the bot will have in the simulated Discord."""
    rehearsal = simcord.Env(discord.Client(intents=discord.Intents.none()))
    return UserId(build_world(rehearsal).operator_id)


async def prepare(settings: Settings) -> None:
    """Add the demo data of every context that has some, if the storage has none yet."""
    async with open_runtime(settings, Overrides(limiter=Unlimited())) as runtime:
        context = runtime.app.context(actor=None, guild=GuildId(GUILD_ID), asserted_level=Level.OPERATOR)
        await fill(runtime.app, context)


@final
class Unlimited:
    """A limiter that accepts the demo data at once; the limits are for people."""

    async def acquire(self, windows: Sequence[Window], /) -> Decision:
        """See `Limiter`."""
        return Decision(windows[0], 0.0, windows[0].rate.amount, 0.0)

    async def peek(self, windows: Sequence[Window], /) -> Decision:
        """See `Limiter`."""
        return await self.acquire(windows)


@asynccontextmanager
async def open_world(runtime: Runtime) -> AsyncIterator[World]:
    """Start the bot in a simulated Discord."""
    bot = TwiBot(runtime.app, runtime.drain, prefix=runtime.settings.prefix)
    env = simcord.Env(bot, check_errors=False)
    env.backend.bot_user.name = BOT_NAME
    world = build_world(env)
    if world.operator_id not in runtime.settings.operator_ids:
        raise RuntimeError("the simulated Discord numbers its users differently from the rehearsal")
    await env.start()
    try:
        with runtime.directory.known(BotDirectory(bot)):
            yield world
    finally:
        await env.shutdown()


@asynccontextmanager
async def serve_page(runtime: Runtime, port: int) -> AsyncIterator[tuple["asyncio.Task[None]", str]]:
    """Serve the page until the block ends; yield the task that serves it, and its address."""
    async with open_world(runtime) as world:
        for name, text in SMALL_TALK:
            await world.members[name].send(world.channel, text)
        page = _Page(world, port)
        async with page.opened() as address:
            serving = asyncio.create_task(page.serve())
            try:
                yield serving, address
            finally:
                serving.cancel()
                with suppress(asyncio.CancelledError):
                    await serving


@final
class _Page:
    """The page of one channel: it stays open, its clock goes on, and one operation runs at a time.

    A simulated Discord refuses an operation that begins while another runs, and the page would then refuse all that
    follow; so the page's requests and the clock wait for each other here.
    """

    def __init__(self, world: World, port: int) -> None:
        self._world = world
        self._env = world.env
        self._port = port
        self._turn = asyncio.Lock()
        self._shown = 0  # records of the transcript that the page has shown
        self._capability: str | None = None
        self._preview: Any = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[str]:
        await self._open()
        try:
            yield self._preview.url
        finally:
            await self._preview.close()

    async def serve(self) -> None:
        """Follow the clock and show what is new; open the page again after it was closed."""
        while True:
            await asyncio.sleep(TICK)
            if self._preview._closed:  # noqa: SLF001  # there is no public name for it
                await self._open()
            async with self._turn:
                behind = (datetime.now(UTC) - self._env.now()).total_seconds()
                await self._env.advance_time(max(behind, 0.0))
                records = self._env.backend.transcript
                if len(records) != self._shown:
                    await self._preview.refresh()
                for kept in (records, self._env.backend.http_requests):
                    del kept[:-KEPT]
                self._shown = len(records)

    async def _open(self) -> None:
        self._preview = self._env.preview(
            self._world.channel, viewers=list(self._world.members.values()), layout="channel", port=self._port or None
        )
        if self._capability is not None:
            self._preview.capability = self._capability
        try:
            await self._preview.__aenter__()
        except simcord.SetupError as error:
            if not isinstance(error.__cause__, OSError):
                raise
            raise RuntimeFailure(AppError(PORT_TAKEN, {"port": str(self._port)})) from None
        self._capability = self._preview.capability
        self._port = int(self._preview.url.split(":")[2].partition("/")[0])
        act = self._preview._action  # noqa: SLF001  # the only way in which the page acts

        async def in_turn(page: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
            async with self._turn:
                done: dict[str, Any] = await act(page, body)
                # The page has shown its own effects; another refresh would make the next click or text stale.
                self._shown = len(self._env.backend.transcript)
                return done

        self._preview._action = in_turn  # noqa: SLF001  # see the class
