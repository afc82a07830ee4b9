"""Attach the current call to everything logged while it runs, and log how it ended."""

import logging
from contextvars import ContextVar
from typing import Final, NamedTuple, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.handling import C, Handler, V
from twi_core.kernel.outcome import Outcome, Success
from twi_core.kernel.policy import Policy
from twi_core.kernel.sources import Clock

current_reference: Final[ContextVar[str]] = ContextVar("current_reference", default="-")
"""The correlation id of the current call; log formatters read it."""


class RunningCall(NamedTuple):
    """The call that is currently running."""

    operation: str
    context: CallContext


running_call: Final[ContextVar[RunningCall | None]] = ContextVar("running_call", default=None)
"""The current call, also in the tasks and threads that it starts; log formatters read it."""

_log: Final = logging.getLogger(__name__)


@final
class Trace:
    """A middleware that logs one line per call: operation, entrypoint, outcome, milliseconds, and no parameter values.

    The record has `code` (`ok`, a registered code, or `interrupted`) and `duration_ms` as extra attributes.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def wrap(self, policy: Policy, inner: Handler[C, V], /) -> Handler[C, V]:
        """Wrap a handler."""

        async def traced(command: C, context: CallContext, /) -> Outcome[V, AppError]:
            reference = current_reference.set(context.correlation_id)
            call = running_call.set(RunningCall(policy.name, context))
            logged = _log.isEnabledFor(logging.INFO)
            started = self._clock.monotonic() if logged else 0.0
            ended = "interrupted"
            try:
                outcome = await inner(command, context)
                ended = "ok" if isinstance(outcome, Success) else outcome.failure().code
                return outcome
            finally:
                if logged:
                    taken = (self._clock.monotonic() - started) * 1000
                    facts = {"code": ended, "duration_ms": round(taken, 3)}
                    _log.info("%s by %s: %s in %.1f ms", policy.name, context.origin.value, ended, taken, extra=facts)
                running_call.reset(call)
                current_reference.reset(reference)

        return traced
