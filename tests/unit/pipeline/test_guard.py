"""The net under every use case."""

import asyncio
import logging

import pytest

from tests.app import refusal, success
from tests.unit.pipeline.stand_ins import POLICY, REFUSED, Do, Inner, call
from twi_core.kernel.errors import AppError, Kind
from twi_core.kernel.faults import Conflict, CorruptData, PortError, TimedOut, Unavailable
from twi_core.kernel.outcome import Failure
from twi_core.kernel.reporting import NoRecorder
from twi_core.kernel.wording import PLAIN
from twi_core.pipeline.guard import Guard

SECRET = "postgresql://user:hunter2@db/secret"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("raised", "code", "kind"),
    [
        (Unavailable(SECRET), "storage.unavailable", Kind.UNAVAILABLE),
        (TimedOut(SECRET), "storage.timed_out", Kind.TIMEOUT),
        (Conflict(SECRET), "storage.conflict", Kind.CONFLICT),
        (CorruptData(SECRET), "internal.unexpected", Kind.INTERNAL),
        (PortError(SECRET), "internal.unexpected", Kind.INTERNAL),
        (ValueError(SECRET), "internal.unexpected", Kind.INTERNAL),
        (RecursionError(SECRET), "internal.unexpected", Kind.INTERNAL),
        (MemoryError(SECRET), "internal.unexpected", Kind.INTERNAL),
        (TimeoutError(SECRET), "internal.unexpected", Kind.INTERNAL),
        (ExceptionGroup(SECRET, [ValueError(SECRET)]), "internal.unexpected", Kind.INTERNAL),
        (StopAsyncIteration(SECRET), "internal.unexpected", Kind.INTERNAL),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
async def test_every_exception_has_a_code(raised: Exception, code: str, kind: Kind) -> None:
    """An outage or a bug is answered with its code; nothing of the exception's message is shown."""
    error = refusal(await Guard(NoRecorder()).wrap(POLICY, Inner(raised))(Do(), call()))
    assert (error.code, error.kind) == (code, kind)
    assert "hunter2" not in error.message(PLAIN) + error.hint(PLAIN) + repr(error)


@pytest.mark.asyncio
@pytest.mark.parametrize("raised", [asyncio.CancelledError(), KeyboardInterrupt(), SystemExit(1), GeneratorExit()])
async def test_what_stops_the_process_passes(raised: BaseException) -> None:
    """Cancellation and what ends the process are never swallowed."""
    guarded = Guard(NoRecorder()).wrap(POLICY, Inner(raised))
    with pytest.raises(type(raised)):
        await guarded(Do(), call())


@pytest.mark.asyncio
async def test_answers_pass_unchanged() -> None:
    """A success and an expected refusal come through as they are."""
    expected: Failure[AppError] = Failure(AppError(REFUSED))
    assert success(await Guard(NoRecorder()).wrap(POLICY, Inner())(Do(), call())) == "done"
    assert await Guard(NoRecorder()).wrap(POLICY, Inner(expected))(Do(), call()) is expected


@pytest.mark.asyncio
async def test_a_bug_leaves_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    """The log of a bug holds the exception, so that it can be found; that of a conflict, which is no bug, does not."""
    with caplog.at_level(logging.INFO):
        await Guard(NoRecorder()).wrap(POLICY, Inner(ValueError("x")))(Do(), call())
        await Guard(NoRecorder()).wrap(POLICY, Inner(Conflict("x")))(Do(), call())
    bug, conflict = caplog.records
    assert (bug.levelno, bug.exc_info is not None) == (logging.ERROR, True)
    assert (conflict.levelno, conflict.exc_info) == (logging.INFO, None)
