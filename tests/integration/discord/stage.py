"""A simulated server with people of every rank, and one way to ask the bot something by slash or by prefix."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import discord
import simcord
from discord.ext import commands
from simcord._settlement import _SettlementState
from typing_extensions import override

from tests.unlimited import Unlimited
from twi_core.application import Application
from twi_core.assembly import Ports, build_application
from twi_core.kernel.contexts import Storage
from twi_core.kernel.ids import UserId
from twi_core.kernel.language import EnglishOnly, Languages
from twi_core.kernel.operators import Operators
from twi_core.pipeline.block import REFUSALS
from twi_discord.commands.grammar import option_name
from twi_discord.commands.hybrids import HostedCommand
from twi_discord.connection.bot import TwiBot
from twi_discord.connection.directory import BotDirectory
from twi_memory.links import LINK_ROWS
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.ports.sources import CountingIds, ManualClock, SeededRandom
from twi_memory.storage.store import MemoryStore
from twi_runtime.opening.late_directory import LateDirectory
from twi_runtime.process.drain import Drain

Way = Literal["slash", "prefix"]
Value = str | int | bool | simcord.MemberActor
WAYS: tuple[Way, ...] = ("slash", "prefix")

# simcord waits 50 ms whenever a timer is parked, for nothing.
_settling = simcord.Env._settle_internal.__kwdefaults__
assert _settling is not None
assert "idle" in _settling
_settling["idle"] = 0.002


DEADLINE = 30.0
"""Real seconds within which a bot must be idle, on a machine that is busy with other things."""

SOON = 1.2
"""Under `timed`, timers of more seconds end only when a test lets time pass; the bot is idle while it waits for one."""


@dataclass(frozen=True)
class Said:
    """What the bot answered: its messages' text, and whether only the caller sees it."""

    messages: tuple[simcord.ResponseMessage, ...]
    private: bool

    @property
    def text(self) -> str:
        return "\n".join(shown(message) for message in self.messages)

    @property
    def stable(self) -> str:
        """The text without the reference, which differs from call to call."""
        return self.text.partition(" · reference")[0]


def shown(message: simcord.ResponseMessage | discord.Message) -> str:
    """Return the text of a message and its embeds, in the order in which it is read."""
    return text_of(message.content, message.embeds)


def text_of(content: str, embeds: Sequence[discord.Embed]) -> str:
    """Return the text of content and embeds."""
    return "\n".join(part for part in (content, *map(_embed_text, embeds)) if part)


def _embed_text(embed: discord.Embed) -> str:
    fields = (f"{field.name}: {field.value}" for field in embed.fields)
    return "\n".join(part for part in (embed.title, embed.description, *fields, embed.footer.text) if part)


@dataclass
class Stage:
    """The people, the places and the bot."""

    env: simcord.Env
    bot: commands.Bot
    app: Application
    store: MemoryStore
    clock: ManualClock
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    people: dict[str, simcord.MemberActor]
    drain: Drain = field(default_factory=Drain)

    async def thread(self) -> simcord.ChannelHandle:
        """Open a thread and give it."""
        channel = self.bot.get_channel(self.channel.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.create_thread(name="thread", type=discord.ChannelType.public_thread)
        await self.env.settle()
        return self.channel.threads[0]

    async def ask(
        self,
        who: str | simcord.MemberActor,
        way: Way,
        name: str,
        /,
        *,
        at: simcord.ChannelHandle | None = None,
        dm: bool = False,
        **given: Any,  # a value, of any sort that can be typed
    ) -> Said:
        """Ask as somebody would type it, and give what the bot answered."""
        member = self.people[who] if isinstance(who, str) else who
        if way == "slash":
            place = at or self.channel
            result = await (member.user.slash(name, **given) if dm else member.slash(place, name, **given))
            return answered(result)
        return await self.write(member, self.written(name, **given), at=at, dm=dm)

    def written(self, name: str, /, **given: Value) -> str:
        """Write a command with the prefix."""
        command = self.bot.get_command(name)
        assert isinstance(command, HostedCommand)
        words = [f"!{name}"]
        if command.spec.positional in given:
            words.append(_word(given[command.spec.positional]))
        for option, value in given.items():
            if option != command.spec.positional:
                words += [option_name(option), _word(value)]
        return " ".join(words)

    async def write(
        self, who: str | simcord.MemberActor, text: str, *, at: simcord.ChannelHandle | None = None, dm: bool = False
    ) -> Said:
        """Send a message and give the bot's messages that followed."""
        member = self.people[who] if isinstance(who, str) else who
        place = member.user.dm_channel if dm else at or self.channel
        sent = await (member.send_dm(text) if dm else member.send(place, text))
        stored = self.env.backend.messages[place.id].values()  # `history` makes objects of all of them each time
        fresh = sorted((message for message in stored if message.id > sent.id), key=lambda message: message.id)
        return Said(tuple(simcord.ResponseMessage(self.env, message) for message in fresh), private=False)

    async def add(self, title: str = "world map", content: str = "https://example.org/map", **given: Any) -> None:
        """Save a link as the moderator."""
        said = await self.ask("moderator", "slash", "link add", content=content, title=title, **given)
        assert said.text.startswith("Added"), said.text

    def links(self) -> list[tuple[str, str, str | None, bool]]:
        """Return the links as they are stored."""
        return sorted(
            (link.title, link.content, link.tag, link.preview) for link in self.store.table(LINK_ROWS).rows.values()
        )

    def pings(self) -> list[object]:
        """Return every allowance to ping that was ever sent: each must be empty."""
        return [
            allowed
            for request in self.env.http_requests
            if isinstance(request.json, dict)
            for body in (request.json, request.json.get("data") or {})
            if "content" in body and (allowed := body.get("allowed_mentions")) not in QUIET
        ]


QUIET: Sequence[object] = ({"parse": []}, {"parse": [], "replied_user": False})


def _word(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, simcord.MemberActor):
        return value.mention
    text = str(value)
    if text.startswith('"') and not {"“", "”"} & set(text):
        return f"“{text}”"  # else it would be read as the beginning of a quoted value
    return f'"{text}"' if "--" in text and '"' not in text else text  # else its words may be options


def answered(result: simcord.InteractionResult) -> Said:
    """Return what an interaction was answered with."""
    messages = tuple(message for message in (result.response, *result.followups) if message is not None)
    return Said(messages, private=all(message.ephemeral for message in messages))


RANKS = ("operator", "administrator", "moderator", "owner", "member")
_PERMISSIONS = {
    "administrator": discord.Permissions(administrator=True),
    "moderator": discord.Permissions(ban_members=True),
}


def populate(env: simcord.Env) -> tuple[simcord.GuildHandle, simcord.ChannelHandle, dict[str, simcord.MemberActor]]:
    """Make the server; ids come out the same each time."""
    guild = env.create_guild("The Inn")
    channel = guild.create_text_channel("general")
    people: dict[str, simcord.MemberActor] = {}
    for rank in RANKS:
        roles = [guild.create_role(rank, permissions=_PERMISSIONS[rank])] if rank in _PERMISSIONS else []
        people[rank] = guild.add_member(env.create_user(rank), roles=roles)
    return guild, channel, people


def operator_id() -> UserId:
    """Return the id that the operator will have."""
    _, _, people = populate(simcord.Env(discord.Client(intents=discord.Intents.none())))
    return UserId(people["operator"].id)


class PatientEnv(simcord.Env):
    """A simulated server in which a timer of more than `soon` seconds never ends by itself, however slow the machine.

    Of simcord's own, only `settle_timeout` decides both how long a bot may be busy and which timers it waits for.
    """

    def __init__(self, bot: discord.Client, soon: float) -> None:
        super().__init__(bot, settle_timeout=DEADLINE)
        self._soon = soon

    @override
    def _settlement_state(self) -> _SettlementState:
        for timer in self._work.callbacks:
            if timer.when is not None and timer.real_handle and timer.when - self._virtual_time > self._soon:
                timer.real_handle.cancel()
        return super()._settlement_state()


MakeBot = Callable[[Application, Drain], commands.Bot]


def own_bot(app: Application, drain: Drain) -> commands.Bot:
    """Make our own bot."""
    return TwiBot(app, drain)


@asynccontextmanager
async def staged(
    make: MakeBot = own_bot,
    *,
    wrap: Callable[[Storage], Storage] | None = None,
    soon: float = 5.0,
    limited: bool = False,
    languages: Languages | None = None,
) -> AsyncIterator[Stage]:
    """Start a bot in the simulated server; `wrap` changes its storage. Only with `limited` calls are counted."""
    clock, store, drain, directory = ManualClock(), MemoryStore(), Drain(), LateDirectory()
    app = build_application(
        Application,
        Ports(
            storage=wrap(store) if wrap else store,
            limiter=MemoryLimiter(clock) if limited else Unlimited(),
            refusals=REFUSALS if limited else None,
            clock=clock,
            random=SeededRandom(),
            ids=CountingIds(),
            invalidations=store.invalidations,
            operators=Operators({operator_id()}),
            directory=directory,
            languages=languages or EnglishOnly(),
        ),
    )
    bot = make(app, drain)
    running = simcord.run(bot)
    running._env = PatientEnv(bot, soon)
    guild, channel, people = populate(running._env)  # before the start, so that ids come out the same each time
    async with running as env:
        with directory.known(BotDirectory(bot)):
            yield Stage(env, bot, app, store, clock, guild, channel, people, drain)


timed = partial(staged, soon=SOON)
"""Start a bot whose longer waits end when a test lets time pass."""
