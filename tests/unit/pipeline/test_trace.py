"""The reference of the running call, and its one line in the log."""

import asyncio
import logging
from contextlib import nullcontext

import pytest

from tests.app import START
from tests.unit.pipeline.stand_ins import POLICY, REFUSED, Do, Inner, call
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome
from twi_core.pipeline.trace import RunningCall, Trace, current_reference, running_call
from twi_memory.ports.sources import ManualClock


@pytest.mark.asyncio
@pytest.mark.parametrize("ending", [None, ValueError("x"), asyncio.CancelledError()], ids=["well", "bug", "cancelled"])
async def test_the_reference_is_known_during_the_call_only(ending: BaseException | None) -> None:
    """While a call runs its reference is known; however it ends, the one before is known again."""
    seen: list[str] = []

    def look() -> None:
        seen.append(current_reference.get())
        if ending is not None:
            raise ending

    traced = Trace(ManualClock(START)).wrap(POLICY, Inner(look))
    with nullcontext() if ending is None else pytest.raises(type(ending)):
        await traced(Do(), call(reference="r7"))
    assert seen == ["r7"]
    assert current_reference.get() == "-"


@pytest.mark.asyncio
async def test_the_call_is_known_in_its_tasks_and_threads_too() -> None:
    """A task or a thread that a call starts knows operation and context; afterwards they are gone."""
    context = call(reference="r7")
    seen: list[RunningCall | None] = []

    def look() -> None:
        seen.append(running_call.get())

    async def look_later() -> None:
        look()

    class Starting:
        async def __call__(self, command: Do, context: CallContext, /) -> Outcome[str, AppError]:
            look()
            await asyncio.create_task(look_later())
            await asyncio.to_thread(look)
            return Failure(AppError(REFUSED))

    await Trace(ManualClock(START)).wrap(POLICY, Starting())(Do(), context)
    assert seen == [RunningCall("test.do", context)] * 3
    assert running_call.get() is None


@pytest.mark.asyncio
async def test_calls_at_once_keep_their_references_apart() -> None:
    """Two calls that wait for one another each see their own reference."""
    started = asyncio.Event()
    seen: list[str] = []

    class Waiting:
        async def __call__(self, command: Do, context: CallContext, /) -> Outcome[str, AppError]:
            if started.is_set():
                seen.append(current_reference.get())
            else:
                started.set()
                await asyncio.sleep(0)
                seen.append(current_reference.get())
            return Failure(AppError(REFUSED))

    traced = Trace(ManualClock(START)).wrap(POLICY, Waiting())
    await asyncio.gather(traced(Do(), call(reference="one")), traced(Do(), call(reference="two")))
    assert sorted(seen) == ["one", "two"]


@pytest.mark.asyncio
async def test_a_call_within_a_call() -> None:
    """After an inner call the outer one's reference is back."""
    trace = Trace(ManualClock(START))
    seen: list[str] = []

    class Outer:
        async def __call__(self, command: Do, context: CallContext, /) -> Outcome[str, AppError]:
            await trace.wrap(POLICY, Inner())(Do(), call(reference="inner"))
            running = running_call.get()
            seen.extend((current_reference.get(), running.context.correlation_id if running else "none"))
            return Failure(AppError(REFUSED))

    await trace.wrap(POLICY, Outer())(Do(), call(reference="outer"))
    assert seen == ["outer", "outer"]


@pytest.mark.asyncio
async def test_how_it_ended_and_how_long_it_took(caplog: pytest.LogCaptureFixture) -> None:
    """Each call leaves one line with its operation, its entrypoint, code and milliseconds, the last two as fields."""
    clock = ManualClock(START)
    answers = (lambda: clock.advance(0.25), Failure(AppError(REFUSED)), asyncio.CancelledError())
    traced = Trace(clock).wrap(POLICY, Inner(*answers))
    with caplog.at_level(logging.INFO):
        await traced(Do(), call())
        await traced(Do(), call())
        with pytest.raises(asyncio.CancelledError):
            await traced(Do(), call())
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        "test.do by embedded: ok in 250.0 ms",
        "test.do by embedded: test.refused in 0.0 ms",
        "test.do by embedded: interrupted in 0.0 ms",
    ]
    facts = [(getattr(record, "code", None), getattr(record, "duration_ms", None)) for record in caplog.records]
    assert facts == [("ok", 250.0), ("test.refused", 0.0), ("interrupted", 0.0)]


@pytest.mark.asyncio
async def test_nothing_is_written_where_nobody_reads(caplog: pytest.LogCaptureFixture) -> None:
    """With the log turned down a call leaves no line."""
    with caplog.at_level(logging.WARNING):
        await Trace(ManualClock(START)).wrap(POLICY, Inner())(Do(), call())
    assert caplog.records == []
