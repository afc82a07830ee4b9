"""Mark a bug as resolved."""

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
from twi_core.kernel.sources import Clock
from twi_core.kernel.unit import Change, Open, unchanged


class ResolveBug(Command):
    """Mark a bug as resolved. If it's seen again, it reopens and is reported again."""

    fingerprint: Fingerprint


@final
class ResolveBugUseCase:
    """A note of who resolved a bug and when; one that is already resolved stays as it is."""

    policy: Final = Policy(
        name="failures.resolve", requires=FAILURES_MANAGE, limit=Rate(60, per=60), guild=False, errors=(UNKNOWN_BUG,)
    )

    def __init__(self, open_unit: Open[FailuresUnit], clock: Clock) -> None:
        self._open_unit = open_unit
        self._clock = clock

    async def __call__(self, command: ResolveBug, context: CallContext, /) -> Outcome[Bug, AppError]:
        """Return the bug as it is now."""
        async with self._open_unit(context) as unit:
            known = await unit.bugs.find(command.fingerprint)
            bug = await unit.bugs.resolve(command.fingerprint, context.actor, self._clock.now())
            if bug is None:
                return Failure(AppError(UNKNOWN_BUG, {"fingerprint": command.fingerprint}))
            await unit.commit(unchanged() if bug == known else Change(f"bug:{bug.fingerprint}", known, bug))
        return Success(bug)
