"""Store a rule: what granting and denying have in common."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.unit import Change, Open
from twi_core.permissions.domain import RULES_LIMIT, TOPIC, Rule
from twi_core.permissions.errors import TOO_MANY_RULES
from twi_core.permissions.ports import PermissionsUnit

KEPT: Final = timedelta(days=30)
"""How long an expired rule is still shown."""


@final
@dataclass(frozen=True, slots=True)
class SetRule:
    """The rule that applies now, and the one it replaced."""

    rule: Rule
    replaced: Rule | None


async def store(rule: Rule, open_unit: Open[PermissionsUnit], context: CallContext) -> Outcome[SetRule, AppError]:
    """Store a rule in place of the one for the same subject and pattern, and delete rules that expired long ago."""
    async with open_unit(context) as unit:
        rules = unit.permission_rules
        await rules.remove_ended(rule.guild, rule.set_at - KEPT)
        before = await rules.put(rule)
        if before is None and await rules.count_to_add(rule.guild) > RULES_LIMIT:
            return Failure(AppError(TOO_MANY_RULES, {"limit": RULES_LIMIT}))
        unit.invalidate(TOPIC, rule.guild)
        await unit.commit(Change(f"permission_rule:{rule.id}", before, rule))
    return Success(SetRule(rule, before))
