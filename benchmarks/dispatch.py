"""A use case through the whole pipeline, against discord.py's own work for one slash interaction."""

import json
from datetime import datetime
from typing import Any

import discord
from discord import app_commands

from benchmarks.measure import interleaved, ratio, summary, table
from twi_core.application import Application
from twi_core.assembly import Ports, build_application
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.outcome import Success
from twi_core.kernel.permissions import Level
from twi_core.links.use_cases.add import AddLink
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.ports.sources import SystemClock, SystemRandom, TimeIds
from twi_memory.storage.store import MemoryStore

GUILD = GuildId(346842016480755724)
PAYLOAD = json.dumps(
    {
        "id": "1300000000000000001", "application_id": "1300000000000000002", "type": 2, "version": 1,
        "token": "a" * 80, "channel_id": "1300000000000000003", "guild_id": str(int(GUILD)), "locale": "en-GB",
        "app_permissions": "0", "entitlements": [], "authorizing_integration_owners": {}, "context": 0,
        "attachment_size_limit": 10485760,
        "channel": {"id": "1300000000000000003", "type": 0, "name": "general", "permissions": "0"},
        "guild": {"id": str(int(GUILD)), "locale": "en-GB", "features": []},
        "member": {
            "user": {"id": "1001", "username": "max", "discriminator": "0", "avatar": None, "global_name": "Max"},
            "roles": [], "joined_at": "2024-01-01T00:00:00+00:00", "permissions": "0", "deaf": False, "mute": False,
            "flags": 0, "nick": None, "avatar": None, "premium_since": None, "pending": False,
        },
        "data": {
            "id": "1300000000000000009", "name": "link", "type": 1,
            "options": [
                {"name": "get", "type": 1, "options": [{"name": "title", "type": 3, "value": "world map"}]}
            ],
        },
    }
)  # fmt: skip


class LeapingClock:
    """A clock that leaps by a minute at each reading, so that the real limiter counts every call and refuses none."""

    def __init__(self, leap: float = 60.0) -> None:
        self._leap = leap
        self._seconds = 0.0
        self._system = SystemClock()

    def now(self) -> datetime:
        """Return the real time of day."""
        return self._system.now()

    def monotonic(self) -> float:
        """Return more than before."""
        self._seconds += self._leap
        return self._seconds


async def run(rounds: int, calls: int) -> str:
    """Run the benchmark, and return its table."""
    clock, random, store = SystemClock(), SystemRandom(), MemoryStore()
    app = build_application(
        Application,
        Ports(
            storage=store,
            limiter=MemoryLimiter(LeapingClock()),
            clock=clock,
            random=random,
            ids=TimeIds(clock, random),
            invalidations=store.invalidations,
        ),
    )
    moderator = app.context(actor=UserId(1), guild=GUILD, asserted_level=Level.MODERATOR)
    assert isinstance(
        await app.links.add(AddLink(title="World Map", content="https://wanderinginn.com/map"), moderator), Success
    )

    async def ours() -> None:
        context = app.context(actor=UserId(1001), guild=GUILD)
        outcome = await app.links.get.call({"title": "world map"}, context)
        assert isinstance(outcome, Success)

    client = discord.Client(intents=discord.Intents.none())
    tree = app_commands.CommandTree(client)
    group = app_commands.Group(name="link", description="Links")

    reached = 0

    @group.command(name="get", description="Show a link")
    async def get(_: discord.Interaction, title: str) -> None:
        nonlocal reached
        reached += len(title) > 0

    tree.add_command(group)
    state: Any = client._connection  # noqa: SLF001  # what discord.py itself passes to an interaction

    bot_user: Any = {"id": "1300000000000000002", "username": "bot", "discriminator": "0", "avatar": None, "bot": True}
    state.user = discord.ClientUser(state=state, data=bot_user)
    everyone = {
        "id": str(int(GUILD)),
        "name": "@everyone",
        "permissions": "0",
        "position": 0,
        "color": 0,
        "hoist": False,
    }
    channel = {"id": "1300000000000000003", "type": 0, "name": "general", "position": 0, "permission_overwrites": []}
    me = {
        "user": bot_user,
        "roles": [],
        "joined_at": "2024-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
    }
    guild = {"id": str(int(GUILD)), "name": "Inn", "owner_id": "1", "member_count": 2, "features": []}
    state._add_guild_from_data(  # noqa: SLF001  # the guild is in the cache of a running bot
        guild | {"roles": [everyone], "channels": [channel], "members": [me], "emojis": [], "stickers": []}
    )

    async def theirs() -> None:
        interaction = discord.Interaction(data=json.loads(PAYLOAD), state=state)
        await tree._call(interaction)  # noqa: SLF001  # what the gateway's task runs

    figures = await interleaved({"ours": ours, "discord.py": theirs}, rounds=rounds, calls=calls)
    assert reached > rounds * calls, "the tree did not reach the command"
    await client.close()
    return table(
        "1. `links.get` through the whole pipeline (memory) against discord.py's parse and tree call",
        ["", "µs per call: median (min to max)", "ratio (aim: 1.6 or less)"],
        [
            ["discord.py, one slash interaction", summary(figures["discord.py"]), "1"],
            ["decode, pipeline, use case", summary(figures["ours"]), ratio(figures["ours"], figures["discord.py"])],
        ],
    )
