"""`/link get` through a simulated Discord, against a bare hybrid command that answers a constant."""

import gc
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import discord
import simcord
from discord.ext import commands

from benchmarks.dispatch import LeapingClock
from benchmarks.measure import ratio, summary, table
from benchmarks.postgres import open_migrated
from twi_core.kernel.ids import GuildId
from twi_core.kernel.outcome import Success
from twi_core.kernel.permissions import Level
from twi_core.links.use_cases.add import AddLink
from twi_discord.connection.bot import TwiBot
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.storage.store import MemoryStore
from twi_postgres.database.unit import PostgresStore
from twi_runtime.configuration.settings import Settings
from twi_runtime.opening.lifecycle import Overrides, open_runtime

GUILD: Final = 346842016480755724
Call = Callable[[simcord.MemberActor, simcord.ChannelHandle], Awaitable[simcord.InteractionResult]]


def bare_bot() -> commands.Bot:
    """Return a bot with one hybrid group that answers a constant."""
    bot = commands.Bot("!", intents=discord.Intents.default(), help_command=None)
    hybrid_group: Any = commands.hybrid_group  # its decorators fail a strict type check

    @hybrid_group(name="link")  # type: ignore[untyped-decorator]  # see above
    async def link(_: Any) -> None: ...

    @link.command(name="get")  # type: ignore[untyped-decorator]  # see hybrid_group
    async def get(context: Any, title: str) -> None:
        assert title
        await context.send("**World Map**\nhttps://wanderinginn.com/map")

    bot.add_command(link)

    async def sync() -> None:
        await bot.tree.sync()

    bot.setup_hook = sync  # type: ignore[method-assign]  # a bot of three lines needs no class
    return bot


async def _microseconds(bot: commands.Bot, calls: int) -> float:
    """Run a bot in a simulated Discord, and return the time of one command."""
    async with simcord.run(bot) as env:
        guild = env.create_guild(id=GUILD)
        channel = guild.create_text_channel("general")
        member = guild.add_member(env.create_user("max"))
        result = await member.slash(channel, "link get", title="world map")
        for _ in range(10):
            await member.slash(channel, "link get", title="world map")
        gc.collect()
        started = time.perf_counter()
        for _ in range(calls):
            result = await member.slash(channel, "link get", title="world map")
        spent = time.perf_counter() - started
        assert result.response is not None
        assert "World Map" in result.response.content
    return spent / calls * 1e6


async def run(rounds: int, calls: int) -> str:
    """Run the benchmark, and return its table."""
    # Its idle polls of 50 ms would drown out the measurement.
    waits: dict[str, Any] = simcord.Env._settle_internal.__kwdefaults__ or {}  # noqa: SLF001
    idle = waits["idle"]
    waits["idle"] = 0.002
    figures: dict[str, list[float]] = {"bare": [], "memory": [], "postgres": []}
    try:
        async with open_migrated() as (store, _):
            stores: dict[str, MemoryStore | PostgresStore] = {"memory": MemoryStore(), "postgres": store}
            for _ in range(rounds):
                figures["bare"].append(await _microseconds(bare_bot(), calls))
                for name, each in stores.items():
                    figures[name].append(await _ours(each, calls))
    finally:
        waits["idle"] = idle
    return table(
        "2, 3. `/link get` in a simulated Discord, against a bare hybrid command that answers a constant",
        ["", "µs per command: median (min to max)", "ratio (aim on memory: 1.35 or less)"],
        [
            ["bare discord.py hybrid command", summary(figures["bare"]), "1"],
            ["`/link get`, memory", summary(figures["memory"]), ratio(figures["memory"], figures["bare"])],
            [
                "`/link get`, embedded PostgreSQL",
                summary(figures["postgres"]),
                ratio(figures["postgres"], figures["bare"]),
            ],
        ],
    )


async def _ours(store: MemoryStore | PostgresStore, calls: int) -> float:
    limiter = MemoryLimiter(LeapingClock())  # only this one leaps: caches would expire at each reading
    overrides = Overrides(storage=store, invalidations=store.invalidations, limiter=limiter)
    async with open_runtime(Settings(storage="memory", log_level="warning"), overrides) as runtime:
        moderator = runtime.app.context(actor=None, guild=GuildId(GUILD), asserted_level=Level.MODERATOR)
        added = await runtime.app.links.add(
            AddLink(title="World Map", content="https://wanderinginn.com/map"), moderator
        )
        assert isinstance(added, Success) or added.failure().code == "links.title_taken"
        return await _microseconds(TwiBot(runtime.app, runtime.drain), calls)
