"""What Discord knows about a guild's roles and members, and the hierarchy between them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, final

from twi_core.kernel.errors import Kind, define_error
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.ids import ChannelId, GuildId, RoleId, UserId
from twi_core.kernel.language import text
from twi_core.kernel.permissions import NativePermissions

OUTRANKED = define_error(
    "guild.outranked",
    Kind.FORBIDDEN,
    message="You can't manage that role or member: {reason}.",
    hint="Ask someone with a higher role, or the owner of the server.",
    cause="The role or member is at least as high as the caller, owns the server, or is the bot itself.",
    example={"reason": "it's above your highest role"},
)
UNKNOWN_ROLE = define_error(
    "guild.unknown_role",
    Kind.NOT_FOUND,
    message="This server doesn't have that role.",
    hint="Choose one of the server's roles.",
    cause="The role was deleted, or belongs to another server.",
)
UNKNOWN_MEMBER = define_error(
    "guild.unknown_member",
    Kind.NOT_FOUND,
    message="That user isn't a member of this server.",
    hint="Check the id, or choose a current member.",
    cause="The user left, never joined, or the id is wrong.",
)
UNKNOWN_CHANNEL = define_error(
    "guild.unknown_channel",
    Kind.NOT_FOUND,
    message="This server doesn't have that channel, or the bot can't see it.",
    hint="Choose a channel that the bot can see.",
    cause="The channel was deleted, is hidden from the bot, or belongs to another server.",
)
NO_DIRECTORY = define_error(
    "guild.no_directory",
    Kind.UNAVAILABLE,
    message="The bot can't look up this server's roles right now.",
    hint=(
        "Do this on Discord as a member of the server. If the bot isn't there, invite it first. "
        "The bot's operators can also do it on the command line."
    ),
    cause=(
        "The call depends on the order of roles, and this process isn't connected to Discord, or the bot or the caller "
        "isn't in the server (any more)."
    ),
)


@final
@dataclass(frozen=True, slots=True)
class RoleFacts:
    """The position of a role; higher numbers rank higher, and 0 is the role that everyone has.

    Discord itself assigns a `managed` role: to a bot, a subscriber or a booster.
    """

    id: RoleId
    position: int
    managed: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFacts:
    """What Discord reports about a member; `position` is the position of the highest role."""

    id: UserId
    roles: frozenset[RoleId]
    native: NativePermissions
    position: int
    owner: bool = False
    this_bot: bool = False


class Directory(Protocol):
    """A source of roles and members; each method raises `Unavailable` if Discord can't be asked."""

    async def role(self, guild: GuildId, role: RoleId, /) -> RoleFacts | None:
        """Return a role of a guild, or None if there is no such role."""
        ...

    async def member(self, guild: GuildId, user: UserId, /) -> MemberFacts | None:
        """Return a member of a guild, or None if the user isn't a member."""
        ...

    async def places(self, guild: GuildId, channel: ChannelId, /) -> tuple[ChannelId, ...] | None:
        """Return what contains a channel: a thread's channel, a channel's category; None if there is no such channel.

        A thread archived before the bot saw it counts as missing. The last item may be `UNKNOWN_PLACE`.
        """
        ...


@final
class NoDirectory:
    """The directory of a process that isn't connected to Discord."""

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
    """The reason why someone can't act on a role or member."""

    BOT = "bot"
    OWNER = "owner"
    EQUAL = "equal"
    HIGHER = "higher"

    @property
    def reason(self) -> str:
        """Return the text that completes "You can't manage that role or member: …"."""
        match self:
            case Above.BOT:
                return text("it's the bot itself")
            case Above.OWNER:
                return text("they own the server")
            case Above.EQUAL:
                return text("it's as high as your highest role")
            case Above.HIGHER:
                return text("it's above your highest role")


def obstacle(actor: MemberFacts, target: MemberFacts | RoleFacts) -> Above | None:
    """Return why `actor` can't act on `target`, or None if they can: the only hierarchy rule.

    Nobody can act on the bot itself. Everyone can act on themselves, the owner on everyone, and nobody else on the
    owner; otherwise the actor's highest role must be above the target's.
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
