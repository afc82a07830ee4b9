"""PostgreSQL keeps what every failure store promises, between processes too, and answers as the memory does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from tests.app import Bench, Who, build
from tests.contracts.failures import BugsContract, OccurrencesContract
from tests.contracts.values import CALL, START, Store, bug, committed, occurrence
from tests.integration.postgres_server import libpq
from tests.unit.failures.test_records import Board
from twi_core.failures import FAILURES, FailuresUnit
from twi_core.kernel.ids import UserId
from twi_memory.storage.store import MemoryStore
from twi_postgres.database.engine import open_engine
from twi_postgres.database.metadata import SCHEMA, Base
from twi_postgres.database.unit import PostgresStore

PROCESSES = 6
ROUNDS = 5


class TestOccurrences(OccurrencesContract):
    pass


class TestBugs(BugsContract):
    pass


@asynccontextmanager
async def processes(url: str) -> AsyncIterator[list[Bench]]:
    """Yield applications that share a database and nothing else, as processes do."""
    async with AsyncExitStack() as stack:
        engines = [await stack.enter_async_context(open_engine(url)) for _ in range(PROCESSES)]
        yield [apart(build(storage=PostgresStore(engine)), number) for number, engine in enumerate(engines)]


def apart(bench: Bench, number: int) -> Bench:
    """Make each process generate different references."""
    for _ in range(number * 1_000):
        bench.by(Who.MEMBER)
    return bench


async def written(bench: Bench) -> None:
    """Retry until the storage has taken everything."""
    for _ in range(50):
        if await bench.app.failure_records.flush():
            return
    raise AssertionError("never written")


def meet_bugs(bench: Bench, number: int) -> None:
    for kind in (ValueError, KeyError, TypeError):
        error = kind(f"of process {number}")
        bench.app.recorder.failed(error, "links.get", bench.by(Who.MEMBER))
    bench.app.recorder.failed(LookupError("x"), f"links.of_{number}", bench.by(Who.MEMBER))


@pytest.mark.asyncio
async def test_one_bug_in_many_processes_adds_up_and_is_announced_once(database_url: str) -> None:
    """Processes that write the same bugs at the same moments lose no count, and announce each bug once between them."""
    board = Board()

    async def run(bench: Bench, number: int) -> None:
        for _ in range(ROUNDS):
            meet_bugs(bench, number)
            await written(bench)
            await bench.app.failure_records.notify(board)
            await bench.app.failure_records.notify(board)

    async with processes(database_url) as benches:
        await asyncio.gather(*(run(bench, number) for number, bench in enumerate(benches)))
        async with benches[0].app.failure_records._open_unit(CALL) as unit:
            found = await unit.bugs.list(resolved=True, after=None, limit=100)
        counts = sorted((each.where, each.count) for each in found)
        own = [(f"links.of_{number}", ROUNDS) for number in range(PROCESSES)]
        assert counts == sorted([("links.get", PROCESSES * ROUNDS)] * 3 + own)
        for bench in benches:
            await bench.app.failure_records.notify(board)
            await bench.app.failure_records.notify(board)
        announced = sorted(each.fingerprint for each in board.announced)
        assert announced == sorted(each.fingerprint for each in found)
        references = [reference for each in found for reference in each.references]
        async with benches[0].app.failure_records._open_unit(CALL) as unit:
            assert None not in [await unit.occurrences.find(reference) for reference in references]


@pytest.mark.asyncio
async def test_a_database_that_restarts_loses_no_failure(postgres_url: str) -> None:
    """When every connection is cut, the failures wait and are written by the next attempts, once."""
    async with open_engine(postgres_url) as engine:
        bench = build(storage=PostgresStore(engine))
        meet_bugs(bench, 0)
        assert await bench.app.failure_records.flush()
        meet_bugs(bench, 0)
        with psycopg.connect(libpq(postgres_url), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await written(bench)
        async with PostgresStore(engine).open(FAILURES)(CALL) as unit:
            found = await unit.bugs.list(resolved=True, after=None, limit=100)
        assert [each.count for each in found] == [2] * 4


NAMES = st.sampled_from(["aa", "bb", "cc"])
MOMENTS = st.integers(-2, 6)
NOTES = st.builds(
    lambda name, at, **facts: replace(occurrence(name, seconds=at), **facts),
    NAMES,
    MOMENTS,
    operation=st.sampled_from([None, "links.get", "links.add"]),
    actor=st.sampled_from([None, UserId(1), UserId(2)]),
    guild=st.just(None),
    fingerprint=st.sampled_from([None, "f1"]),
    code=st.sampled_from(["a.b", "c.d"]),
    more=st.integers(0, 2),
)
SEEN = st.builds(
    lambda name, at, before, count, references: replace(
        bug(name, *references, count=count, seconds=at), first_seen_at=START + timedelta(seconds=at - before)
    ),
    NAMES,
    MOMENTS,
    st.integers(0, 3),
    st.integers(1, 5),
    st.lists(st.sampled_from("pqrstu"), max_size=6),
)


def unique(found: Sequence[Any], key: str) -> list[Any]:
    return sorted({getattr(each, key): each for each in found}.values(), key=lambda each: str(getattr(each, key)))


Work = Callable[[FailuresUnit], Awaitable[object]]


def moment(at: int) -> Any:
    return START + timedelta(seconds=at)


async def claimed_and_released(unit: FailuresUnit, name: str, at: int) -> object:
    before = await unit.bugs.find(name)
    claimed = await unit.bugs.claim(name, moment(at))
    if before is not None and claimed is not None:
        await unit.bugs.release(before, claimed)
    return claimed


STEPS: st.SearchStrategy[Work] = st.one_of(
    st.lists(NOTES, max_size=4).map(lambda notes: lambda u: u.occurrences.keep(unique(notes, "reference"))),
    st.lists(SEEN, max_size=4).map(lambda seen: lambda u: u.bugs.count(unique(seen, "fingerprint"))),
    st.builds(lambda name, at: lambda u: u.bugs.resolve(name, None, moment(at)), NAMES, MOMENTS),
    st.builds(lambda name, at: lambda u: u.bugs.claim(name, moment(at)), NAMES, st.sampled_from([0, 5, 3_605])),
    st.builds(lambda name, at: lambda u: claimed_and_released(u, name, at), NAMES, MOMENTS),
    st.builds(lambda at: lambda u: u.bugs.remove(moment(at), limit=9), MOMENTS),
    st.builds(lambda at: lambda u: u.occurrences.remove(moment(at), moment(at), limit=9), MOMENTS),
    st.builds(lambda at: lambda u: u.bugs.notification_due(moment(at), limit=2), MOMENTS),
    NAMES.map(lambda name: lambda u: u.occurrences.begin(name, START)),
)


async def everything(store: Store) -> object:
    async with store.open(FAILURES)(CALL) as unit:
        notes = [await unit.occurrences.find(name) for name in ("aa", "bb", "cc")]
        return notes, await unit.bugs.list(resolved=True, after=None, limit=9)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, max_size=12))
def test_both_storages_answer_alike(database_url: str, steps: list[Work]) -> None:
    """Whatever is noted, seen, resolved, claimed and removed in whatever order, memory and PostgreSQL agree."""

    async def play() -> None:
        with psycopg.connect(libpq(database_url), autocommit=True) as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(SCHEMA, table.name)))
        memory: Store = MemoryStore()
        async with open_engine(database_url) as engine:
            stores: list[Store] = [memory, PostgresStore(engine)]
            for step in steps:
                one, other = [await committed(store.open(FAILURES), step) for store in stores]
                assert one == other
                assert await everything(stores[0]) == await everything(stores[1])

    asyncio.run(play())
