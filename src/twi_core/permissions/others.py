"""Make the call that somebody else would make, from what Discord vouches for about them."""

from dataclasses import replace
from typing import final

from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.directory import UNKNOWN_MEMBER, Directory
from twi_core.kernel.errors import AppError
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.ids import ChannelId, RoleId, UserId
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.permissions import Level, NativePermissions


@final
class Others:
    """Look others up in the directory; where Discord cannot be asked, they are nobody in particular."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def call(
        self, user: UserId, channel: ChannelId | None, context: CallContext
    ) -> Outcome[CallContext, AppError]:
        """Give the call that a user would make in Discord in the guild of `context`; refuse who is no member."""
        guild = context.in_guild
        member = None
        within: tuple[ChannelId, ...] = ()
        try:
            within = () if channel is None else await self._directory.places(guild, channel) or ()
            member = await self._directory.member(guild, user)
            if member is None:
                return Failure(AppError(UNKNOWN_MEMBER))
        except Unavailable:
            pass  # what the caller supposes is all there is
        return Success(
            replace(
                supposed(context, user, Level.EVERYONE, () if member is None else tuple(member.roles)),
                channel=channel,
                within=within,
                native=NativePermissions.NONE if member is None else member.native,
            )
        )


def supposed(context: CallContext, user: UserId, level: Level, roles: tuple[RoleId, ...]) -> CallContext:
    """Give the call that a user of a level, with roles, would make in Discord."""
    return replace(
        context,
        actor=user,
        channel=None,
        within=(),
        roles=frozenset(roles),
        native=NativePermissions.NONE,
        vouched=level,
        origin=Origin.DISCORD,
    )
