"""Discord: one running bot, asked in four simulated servers and in direct messages; it is a member of three of them."""

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, final

import discord
import pytest
import simcord

from tests.contexts import Entrypoint
from tests.integration.discord.stage import Said, Stage, Way, answered
from tests.integration.matrix.rules import NOTHING, OK, RANKS, SUGGESTED, Cell, Kind, Place
from tests.integration.matrix.scene import OURS, Kept, Scene, Server, asked, filled, seed
from tests.integration.parity.world import example
from tests.unlimited import Unlimited
from twi_core.application import Application
from twi_core.assembly import Ports, build_application
from twi_core.kernel.ids import UserId
from twi_core.kernel.operators import Operators
from twi_core.kernel.parameters import ParameterKind
from twi_discord.commands.hybrids import HostedCommand
from twi_discord.commands.specs import Option
from twi_discord.connection.bot import TwiBot
from twi_discord.connection.directory import BotDirectory
from twi_discord.errors import OVERHEARD
from twi_memory.ports.sources import CountingIds, ManualClock, SeededRandom
from twi_memory.storage.store import MemoryStore
from twi_runtime.opening.late_directory import LateDirectory

PATIENCE: Final = 20.0
"""Seconds within which the bot must be idle again, on a busy machine too."""

_CODE: Final = re.compile(r"^-# `([a-z_]+\.[a-z_]+)`", re.MULTILINE)
_PERMISSIONS: Final = {
    Kind.ADMINISTRATOR: discord.Permissions(administrator=True),
    Kind.MODERATOR: discord.Permissions(ban_members=True),
}


@final
@dataclass(frozen=True)
class There:
    """A simulated server: its ids, its channel, its role without rights, and who is in it."""

    server: Server
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    role: simcord.RoleHandle
    people: Mapping[Kind, simcord.MemberActor]
    somebody: simcord.MemberActor


@final
@dataclass(frozen=True)
class World:
    """The running bot, the servers by place, and what is stored."""

    stage: Stage
    there: Mapping[Place, There]
    scene: Scene
    kept: Kept

    async def answers(self, cells: Iterable[Cell]) -> list[tuple[Cell, str]]:
        """Return what answered each cell; what one changes is undone before the next."""
        found = []
        for cell in cells:
            found.append((cell, await self._answer(cell)))
            self.kept.bring_back()
        return found

    def at(self, place: Place) -> There:
        """Return the server that callers in a place are in; those of a direct message are known from the own server."""
        return self.there[Place.OWN if place is Place.DM else place]

    async def typed(self, kind: Kind, place: Place, command: str, option: str, text: str, **filled: str) -> list[str]:
        """Type into an option, others being filled in already, and return what is suggested."""
        there = self.at(place)
        person = there.people[kind]
        if place is Place.DM:
            found = await person.user.autocomplete(command, option, text, **filled)
        else:
            found = await person.autocomplete(there.channel, command, option, text, **filled)
        return [choice["value"] for choice in found]

    async def _answer(self, cell: Cell) -> str:
        there = self.at(cell.place)
        person = there.people[cell.kind]
        if cell.entrypoint is Entrypoint.TYPING:
            assert cell.row.typing is not None
            text = example(cell.row.name)["typed"]
            return SUGGESTED if await self.typed(cell.kind, cell.place, *cell.row.typing, text) else NOTHING
        if cell.entrypoint is Entrypoint.MENU:
            return code(answered(await person.context_menu(there.channel, cell.command, there.somebody)))
        way: Way = "slash" if cell.entrypoint is Entrypoint.SLASH else "prefix"
        dm = cell.place is Place.DM
        given = self._given(cell, there, way)
        return code(await self.stage.ask(person, way, cell.command, at=there.channel, dm=dm, **given))

    def _given(self, cell: Cell, there: There, way: Way) -> dict[str, Any]:
        """Return the options of a cell's command; people are chosen, and roles by slash."""
        command = self.stage.bot.get_command(cell.command)
        assert isinstance(command, HostedCommand)
        raw = {**asked(cell.row), **cell.row.commands[cell.command]}
        ids = filled(raw, self.scene, cell.place)
        people = {str(each.id): each for each in there.people.values()}

        def chosen(option: Option) -> object:
            match option.parameter.kind:
                case ParameterKind.USER:
                    return people.get(ids[option.name], there.somebody)
                case ParameterKind.ROLE if way == "slash":
                    return there.role
                case _:
                    return ids[option.name]

        return {option.name: chosen(option) for option in command.spec.options if option.name in ids}


def code(said: Said) -> str:
    """Return the code of the only answer, or `OK`; a success that others would read counts as one."""
    assert len(said.messages) == 1, said.text
    found = _CODE.search(said.text)
    return found[1] if found and found[1] != OVERHEARD.code else OK


@asynccontextmanager
async def running(patch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """Run the bot."""
    clock, store, directory, operators = ManualClock(), MemoryStore(), LateDirectory(), Operators()
    app = build_application(
        Application,
        Ports(
            storage=store,
            limiter=Unlimited(),
            refusals=None,
            clock=clock,
            random=SeededRandom(),
            ids=CountingIds(),
            invalidations=store.invalidations,
            operators=operators,
            directory=directory,
        ),
    )
    bot = TwiBot(app)
    simulated = simcord.run(bot, settle_timeout=PATIENCE)
    there = _populate(simulated._env)
    own = there[Place.OWN]
    people = {kind: person.id for kind, person in own.people.items()}
    scene = Scene({place: there[place].server for place in OURS}, people, own.somebody.id)
    operators.replace([UserId(people[Kind.OPERATOR])])
    async with simulated as env:
        with directory.known(BotDirectory(bot)):
            stage = Stage(env, bot, app, store, clock, own.guild, own.channel, {})
            await _leave(env, there[Place.AWAY], patch)
            await seed(app, store, scene)
            yield World(stage, there, scene, Kept(store))
            assert env.errors == []


def _populate(env: simcord.Env) -> Mapping[Place, There]:
    users = {kind: env.create_user(kind.name.lower()) for kind in RANKS[Entrypoint.SLASH]}
    somebody = env.create_user("somebody")
    places = (*OURS, Place.AWAY)
    return {place: _server(env, place, users, somebody) for place in places}


def _server(
    env: simcord.Env, place: Place, users: Mapping[Kind, simcord.UserHandle], somebody: simcord.UserHandle
) -> There:
    """Make a server; in the other one nobody has a rank."""
    ranked = place is not Place.OTHER
    guild = env.create_guild(place.value, owner=users[Kind.OWNER] if ranked else None)
    roles = {kind: [guild.create_role(kind.name, permissions=found)] for kind, found in _PERMISSIONS.items()}
    high = guild.create_role("High")
    admin_role, role = guild.create_role("Stewards"), guild.create_role("Helpers")  # a new role is the lowest one
    roles[Kind.STEWARD] = [high, admin_role]
    people = {
        kind: guild.add_member(user, roles=roles.get(kind, []) if ranked else [])
        for kind, user in users.items()
        if kind is not Kind.OWNER or not ranked
    }
    if ranked:
        people[Kind.OWNER] = simcord.MemberActor(env, guild, users[Kind.OWNER])
    channel = guild.create_text_channel("general")
    server = Server(guild.id, role.id, admin_role.id)
    return There(server, guild, channel, role, people, guild.add_member(somebody))


async def _leave(env: simcord.Env, away: There, patch: pytest.MonkeyPatch) -> None:
    """Remove the bot from a server; it receives from there only what a caller sends who has installed it."""
    env.backend.emit("GUILD_DELETE", {"id": str(away.server.id)})
    await env.settle()
    emit = env.backend.emit

    def forward(event: str, payload: Mapping[str, Any]) -> None:
        if event == "INTERACTION_CREATE" and payload.get("guild_id") == str(away.server.id):
            payload = {**payload, "authorizing_integration_owners": {"1": payload["member"]["user"]["id"]}}
        emit(event, payload)

    patch.setattr(env.backend, "emit", forward)
