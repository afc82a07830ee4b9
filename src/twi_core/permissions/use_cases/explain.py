"""Explain to callers why they can or can't do something."""

from typing import Final, final

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome
from twi_core.kernel.policy import Policy, Rate
from twi_core.permissions.errors import UNKNOWN_PERMISSION
from twi_core.permissions.fields import OperationName
from twi_core.permissions.permissions import PERMISSIONS_EXPLAIN
from twi_core.permissions.rules.authority import RuleAuthority
from twi_core.permissions.rules.explaining import Explainer, Explanation


class ExplainPermission(Command):
    """Show whether you can do something here, why, and what would change that."""

    operation: OperationName


@final
class ExplainPermissionUseCase:
    """An explanation of the caller's own case; this can't be denied to anyone."""

    policy: Final = Policy(
        name="permissions.explain",
        requires=PERMISSIONS_EXPLAIN,
        limit=Rate(20, per=60),
        anywhere=True,
        errors=(UNKNOWN_PERMISSION,),
    )

    def __init__(self, authority: RuleAuthority, explainer: Explainer) -> None:
        self._authority = authority
        self._explainer = explainer

    async def __call__(self, command: ExplainPermission, context: CallContext, /) -> Outcome[Explanation, AppError]:
        """Return the decision and its ground."""
        caller = await self._authority.caller(context)
        return await self._explainer.explain(command.operation, caller, context, for_staff=False)
