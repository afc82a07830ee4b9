"""A guild with roles and members of every place, for the tests of permissions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, final

from tests.app import GUILD, Bench, Who, build
from twi_core.kernel.context import CallContext
from twi_core.kernel.directory import MemberFacts, RoleFacts
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.ids import ChannelId, GuildId, RoleId, UserId
from twi_core.kernel.permissions import NativePermissions
from twi_memory.ports.directory import MemoryDirectory

HELPER, STAFF, LEAD, OTHERS = RoleId(501), RoleId(502), RoleId(503), RoleId(504)
"""Roles that stand at the places 1, 2, 3 and, as high as the moderator's, 2."""
OWNER, BOT, STRANGER = UserId(900), UserId(901), UserId(902)
ROOM, THREAD, SECTION, ELSEWHERE = ChannelId(601), ChannelId(602), ChannelId(603), ChannelId(604)

_PLACES: Final[Mapping[RoleId, int]] = {HELPER: 1, STAFF: 2, LEAD: 3, OTHERS: 2}
_ROLES: Final[Mapping[Who, RoleId]] = {Who.ADMINISTRATOR: LEAD, Who.MODERATOR: STAFF, Who.AUTHOR: STAFF}


def directory() -> MemoryDirectory:
    """Return what Discord would know: the owner has no role, the bot is at place 2."""
    found = MemoryDirectory()
    for role, position in _PLACES.items():
        found.roles[GUILD, role] = RoleFacts(role, position)
    for who in (Who.ADMINISTRATOR, Who.MODERATOR, Who.AUTHOR, Who.MEMBER):
        roles = frozenset({_ROLES[who]}) if who in _ROLES else frozenset[RoleId]()
        native = {Who.ADMINISTRATOR: NativePermissions.ADMINISTRATOR, Who.MEMBER: NativePermissions.NONE}
        _add(found, UserId(who.value), roles, native.get(who, NativePermissions.BAN_MEMBERS))
    _add(found, OWNER, frozenset(), NativePermissions.ADMINISTRATOR, owner=True)
    _add(found, BOT, frozenset({STAFF}), NativePermissions.NONE, this_bot=True)
    found.lies_in[GUILD, THREAD] = (ROOM, SECTION)
    found.lies_in[GUILD, ROOM] = (SECTION,)
    found.lies_in[GUILD, SECTION] = found.lies_in[GUILD, ELSEWHERE] = ()
    return found


def _add(
    found: MemoryDirectory,
    user: UserId,
    roles: frozenset[RoleId],
    native: NativePermissions,
    *,
    owner: bool = False,
    this_bot: bool = False,
) -> None:
    position = max((_PLACES[role] for role in roles), default=0)
    found.members[GUILD, user] = MemberFacts(
        id=user, roles=roles, native=native, position=position, owner=owner, this_bot=this_bot
    )


@final
class WithoutMembers:
    """A directory with all roles and channels, which a bot is sent, while Discord returns no member."""

    def __init__(self) -> None:
        known = directory()
        self.role, self.places = known.role, known.places

    async def member(self, _guild: GuildId, _user: UserId, /) -> MemberFacts | None:
        """Fail as the bot's directory does while Discord returns errors."""
        raise Unavailable("Discord doesn't return a member")


def bench() -> Bench:
    """Build an application that knows these people."""
    return build(directory=directory())


def at(context: CallContext, *places: ChannelId, roles: frozenset[RoleId] = frozenset()) -> CallContext:
    """Return the same call from a channel and its parents, by somebody with roles."""
    return replace(context, channel=places[0] if places else None, within=places[1:], roles=roles)
