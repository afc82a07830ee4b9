"""Writing notes, notifying bugs and pruning: nothing is lost, doubled or reported twice, whatever fails."""

import asyncio
from datetime import timedelta
from typing import Final, final

import pytest

from tests.app import Bench, Who, build
from tests.contracts.values import CALL, START, bug, occurrence
from tests.unit.faults import Faults, bench_on, failing_at
from twi_core.failures import FAILURES
from twi_core.failures.domain import BUGS_KEPT, KEPT, NOTIFIED_EVERY, Bug
from twi_core.failures.rules.recording import BATCH, WAITING_LIMIT
from twi_core.failures.rules.records import REMOVED_AT_ONCE
from twi_core.kernel.faults import Conflict, CorruptData, PortError, TimedOut, Unavailable
from twi_core.kernel.unit import UNAUDITED
from twi_memory.failures import BATCH_ROWS, BUG_ROWS, OCCURRENCE_ROWS
from twi_memory.storage.store import MemoryStore

OUTAGES: Final = (Unavailable("x"), TimedOut("x"), Conflict("x"))
FLUSH: Final = ["open", "begin", "count", "keep", "commit", "close"]


def meet_a_bug(bench: Bench, times: int = 1) -> None:
    with pytest.raises(ValueError, match="x") as found:
        int("x")
    for _ in range(times):
        bench.app.recorder.failed(found.value, "links.get", bench.by(Who.MEMBER))


async def refused(bench: Bench, times: int = 1) -> None:
    for number in range(times):
        bench.clock.advance(61 if number % 30 == 29 else 0)
        assert await bench.code("links.info", Who.MEMBER, title="nothing") is not None


def waits(bench: Bench) -> bool:
    return bench.app.failure_records.waiting


def stored(store: MemoryStore) -> tuple[int, int]:
    """Return how many occurrences are stored, and how often bugs were seen."""
    return len(store.table(OCCURRENCE_ROWS).rows), sum(bug.count for bug in store.table(BUG_ROWS).rows.values())


@final
class Board:
    """The operators' channel; `fault` keeps invalidations from it."""

    def __init__(self) -> None:
        self.announced: list[Bug] = []
        self.tried = 0
        self.fault: BaseException | None = None

    async def notify(self, bug: Bug, /) -> None:
        self.tried += 1
        if self.fault is not None:
            raise self.fault
        self.announced.append(bug)


async def notified(bench: Bench, board: Board) -> int:
    """Write, notify, and return how many notifications there have been."""
    await bench.app.failure_records.flush()
    await bench.app.failure_records.notify(board)
    return len(board.announced)


@pytest.mark.asyncio
async def test_what_was_noted_is_written_once() -> None:
    """After a flush everything is stored, nothing waits, and another one writes nothing."""
    bench = build()
    assert await bench.app.failure_records.flush()
    assert stored(bench.store) == (0, 0)
    await refused(bench, 3)
    meet_a_bug(bench)
    assert waits(bench)
    assert await bench.app.failure_records.flush()
    assert stored(bench.store) == (4, 1)
    assert not waits(bench)
    assert await bench.app.failure_records.flush()
    assert stored(bench.store) == (4, 1)


@pytest.mark.asyncio
async def test_more_than_one_batch_is_written() -> None:
    """A flush writes everything that waits, in transactions of a bounded size."""
    bench, store = bench_on(faults := Faults())
    await refused(bench, 2 * BATCH + 5)
    faults.names.clear()
    assert await bench.app.failure_records.flush()
    assert stored(store) == (2 * BATCH + 5, 0)
    assert faults.names == FLUSH * 3


@pytest.mark.asyncio
@pytest.mark.parametrize("error", OUTAGES, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("place", range(len(FLUSH)))
async def test_an_outage_loses_and_doubles_nothing(place: int, error: PortError) -> None:
    """Whichever call of a flush fails, before or after it took effect, the next flush completes it exactly once."""
    for when in ("before", "after"):
        faults = Faults()
        bench, store = bench_on(faults)
        meet_a_bug(bench, 3)
        faults.names.clear()
        setattr(faults, when, failing_at(place, error))
        assert not await bench.app.failure_records.flush()
        assert bench.app.failure_records.waiting
        meet_a_bug(bench)
        assert await bench.app.failure_records.flush()
        assert stored(store) == (4, 4), (when, faults.names)


@pytest.mark.asyncio
@pytest.mark.parametrize("place", range(len(FLUSH)))
async def test_a_cancelled_flush_loses_and_doubles_nothing(place: int) -> None:
    """A flush that is cancelled at any of its calls is completed by the next one."""
    for when in ("before", "after"):
        faults = Faults()
        bench, store = bench_on(faults)
        meet_a_bug(bench, 3)
        setattr(faults, when, failing_at(place, asyncio.CancelledError()))
        with pytest.raises(asyncio.CancelledError):
            await bench.app.failure_records.flush()
        assert await bench.app.failure_records.flush()
        assert stored(store) == (3, 3), (when, faults.names)


@pytest.mark.asyncio
async def test_what_the_storage_never_accepts_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    """A batch that the storage refuses for good is dropped and logged, so that it does not hold up the next ones."""
    bench, store = bench_on(faults := Faults())
    await refused(bench)
    faults.before = failing_at(3, CorruptData("x"))
    assert await bench.app.failure_records.flush()
    assert "could not be stored" in caplog.text
    await refused(bench)
    assert await bench.app.failure_records.flush()
    assert stored(store) == (1, 0)


@pytest.mark.asyncio
async def test_an_outage_is_logged_once_and_harms_no_call(caplog: pytest.LogCaptureFixture) -> None:
    """While the storage is gone each call is answered as ever; memory stays bounded, and the log is not flooded."""
    faults = Faults()
    bench, store = bench_on(faults)
    gone = True

    async def outage(name: str) -> None:
        if gone and name == "begin":
            raise Unavailable("x")

    faults.before = outage
    for _ in range(5):
        await refused(bench, 40)
        assert not await bench.app.failure_records.flush()
    warned = [record for record in caplog.records if "cannot be stored" in record.getMessage()]
    assert len(warned) == 1
    await refused(bench, WAITING_LIMIT)
    gone = False
    assert await bench.app.failure_records.flush()
    assert stored(store)[0] <= WAITING_LIMIT + BATCH
    assert "too many were waiting" in caplog.text


@pytest.mark.asyncio
async def test_flushes_at_the_same_time_write_once() -> None:
    """However many flushes run at once, each note is written once."""
    bench = build()
    await refused(bench, 5)
    meet_a_bug(bench, 2)
    assert all(await asyncio.gather(*(bench.app.failure_records.flush() for _ in range(5))))
    assert stored(bench.store) == (7, 2)


@pytest.mark.asyncio
async def test_a_bug_is_announced_once_an_hour() -> None:
    """At once, then not within the hour however often it is seen, then again if it was seen since."""
    bench, board = build(), Board()
    meet_a_bug(bench)
    assert await notified(bench, board) == 1
    for _ in range(5):
        meet_a_bug(bench)
        bench.clock.advance(60)
        assert await notified(bench, board) == 1
    bench.clock.advance(NOTIFIED_EVERY.total_seconds())
    assert await notified(bench, board) == 2, "it was seen since"
    bench.clock.advance(NOTIFIED_EVERY.total_seconds())
    assert await notified(bench, board) == 2, "it was not"
    assert [announced.count for announced in board.announced] == [1, 6]
    assert len(board.announced[0].references) == 1


@pytest.mark.asyncio
async def test_a_resolved_bug_that_comes_back_is_announced_at_once() -> None:
    """Not an hour later: it is a new one."""
    bench, board = build(), Board()
    meet_a_bug(bench)
    assert await notified(bench, board) == 1
    fingerprint = board.announced[0].fingerprint
    bench.clock.advance(1)
    assert await bench.code("failures.resolve", Who.OPERATOR, fingerprint=fingerprint) is None
    assert await notified(bench, board) == 1
    bench.clock.advance(1)
    meet_a_bug(bench)
    assert await notified(bench, board) == 2
    assert (board.announced[1].count, board.announced[1].reopened) == (1, 1)


@pytest.mark.asyncio
async def test_processes_that_announce_at_once_announce_once() -> None:
    """Several applications on one storage announce a bug once between them, also one that only another has seen."""
    store = MemoryStore()
    benches = [build(store=store) for _ in range(4)]
    board = Board()
    meet_a_bug(benches[0])
    await benches[0].app.failure_records.flush()
    await asyncio.gather(*(bench.app.failure_records.notify(board) for bench in benches))
    assert len(board.announced) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("fault", [Unavailable("x"), PortError("x")], ids=["outage", "refusal"])
async def test_an_announcement_that_fails_is_tried_when_it_occurs_again(fault: PortError) -> None:
    """It disturbs nothing, is not repeated forever, and the next occurrence is notified within the hour."""
    bench, board = build(), Board()
    board.fault = fault
    meet_a_bug(bench)
    for _ in range(5):
        assert await notified(bench, board) == 0
    assert board.tried == 1
    board.fault = None
    assert await notified(bench, board) == 0
    meet_a_bug(bench)
    assert await notified(bench, board) == 1
    assert board.announced[0].count == 2


@pytest.mark.asyncio
async def test_an_announcement_that_is_cancelled_is_made_later() -> None:
    """A process that ends while it notifies takes its claim back."""
    bench, board = build(), Board()
    board.fault = asyncio.CancelledError()
    meet_a_bug(bench)
    with pytest.raises(asyncio.CancelledError):
        await notified(bench, board)
    board.fault = None
    assert await notified(bench, board) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("error", [*OUTAGES, CorruptData("x")], ids=lambda error: type(error).__name__)
async def test_a_storage_that_fails_keeps_nobody_from_announcing_later(error: PortError) -> None:
    """Whichever call of notifying or pruning fails, nothing is raised, and the bug is notified in the end."""
    names = ["open", "notification_due", "close", "open", "claim", "commit", "close"]
    for place in range(len(names)):
        faults = Faults()
        bench, _ = bench_on(faults)
        board = Board()
        meet_a_bug(bench)
        await bench.app.failure_records.flush()
        faults.names.clear()
        faults.before = failing_at(place, error)
        await bench.app.failure_records.notify(board)
        assert faults.names[: place + 1] == names[: place + 1]
        await bench.app.failure_records.notify(board)
        faults.before = failing_at(place % 5, error)
        await bench.app.failure_records.prune()
        committed_before = "commit" in names[:place]
        assert len(board.announced) == (0 if committed_before else 1)


@pytest.mark.asyncio
async def test_what_is_old_is_pruned() -> None:
    """Occurrences go after thirty days, bugs a year after they were last seen, more than one round of them."""
    bench = build()
    many = [occurrence(f"r{number}") for number in range(2 * REMOVED_AT_ONCE + 1)]
    async with bench.store.open(FAILURES)(CALL) as unit:
        await unit.occurrences.keep([*many, occurrence("young", seconds=KEPT.total_seconds())])
        await unit.bugs.count([bug("f1"), bug("f2", seconds=BUGS_KEPT.total_seconds())])
        await unit.commit(UNAUDITED)
    bench.clock.advance((START - bench.clock.now()).total_seconds())
    bench.clock.advance((KEPT - timedelta(days=2)).total_seconds())
    await bench.app.failure_records.prune()
    assert len(bench.store.table(OCCURRENCE_ROWS).rows) == len(many) + 1
    bench.clock.advance(timedelta(days=3).total_seconds())
    await bench.app.failure_records.prune()
    assert [row.reference for row in bench.store.table(OCCURRENCE_ROWS).rows.values()] == ["young"]
    assert len(bench.store.table(BUG_ROWS).rows) == 2
    bench.clock.advance(BUGS_KEPT.total_seconds())
    await bench.app.failure_records.prune()
    assert [row.fingerprint for row in bench.store.table(BUG_ROWS).rows.values()] == ["f2"]


@pytest.mark.asyncio
async def test_the_names_of_batches_are_forgotten_too() -> None:
    """What keeps a batch from being written twice does not grow forever."""
    bench = build()
    await refused(bench)
    await bench.app.failure_records.flush()
    assert len(bench.store.table(BATCH_ROWS).rows) == 1
    bench.clock.advance(timedelta(days=2).total_seconds())
    await bench.app.failure_records.prune()
    assert len(bench.store.table(BATCH_ROWS).rows) == 0
    assert len(bench.store.table(OCCURRENCE_ROWS).rows) == 1


@pytest.mark.asyncio
async def test_pruning_takes_no_longer_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """One run removes a bounded number, in transactions that are bounded too."""
    faults = Faults()
    bench, store = bench_on(faults)
    monkeypatch.setattr("twi_core.failures.rules.records.ROUNDS", 3)
    async with store.open(FAILURES)(CALL) as unit:
        await unit.occurrences.keep([occurrence(f"r{number}") for number in range(5 * REMOVED_AT_ONCE)])
        await unit.commit(UNAUDITED)
    bench.clock.advance(2 * KEPT.total_seconds())
    await bench.app.failure_records.prune()
    assert len(store.table(OCCURRENCE_ROWS).rows) == 2 * REMOVED_AT_ONCE
    assert faults.names.count("commit") == 3
