"""Set a limit."""

from typing import Final, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.directory import UNKNOWN_ROLE
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome
from twi_core.kernel.policy import Policy, Rate, Scope
from twi_core.kernel.unit import Open
from twi_core.limits.errors import GUILD_FOR_ALL, TOO_MANY_RULES
from twi_core.limits.fields import Amount, OfHolders, OperationPattern, RuleScope, Seconds
from twi_core.limits.permissions import LIMITS_MANAGE
from twi_core.limits.ports import LimitsUnit
from twi_core.limits.rules.planning import REFUSALS, LimitPlanner
from twi_core.limits.rules.writing import SetLimitRule, store


class SetLimit(OfHolders):
    """Set how often a command can be used in this server."""

    operation: OperationPattern
    amount: Amount
    seconds: Seconds
    scope: RuleScope = "member"


@final
class SetLimitUseCase:
    """The creation of a rule that replaces the limits of operations."""

    policy: Final = Policy(
        name="limits.set",
        requires=LIMITS_MANAGE,
        limit=Rate(30, per=60),
        errors=(*REFUSALS, GUILD_FOR_ALL, TOO_MANY_RULES, UNKNOWN_ROLE),
    )

    def __init__(self, open_unit: Open[LimitsUnit], planner: LimitPlanner) -> None:
        self._open_unit = open_unit
        self._planner = planner

    async def __call__(self, command: SetLimit, context: CallContext, /) -> Outcome[SetLimitRule, AppError]:
        """Return the rule, and the one it replaced."""
        scope = Scope(command.scope)
        place = await self._planner.place(command.operation, scope, context, named=command.role)
        if isinstance(place, Failure):
            return place
        rule = self._planner.rule(place.unwrap(), command.amount, command.seconds, context)
        return await store(rule, self._open_unit, context)
