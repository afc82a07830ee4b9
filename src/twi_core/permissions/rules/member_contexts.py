"""Build the call that someone else would make, from what Discord reports about them."""

from dataclasses import dataclass, replace
from typing import final

from twi_core.kernel.context import UNKNOWN_PLACE, CallContext, Origin
from twi_core.kernel.directory import UNKNOWN_MEMBER, Directory
from twi_core.kernel.errors import AppError
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.ids import ChannelId, RoleId, UserId
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.permissions import Level, NativePermissions


@final
@dataclass(frozen=True, slots=True)
class Other:
    """Someone else's call; `supposed` means that their roles and native permissions aren't Discord's facts."""

    call: CallContext
    supposed: bool


@final
class MemberContexts:
    """A lookup of other members in the directory; if Discord can't be asked, they are assumed to hold nothing."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def call(self, user: UserId, channel: ChannelId | None, context: CallContext) -> Outcome[Other, AppError]:
        """Return the call that a user would make in Discord in the guild of `context`; refuse non-members."""
        found = await self.find(user, channel, context)
        return Failure(AppError(UNKNOWN_MEMBER)) if found is None else Success(found)

    async def find(self, user: UserId, channel: ChannelId | None, context: CallContext) -> Other | None:
        """Return the call that a user would make in Discord in the guild of `context`; None for non-members."""
        member = None
        try:
            member = await self._directory.member(context.in_guild, user)
            if member is None:
                return None
        except Unavailable:
            pass  # the result says that it is only assumed
        call = replace(
            supposed(context, user, Level.EVERYONE, () if member is None else tuple(member.roles)),
            native=NativePermissions.NONE if member is None else member.native,
        )
        return Other(await self.placed(call, channel), supposed=member is None)

    async def placed(self, call: CallContext, channel: ChannelId | None) -> CallContext:
        """Return the same call made from a channel, with the places that Discord says contain it."""
        if channel is None:
            return call
        try:
            within = await self._directory.places(call.in_guild, channel)
        except Unavailable:
            within = None
        return replace(call, channel=channel, within=(UNKNOWN_PLACE,) if within is None else within)


def supposed(context: CallContext, user: UserId, level: Level, roles: tuple[RoleId, ...]) -> CallContext:
    """Return the call that a user with a level and roles would make in Discord."""
    return replace(
        context,
        actor=user,
        channel=None,
        within=(),
        roles=frozenset(roles),
        native=NativePermissions.NONE,
        asserted_level=level,
        origin=Origin.DISCORD,
    )
