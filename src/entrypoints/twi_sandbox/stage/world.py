"""The simulated server and its people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, final

import discord
import simcord

GUILD_ID: Final = 346842016480755724
"""Fixed, so that stored data belongs to the same server after a restart."""


@final
@dataclass(frozen=True, slots=True)
class Person:
    """A person to play: a name, and the rank that they have by Discord or by the settings."""

    name: str
    shown: str
    rank: str
    permissions: discord.Permissions | None = None


PEOPLE: Final = (
    Person("olivia", "Olivia", "operator"),
    Person("adam", "Adam", "administrator", discord.Permissions(administrator=True)),
    Person("mona", "Mona", "moderator", discord.Permissions(ban_members=True)),
    Person("max", "Max", "member"),
)
"""The order matters: the simulated Discord numbers users in order, and ids must survive a restart."""


@final
@dataclass(frozen=True, slots=True)
class World:
    """The handles of a simulated server."""

    env: simcord.Env
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    members: Mapping[str, simcord.MemberActor]

    @property
    def operator_id(self) -> int:
        """Return the id of the person who runs the bot."""
        return self.members["olivia"].id


def build_world(env: simcord.Env) -> World:
    """Create the server before the bot starts, then set the simulated clock, which stands still, to the real time."""
    guild = env.create_guild("The Wandering Inn", id=GUILD_ID)
    channel = guild.create_text_channel("general")
    members: dict[str, simcord.MemberActor] = {}
    for person in PEOPLE:
        user = env.create_user(person.name, global_name=f"{person.shown} ({person.rank})")
        roles = []
        if person.permissions is not None:
            roles.append(guild.create_role(person.rank.title(), permissions=person.permissions))
        members[person.name] = guild.add_member(user, roles=roles)
    follow_clock(env)
    return World(env, guild, channel, members)


def follow_clock(env: simcord.Env) -> None:
    """Set the simulated clock to the real time without running what was due meanwhile; only before the start."""
    env.backend.advance_clock((datetime.now(UTC) - env.now()).total_seconds())
