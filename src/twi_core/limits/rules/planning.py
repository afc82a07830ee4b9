"""Refuse changes of limits that their author may not make or that make no sense."""

from typing import Final, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.directory import NO_DIRECTORY, OUTRANKED
from twi_core.kernel.errors import AppError, ErrorCode
from twi_core.kernel.hierarchy import Hierarchy
from twi_core.kernel.ids import RoleId, UserId
from twi_core.kernel.names import near_misses
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.policy import Policies, Scope
from twi_core.kernel.sources import Clock, IdSource
from twi_core.limits.domain import (
    LimitRule,
    LimitRuleId,
    Place,
    Subject,
    SubjectKind,
    everyone,
    known_patterns,
    role,
    user,
)
from twi_core.limits.errors import DID_YOU_MEAN, GUILD_FOR_ALL, UNKNOWN_OPERATION

REFUSALS: Final[tuple[ErrorCode, ...]] = (NO_DIRECTORY, OUTRANKED, UNKNOWN_OPERATION)
"""The refusals that any change of a rule may end in."""


@final
class LimitPlanner:
    """A check of rule changes: nobody acts on a role or member above them."""

    def __init__(self, hierarchy: Hierarchy, policies: Policies, clock: Clock, ids: IdSource) -> None:
        self._hierarchy = hierarchy
        self._policies = policies
        self._clock = clock
        self._ids = ids

    def unknown(self, pattern: str) -> AppError | None:
        """Refuse a pattern that covers nothing."""
        known = known_patterns(self._policies)
        if pattern in known:
            return None
        near = near_misses(pattern, known)
        if not near:
            return AppError(UNKNOWN_OPERATION, {"name": pattern})
        return AppError(UNKNOWN_OPERATION, {"name": pattern, "suggestions": near}, DID_YOU_MEAN)

    async def place(
        self,
        pattern: str,
        scope: Scope,
        context: CallContext,
        *,
        named: RoleId | None = None,
        person: UserId | None = None,
        removing: bool = False,
    ) -> Outcome[Place, AppError]:
        """Return the place of the rule to change, if its author may change it.

        At most one of the role `named` and the `person` is passed. The rule of a deleted role or operation can only be
        removed.
        """
        guild = context.in_guild
        subject = everyone(guild)
        if person is not None:
            subject = user(person)
        elif named is not None:
            subject = role(named, guild)
        if scope is Scope.GUILD and subject.kind is not SubjectKind.EVERYONE:
            return Failure(AppError(GUILD_FOR_ALL))
        refusal = (None if removing else self.unknown(pattern)) or await self._outranked(
            subject, context, removing=removing
        )
        return Success((subject, pattern, scope)) if refusal is None else Failure(refusal)

    def rule(self, place: Place, amount: int | None, seconds: int | None, context: CallContext) -> LimitRule:
        """Create a rule for a place."""
        subject, pattern, scope = place
        return LimitRule(
            id=LimitRuleId(self._ids.new_id()),
            guild=context.in_guild,
            subject=subject,
            pattern=pattern,
            scope=scope,
            amount=amount,
            seconds=seconds,
            set_by=context.actor,
            set_at=self._clock.now(),
        )

    async def _outranked(self, subject: Subject, context: CallContext, *, removing: bool) -> AppError | None:
        match subject.kind:
            case SubjectKind.EVERYONE:  # anyone who may change limits may change the whole server's
                return None
            case SubjectKind.USER:
                return await self._hierarchy.refusal_on_user(UserId(subject.id), context)
            case SubjectKind.ROLE:
                return await self._hierarchy.refusal_on_role(RoleId(subject.id), context, gone=removing)
