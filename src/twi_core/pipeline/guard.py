"""Turn outages and bugs into errors with a code; the only place that catches everything."""

import logging
from typing import Final, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError, Kind, define_error
from twi_core.kernel.faults import Conflict, TimedOut, Unavailable
from twi_core.kernel.handling import C, Handler, V
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.policy import Policy
from twi_core.kernel.reporting import Recorder

UNEXPECTED: Final = define_error(
    "internal.unexpected",
    Kind.INTERNAL,
    message="Something went wrong in the bot.",
    hint="Try again. If it happens again, report the reference to the bot's operators.",
    cause="A bug, or stored data that can't be read. The log has the details under the reference.",
)
UNAVAILABLE: Final = define_error(
    "storage.unavailable",
    Kind.UNAVAILABLE,
    message="The bot can't reach its storage right now.",
    hint="Try again in a minute. If you were changing something, check first whether it was changed.",
    cause="The database is down, restarting or out of connections.",
)
TIMED_OUT: Final = define_error(
    "storage.timed_out",
    Kind.TIMEOUT,
    message="The bot's storage took too long to answer.",
    hint="Try again in a minute. Nothing was changed.",
    cause="A statement or a lock exceeded its time limit in the database.",
)
CONFLICT: Final = define_error(
    "storage.conflict",
    Kind.CONFLICT,
    message="Someone else changed this at the same moment, so your change wasn't made.",
    hint="Check the current state, and repeat your change if it's still needed.",
    cause="Two calls changed one thing at once, and the automatic retry failed in the same way.",
)

_log: Final = logging.getLogger(__name__)


@final
class Guard:
    """A middleware that turns every exception except cancellation into a failure, and records refusals."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def wrap(self, policy: Policy, inner: Handler[C, V], /) -> Handler[C, V]:
        """Wrap a handler."""

        async def guarded(command: C, context: CallContext, /) -> Outcome[V, AppError]:
            try:
                outcome = await inner(command, context)
            except Exception as error:  # noqa: BLE001  # a bug or corrupt data: the safety net under every use case
                outcome = Failure(reported(error, policy.name, context, self._recorder))
            if not isinstance(outcome, Success):  # the faster of the two checks
                self._recorder.refused(outcome.failure(), policy.name, context)
            return outcome

        return guarded


def reported(error: BaseException, of: str, context: CallContext, recorder: Recorder) -> AppError:
    """Return the error to show for an exception, see `coded`, and record it if it's a bug."""
    shown = coded(error, of)
    if shown.definition is UNEXPECTED:
        recorder.failed(error, of, context)
    return shown


def coded(error: BaseException, of: str) -> AppError:
    """Return and log the error to show for the exception that broke `of` off: one mapping for every entrypoint."""
    match error:
        case Unavailable():
            _log.warning("%s: the storage cannot be reached", of, exc_info=error)
            return AppError(UNAVAILABLE)
        case TimedOut():
            _log.warning("%s: the storage took too long", of, exc_info=error)
            return AppError(TIMED_OUT)
        case Conflict():
            _log.info("%s: conflicted with another call, twice", of)
            return AppError(CONFLICT)
        case _:
            _log.error("%s: a bug", of, exc_info=error)
            return AppError(UNEXPECTED)
