"""Grant a permission."""

from typing import Final, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.durations import INVALID_DURATION
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome
from twi_core.kernel.policy import Policy, Rate
from twi_core.kernel.unit import Open
from twi_core.permissions.domain import Effect
from twi_core.permissions.errors import HELD_FOR_A_TIME, TOO_MANY_RULES
from twi_core.permissions.fields import OfRule, PermissionPattern
from twi_core.permissions.permissions import PERMISSIONS_MANAGE
from twi_core.permissions.ports import PermissionsUnit
from twi_core.permissions.rules.planning import RULE_REFUSALS, Planner
from twi_core.permissions.rules.writing import SetRule, store


class GrantPermission(OfRule):
    """Grant a permission to a role or a user, or in a channel."""

    permission: PermissionPattern


@final
class GrantPermissionUseCase:
    """The creation of a rule that allows."""

    policy: Final = Policy(
        name="permissions.grant",
        requires=PERMISSIONS_MANAGE,
        limit=Rate(30, per=60),
        errors=(*RULE_REFUSALS, HELD_FOR_A_TIME, TOO_MANY_RULES, INVALID_DURATION),
    )

    def __init__(self, open_unit: Open[PermissionsUnit], planner: Planner) -> None:
        self._open_unit = open_unit
        self._planner = planner

    async def __call__(self, command: GrantPermission, context: CallContext, /) -> Outcome[SetRule, AppError]:
        """Return the rule, and the one it replaced."""
        rule = await self._planner.rule(command, command.permission, Effect.ALLOW, context)
        return rule if isinstance(rule, Failure) else await store(rule.unwrap(), self._open_unit, context)
