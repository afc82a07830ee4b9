"""Revoke a rule."""

from typing import Final, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.policy import Policy, Rate
from twi_core.kernel.unit import Change, Open
from twi_core.permissions.domain import TOPIC, Rule
from twi_core.permissions.errors import RULE_NOT_FOUND
from twi_core.permissions.fields import OfSubject, PermissionPattern
from twi_core.permissions.permissions import PERMISSIONS_MANAGE
from twi_core.permissions.ports import PermissionsUnit
from twi_core.permissions.rules.planning import REFUSALS, Planner, no_such_rule


class RevokePermission(OfSubject):
    """Remove a rule."""

    permission: PermissionPattern


@final
class RevokePermissionUseCase:
    """The removal of a rule, so that the remaining ones decide."""

    policy: Final = Policy(
        name="permissions.revoke",
        requires=PERMISSIONS_MANAGE,
        limit=Rate(30, per=60),
        errors=(*REFUSALS, RULE_NOT_FOUND),
    )

    def __init__(self, open_unit: Open[PermissionsUnit], planner: Planner) -> None:
        self._open_unit = open_unit
        self._planner = planner

    async def __call__(self, command: RevokePermission, context: CallContext, /) -> Outcome[Rule, AppError]:
        """Return the removed rule."""
        place = await self._planner.place(command, command.permission, context, removing=True)
        if isinstance(place, Failure):
            return place
        found = place.unwrap()
        async with self._open_unit(context) as unit:
            rule = await unit.permission_rules.remove(context.in_guild, found.subject, found.pattern)
            if rule is None:
                return Failure(no_such_rule(found.pattern))
            unit.invalidate(TOPIC, context.in_guild)
            await unit.commit(Change(f"permission_rule:{rule.id}", rule, None))
        return Success(rule)
