"""Name the call for everything that is logged while it runs, and log how it ended."""

import logging
from contextvars import ContextVar
from typing import Final, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.handling import C, Handler, V
from twi_core.kernel.outcome import Failure, Outcome
from twi_core.kernel.policy import Policy
from twi_core.kernel.sources import Clock

current_reference: Final[ContextVar[str]] = ContextVar("current_reference", default="-")
"""The correlation id of the call that runs now; log formatters read it."""

_log: Final = logging.getLogger(__name__)


@final
class Trace:
    """Log one line a call: operation, door, outcome, milliseconds. No parameter's value is ever logged."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def wrap(self, policy: Policy, inner: Handler[C, V], /) -> Handler[C, V]:
        """Wrap a handler."""

        async def traced(command: C, context: CallContext, /) -> Outcome[V, AppError]:
            token = current_reference.set(context.correlation_id)
            started = self._clock.monotonic()
            ended = "interrupted"
            try:
                outcome = await inner(command, context)
                ended = outcome.failure().code if isinstance(outcome, Failure) else "ok"
                return outcome
            finally:
                if _log.isEnabledFor(logging.INFO):
                    milliseconds = (self._clock.monotonic() - started) * 1000
                    _log.info("%s by %s: %s in %.1f ms", policy.name, context.origin.value, ended, milliseconds)
                current_reference.reset(token)

        return traced
