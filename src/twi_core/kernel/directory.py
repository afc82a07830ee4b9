"""What Discord knows of a guild's roles and members, and who stands above whom."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, final

from twi_core.kernel.errors import Kind, define_error
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.ids import ChannelId, GuildId, RoleId, UserId
from twi_core.kernel.permissions import NativePermissions

OUTRANKED = define_error(
    "guild.outranked",
    Kind.FORBIDDEN,
    message="You cannot act on this {target}: {reason}.",
    hint="Ask somebody whose highest role is above it, or the owner of the server.",
    cause="The role or member stands as high as the caller or higher, owns the server, or is the bot itself.",
    example={"target": "role", "reason": "it stands above you"},
)
UNKNOWN_ROLE = define_error(
    "guild.unknown_role",
    Kind.NOT_FOUND,
    message="There is no such role in this server.",
    hint="Choose one of the roles that the server has now.",
    cause="The role was deleted, or belongs to another server.",
)
UNKNOWN_MEMBER = define_error(
    "guild.unknown_member",
    Kind.NOT_FOUND,
    message="That user is not a member of this server.",
    hint="Check the id; somebody who has left cannot be asked about.",
    cause="The user left, never joined, or the id is wrong.",
)
UNKNOWN_CHANNEL = define_error(
    "guild.unknown_channel",
    Kind.NOT_FOUND,
    message="There is no such channel in this server.",
    hint="Choose one of the channels that the server has now, and that the bot can see.",
    cause="The channel was deleted, is hidden from the bot, or belongs to another server.",
)
NO_DIRECTORY = define_error(
    "guild.no_directory",
    Kind.UNAVAILABLE,
    message="Who stands above whom in the server cannot be looked up here.",
    hint=(
        "Do it in Discord, as a member of the server; if the bot is not in it, invite the bot first. "
        "Whoever runs the bot can do it on the command line all the same."
    ),
    cause=(
        "The call depends on the places of roles, and this process is not connected to Discord, or the bot or the "
        "caller is not in the server (any more)."
    ),
)


@final
@dataclass(frozen=True, slots=True)
class RoleFacts:
    """Tell the place of a role; a higher number stands higher, and 0 is the role that everyone has.

    A `managed` one is handed out by Discord for somebody else: to a bot, a subscriber, a booster.
    """

    id: RoleId
    position: int
    managed: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFacts:
    """Tell what Discord vouches for about a member; `position` is that of the highest role."""

    id: UserId
    roles: frozenset[RoleId]
    native: NativePermissions
    position: int
    owner: bool = False
    this_bot: bool = False


class Directory(Protocol):
    """Look up roles and members; each raises `Unavailable` where Discord cannot be asked."""

    async def role(self, guild: GuildId, role: RoleId, /) -> RoleFacts | None:
        """Return a role of a guild, none where there is none."""
        ...

    async def member(self, guild: GuildId, user: UserId, /) -> MemberFacts | None:
        """Return a member of a guild, none where the user is no member."""
        ...

    async def places(self, guild: GuildId, channel: ChannelId, /) -> tuple[ChannelId, ...] | None:
        """Return what a channel lies in: a thread's channel, a channel's category; none where there is no such channel.

        A thread that was archived before the bot has seen it counts as none. The last may be `UNKNOWN_PLACE`.
        """
        ...


@final
class NoDirectory:
    """Be the directory of a process that is not connected to Discord."""

    async def role(self, _guild: GuildId, _role: RoleId, /) -> RoleFacts | None:
        """See `Directory`."""
        raise Unavailable("not connected to Discord")

    async def member(self, _guild: GuildId, _user: UserId, /) -> MemberFacts | None:
        """See `Directory`."""
        raise Unavailable("not connected to Discord")

    async def places(self, _guild: GuildId, _channel: ChannelId, /) -> tuple[ChannelId, ...] | None:
        """See `Directory`."""
        raise Unavailable("not connected to Discord")


class Above(StrEnum):
    """Say why somebody may not act on a role or a member; each value completes "You cannot act on it: …"."""

    BOT = "it is the bot itself"
    OWNER = "the owner of the server stands above everybody"
    EQUAL = "it stands as high as you do"
    HIGHER = "it stands above you"


def obstacle(actor: MemberFacts, target: MemberFacts | RoleFacts) -> Above | None:
    """Say why `actor` may not act on `target`, none where they may: the one rule of hierarchy.

    Nobody acts on the bot itself. Everybody acts on themselves, the owner on everybody, nobody else on the owner; else
    the actor's highest role must stand above the target's.
    """
    if isinstance(target, MemberFacts):
        if target.this_bot:
            return Above.BOT
        if target.id == actor.id:
            return None
    if actor.owner:
        return None
    if isinstance(target, MemberFacts) and target.owner:
        return Above.OWNER
    if actor.position > target.position:
        return None
    return Above.EQUAL if actor.position == target.position else Above.HIGHER
