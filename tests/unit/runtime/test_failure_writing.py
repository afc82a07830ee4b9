"""Failures are written while the process runs and as it ends, whatever the storage does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final, final

import pytest

from tests.app import Bench, Who
from tests.contracts.values import CALL, bug, occurrence
from tests.unit.faults import Faults, bench_on
from tests.waiting import eventually
from twi_core.failures import FAILURES
from twi_core.failures.domain import BUGS_KEPT, KEPT, Bug
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.unit import UNAUDITED
from twi_memory.failures import BUG_ROWS, OCCURRENCE_ROWS
from twi_memory.storage.store import MemoryStore
from twi_runtime.configuration.settings import Settings
from twi_runtime.opening import failure_writing
from twi_runtime.opening.embedding import open_application
from twi_runtime.opening.failure_writing import LateNotifier, writing_failures
from twi_runtime.opening.lifecycle import Overrides
from twi_runtime.process.components import Components

DEADLINE: Final = 60.0


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FLUSHED_EVERY", "NOTIFIED_EVERY", "FIRST_PRUNED", "LONGEST_PAUSE"):
        monkeypatch.setattr(failure_writing, name, 0.01)


@final
class Board:
    """The operators' channel."""

    def __init__(self) -> None:
        self.announced: list[Bug] = []
        self.arrived = asyncio.Event()

    async def notify(self, bug: Bug, /) -> None:
        self.announced.append(bug)
        self.arrived.set()


@final
class BadBoard:
    """An operators' channel that misbehaves for the first bug that it gets, and announces every other one."""

    def __init__(self, bad: Callable[[], Awaitable[None]]) -> None:
        self._bad = bad
        self._first: str | None = None
        self.announced = asyncio.Event()

    async def notify(self, bug: Bug, /) -> None:
        self._first = self._first or bug.fingerprint
        if bug.fingerprint == self._first:
            await self._bad()
        self.announced.set()


async def raise_what_no_announcer_may() -> None:
    raise ZeroDivisionError


async def hang() -> None:
    await asyncio.Event().wait()


@final
class Reached:
    """An event that is set when a port call has been made so many times."""

    def __init__(self, name: str, times: int = 1) -> None:
        self._name = name
        self._left = times
        self._reached = asyncio.Event()

    async def hook(self, name: str) -> None:
        self._left -= name == self._name
        if self._left <= 0:
            self._reached.set()

    async def wait(self) -> None:
        await asyncio.wait_for(self._reached.wait(), DEADLINE)


async def refused(bench: Bench) -> None:
    assert await bench.code("links.info", Who.MEMBER, title="nothing") == "links.not_found"


def meet_a_bug(bench: Bench) -> None:
    bench.app.recorder.failed(ValueError("x"), "links.get", bench.by(Who.MEMBER))


@asynccontextmanager
async def writing(bench: Bench, notifier: LateNotifier | None = None) -> AsyncIterator[None]:
    """Run the part as a process does."""
    async with Components() as parts:
        await parts.open("failures", writing_failures(bench.app.failure_records, notifier or LateNotifier()))
        yield
    assert parts.failed == []


@pytest.mark.asyncio
async def test_failures_are_written_while_the_process_runs() -> None:
    """Nobody has to ask for it; what comes later is written later."""
    bench, store = bench_on(faults := Faults())
    async with writing(bench):
        for number in (1, 2):
            written = Reached("commit")
            faults.after = written.hook
            await refused(bench)
            await written.wait()
            assert len(store.table(OCCURRENCE_ROWS).rows) == number


@pytest.mark.asyncio
async def test_the_storage_is_not_used_while_nothing_fails() -> None:
    """An idle process opens no unit to find that there is nothing to write."""
    bench, _ = bench_on(faults := Faults())
    pruned = Reached("close")
    faults.after = pruned.hook
    async with writing(bench):
        await pruned.wait()
    assert "begin" not in faults.names


@pytest.mark.asyncio
async def test_what_is_left_is_written_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The failures of the last moments are stored before the storage closes."""
    monkeypatch.setattr(failure_writing, "FLUSHED_EVERY", 3600.0)
    bench, store = bench_on(Faults())
    async with writing(bench):
        await refused(bench)
    assert len(store.table(OCCURRENCE_ROWS).rows) == 1


@pytest.mark.asyncio
async def test_an_end_in_the_midst_of_a_write_loses_and_doubles_nothing() -> None:
    """A write that is cut short as the process ends is completed."""
    bench, store = bench_on(faults := Faults())
    reached, gate = asyncio.Event(), asyncio.Event()

    async def wait(name: str) -> None:
        if name == "commit" and not reached.is_set():
            reached.set()
            await gate.wait()

    faults.after = wait
    async with writing(bench):
        meet_a_bug(bench)
        await asyncio.wait_for(reached.wait(), DEADLINE)
    assert len(store.table(OCCURRENCE_ROWS).rows) == 1
    assert [bug.count for bug in store.table(BUG_ROWS).rows.values()] == [1]


@pytest.mark.asyncio
async def test_an_outage_is_waited_out() -> None:
    """While the storage is gone the failures wait, and are written once it is back."""
    bench, store = bench_on(faults := Faults())
    tried, written = Reached("open", 3), Reached("commit")

    async def gone(name: str) -> None:
        await tried.hook(name)
        raise Unavailable("x")

    async with writing(bench):
        faults.before = gone
        context = bench.by(Who.MEMBER)
        assert (await bench.app.links.info.call({}, context)).failure().code == "input.missing"
        await tried.wait()
        faults.before, faults.after = None, written.hook
        await written.wait()
    assert [row.reference for row in store.table(OCCURRENCE_ROWS).rows.values()] == [context.correlation_id]


@pytest.mark.asyncio
async def test_a_storage_that_hangs_does_not_hold_up_the_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The last write may take only so long; what is lost is logged."""
    monkeypatch.setattr(failure_writing, "LAST_ATTEMPT", 0.05)
    bench, store = bench_on(faults := Faults())
    hangs = asyncio.Event()

    async def hang(_: str) -> None:
        await hangs.wait()

    async with writing(bench):
        faults.before = hang
        bench.app.recorder.failed(ValueError("x"), "links.get", bench.by(Who.MEMBER))
    assert "could not be stored" in caplog.text
    assert not store.table(OCCURRENCE_ROWS).rows


@pytest.mark.asyncio
async def test_bugs_are_announced_while_somebody_can() -> None:
    """A bug is notified as soon as it is written, also one that another process has written; once."""
    bench, store = bench_on(Faults())
    board, notifier = Board(), LateNotifier()
    async with writing(bench, notifier):
        async with store.open(FAILURES)(CALL) as unit:
            await unit.bugs.count([bug("f1", seconds=-1)])
            await unit.commit(UNAUDITED)
        with notifier.known(board):
            await asyncio.wait_for(board.arrived.wait(), DEADLINE)
            assert [announced.fingerprint for announced in board.announced] == ["f1"]
            board.arrived.clear()
            meet_a_bug(bench)
            await asyncio.wait_for(board.arrived.wait(), DEADLINE)
        assert notifier.current is None
    assert [announced.count for announced in board.announced] == [1, 1]


@pytest.mark.parametrize("bad", [raise_what_no_announcer_may, hang])
@pytest.mark.asyncio
async def test_nothing_that_a_notifier_does_holds_up_the_writing(
    bad: Callable[[], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a notifier raises or hangs over a bug, what fails later is written, and the other bugs are notified."""
    monkeypatch.setattr(failure_writing, "NOTIFIED_WITHIN", 0.01)
    bench, store = bench_on(Faults())
    async with store.open(FAILURES)(CALL) as unit:
        await unit.bugs.count([bug("f1"), bug("f2")])
        await unit.commit(UNAUDITED)
    board, notifier = BadBoard(bad), LateNotifier()
    async with writing(bench, notifier):
        with notifier.known(board):
            await asyncio.wait_for(board.announced.wait(), DEADLINE)
            await refused(bench)
            await eventually(lambda: len(store.table(OCCURRENCE_ROWS).rows) == 1)


@pytest.mark.asyncio
async def test_old_ones_are_pruned_while_the_process_runs() -> None:
    """Nobody has to ask for it."""
    bench, store = bench_on(faults := Faults())
    async with store.open(FAILURES)(CALL) as unit:
        await unit.occurrences.keep([occurrence("r1")])
        await unit.bugs.count([bug("f1")])
        await unit.commit(UNAUDITED)
    bench.clock.advance(BUGS_KEPT.total_seconds() + KEPT.total_seconds())
    removed = Reached("commit")
    faults.after = removed.hook
    async with writing(bench):
        await removed.wait()
    assert not store.table(OCCURRENCE_ROWS).rows
    assert not store.table(BUG_ROWS).rows


@pytest.mark.asyncio
async def test_a_bug_in_writing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """If writing itself breaks, the log says so at once; the process goes on."""
    bench, _ = bench_on(faults := Faults())
    announced = asyncio.Event()

    async def broken(name: str) -> None:
        if name == "begin" and not announced.is_set():
            announced.set()
            raise ZeroDivisionError

    faults.before = broken
    async with writing(bench):
        await refused(bench)
        await asyncio.wait_for(announced.wait(), DEADLINE)
    assert any(record.exc_info for record in caplog.records)


@pytest.mark.asyncio
async def test_an_embedding_program_gets_it_too() -> None:
    """What fails in an application that a program opened, its notes too, is notified by its means, and stored."""
    store, board = MemoryStore(), Board()
    overrides = Overrides(storage=store, notifier=board)
    async with open_application(settings=Settings(), overrides=overrides) as app:
        context = app.context(actor=None, guild=None)
        assert (await app.links.get.call({"title": "x"}, context)).failure().code == "guild.required"
        app.recorder.failed(ValueError("x"), "mine.own", app.context(actor=None, guild=None))
        await asyncio.wait_for(board.arrived.wait(), DEADLINE)
        app.recorder.failed(ValueError("x"), "mine.own", app.context(actor=None, guild=None))
    assert context.correlation_id in {row.reference for row in store.table(OCCURRENCE_ROWS).rows.values()}
    assert [(bug.where, bug.count) for bug in store.table(BUG_ROWS).rows.values()] == [("mine.own", 2)]
    assert [bug.where for bug in board.announced] == ["mine.own"]
