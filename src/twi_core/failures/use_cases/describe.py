"""Describe one bug."""

from typing import Final, final

from twi_core.failures.domain import Bug
from twi_core.failures.errors import UNKNOWN_BUG
from twi_core.failures.fields import Fingerprint
from twi_core.failures.permissions import FAILURES_MANAGE
from twi_core.failures.ports import FailuresUnit
from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.policy import Policy, Rate
from twi_core.kernel.unit import Open


class DescribeBug(Command):
    """Show a bug: where it is, how often it was seen, and its trace."""

    fingerprint: Fingerprint


@final
class DescribeBugUseCase:
    """The lookup of a bug by its fingerprint."""

    policy: Final = Policy(
        name="failures.describe", requires=FAILURES_MANAGE, limit=Rate(60, per=60), guild=False, errors=(UNKNOWN_BUG,)
    )

    def __init__(self, open_unit: Open[FailuresUnit]) -> None:
        self._open_unit = open_unit

    async def __call__(self, command: DescribeBug, context: CallContext, /) -> Outcome[Bug, AppError]:
        """Return the bug."""
        async with self._open_unit(context) as unit:
            bug = await unit.bugs.find(command.fingerprint)
        if bug is None:
            return Failure(AppError(UNKNOWN_BUG, {"fingerprint": command.fingerprint}))
        return Success(bug)
