"""Remove a limit rule."""

from typing import Final, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.policy import Policy, Rate, Scope
from twi_core.kernel.unit import Change, Open
from twi_core.limits.domain import TOPIC, LimitRule
from twi_core.limits.errors import GUILD_FOR_ALL, ONE_SUBJECT, RULE_NOT_FOUND
from twi_core.limits.fields import OfSubject, OperationPattern, RuleScope
from twi_core.limits.permissions import LIMITS_MANAGE
from twi_core.limits.ports import LimitsUnit
from twi_core.limits.rules.planning import REFUSALS, LimitPlanner


class ResetLimit(OfSubject):
    """Remove a limit or an exemption of this server."""

    operation: OperationPattern
    scope: RuleScope = "member"


@final
class ResetLimitUseCase:
    """The removal of a rule, so that the remaining ones decide."""

    policy: Final = Policy(
        name="limits.reset",
        requires=LIMITS_MANAGE,
        limit=Rate(30, per=60),
        errors=(*REFUSALS, GUILD_FOR_ALL, ONE_SUBJECT, RULE_NOT_FOUND),
    )

    def __init__(self, open_unit: Open[LimitsUnit], planner: LimitPlanner) -> None:
        self._open_unit = open_unit
        self._planner = planner

    async def __call__(self, command: ResetLimit, context: CallContext, /) -> Outcome[LimitRule, AppError]:
        """Return the removed rule."""
        if command.role is not None and command.user is not None:
            return Failure(AppError(ONE_SUBJECT))
        place = await self._planner.place(
            command.operation,
            Scope(command.scope),
            context,
            named=command.role,
            person=command.user,
            removing=True,
        )
        if isinstance(place, Failure):
            return place
        async with self._open_unit(context) as unit:
            rule = await unit.limit_rules.remove(context.in_guild, place.unwrap())
            if rule is None:
                return Failure(self._planner.unknown(command.operation) or AppError(RULE_NOT_FOUND))
            unit.invalidate(TOPIC, context.in_guild)
            await unit.commit(Change(f"limit_rule:{rule.id}", rule, None))
        return Success(rule)
