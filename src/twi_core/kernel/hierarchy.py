"""Refuse callers who act on a role or member above them."""

from dataclasses import dataclass
from typing import final

from twi_core.kernel.context import CallContext
from twi_core.kernel.directory import (
    NO_DIRECTORY,
    OUTRANKED,
    UNKNOWN_ROLE,
    Directory,
    MemberFacts,
    RoleFacts,
    obstacle,
)
from twi_core.kernel.errors import AppError
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.ids import RoleId, UserId
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Authority

Actor = MemberFacts | None


@final
@dataclass(frozen=True, slots=True)
class Hierarchy:
    """The hierarchy check between a caller and the target of the call; operators are above everyone."""

    authority: Authority
    directory: Directory

    async def refusal_on_role(self, role: RoleId, context: CallContext, /, *, gone: bool = False) -> AppError | None:
        """Refuse callers who may not act on a role, and roles that don't exist; the guild's own id is everyone's role.

        With `gone`, a deleted role is no obstacle, so that its remains can be removed.
        """
        if await self._operator(context):
            return None
        guild = context.in_guild
        try:
            everyone = RoleFacts(role, 0) if role == RoleId(guild) else None
            target = everyone or await self.directory.role(guild, role)
            if target is None:  # whatever the caller's own roles, which may be unavailable
                return None if gone else AppError(UNKNOWN_ROLE)
            return place_refusal(await self._actor(context), target)
        except Unavailable:
            return AppError(NO_DIRECTORY)

    async def refusal_on_user(self, user: UserId, context: CallContext, /) -> AppError | None:
        """Refuse callers who may not act on a member; anyone may act on a user who isn't a member."""
        if await self._operator(context):
            return None
        try:
            target = await self.directory.member(context.in_guild, user)
            actor = await self._actor(context)
        except Unavailable:
            return AppError(NO_DIRECTORY)
        return None if target is None else place_refusal(actor, target)

    async def _operator(self, context: CallContext) -> bool:
        return await self.authority.level(context) is Level.OPERATOR

    async def _actor(self, context: CallContext) -> Actor:
        return None if context.actor is None else await self.directory.member(context.in_guild, context.actor)


def place_refusal(actor: Actor, target: MemberFacts | RoleFacts) -> AppError | None:
    """Refuse an actor who may not act on a target; an unknown actor may act on nobody."""
    if actor is None:
        return AppError(NO_DIRECTORY)
    above = obstacle(actor, target)
    if above is None:
        return None
    kind = "role" if isinstance(target, RoleFacts) else "member"
    return AppError(OUTRANKED, {"target": kind, "reason": above.reason})
