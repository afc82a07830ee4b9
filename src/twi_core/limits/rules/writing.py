"""Store a rule: what setting a limit and exempting from limits have in common."""

from dataclasses import dataclass
from typing import final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.unit import Change, Open
from twi_core.limits.domain import RULES_LIMIT, TOPIC, LimitRule
from twi_core.limits.errors import TOO_MANY_RULES
from twi_core.limits.ports import LimitsUnit


@final
@dataclass(frozen=True, slots=True)
class SetLimitRule:
    """The rule that applies now, and the one it replaced."""

    rule: LimitRule
    replaced: LimitRule | None


async def store(rule: LimitRule, open_unit: Open[LimitsUnit], context: CallContext) -> Outcome[SetLimitRule, AppError]:
    """Store a rule in place of the one it replaces."""
    async with open_unit(context) as unit:
        rules = unit.limit_rules
        before = await rules.put(rule)
        if before is None and await rules.count_to_add(rule.guild) > RULES_LIMIT:
            return Failure(AppError(TOO_MANY_RULES, {"limit": RULES_LIMIT}))
        unit.invalidate(TOPIC, rule.guild)
        await unit.commit(Change(f"limit_rule:{rule.id}", before, rule))
    return Success(SetLimitRule(rule, before))
