"""Exempt someone from limits."""

from typing import Final, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.directory import UNKNOWN_ROLE
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome
from twi_core.kernel.permissions import EVERYTHING
from twi_core.kernel.policy import Authority, Policy, Rate, Scope
from twi_core.kernel.unit import Open
from twi_core.limits.errors import NOT_FREE, ONE_SUBJECT, TOO_MANY_RULES
from twi_core.limits.fields import OfSubject, OperationPattern
from twi_core.limits.permissions import LIMITS_BYPASS, LIMITS_MANAGE
from twi_core.limits.ports import LimitsUnit
from twi_core.limits.rules.planning import REFUSALS, LimitPlanner
from twi_core.limits.rules.writing import SetLimitRule, store


class ExemptFromLimits(OfSubject):
    """Exempt a role or a user from this server's limits."""

    operation: OperationPattern = EVERYTHING


@final
class ExemptFromLimitsUseCase:
    """The creation of an exemption from the limits of members and guild; authors can only pass on what they hold."""

    policy: Final = Policy(
        name="limits.exempt",
        requires=LIMITS_MANAGE,
        limit=Rate(30, per=60),
        errors=(*REFUSALS, NOT_FREE, ONE_SUBJECT, TOO_MANY_RULES, UNKNOWN_ROLE),
    )

    def __init__(self, open_unit: Open[LimitsUnit], planner: LimitPlanner, authority: Authority) -> None:
        self._open_unit = open_unit
        self._planner = planner
        self._authority = authority

    async def __call__(self, command: ExemptFromLimits, context: CallContext, /) -> Outcome[SetLimitRule, AppError]:
        """Return the rule, and the one it replaced."""
        if (command.role is None) is (command.user is None):
            return Failure(AppError(ONE_SUBJECT))
        if not await self._authority.holds(LIMITS_BYPASS, context):
            facts = {"permission": LIMITS_BYPASS.name, "holders": LIMITS_BYPASS.default.holders}
            return Failure(AppError(NOT_FREE, facts))
        place = await self._planner.place(
            command.operation, Scope.MEMBER, context, named=command.role, person=command.user
        )
        if isinstance(place, Failure):
            return place
        return await store(self._planner.rule(place.unwrap(), None, None, context), self._open_unit, context)
