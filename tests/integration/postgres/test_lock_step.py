"""The memory storage and PostgreSQL answer alike, whatever is called; and a fault in one of them is found."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from psycopg import sql
from typing_extensions import override

from tests.contracts.values import Store
from tests.every import EveryMemoryUnit
from tests.integration.postgres.lock_step import Bench, LockStep
from tests.integration.postgres_server import libpq
from twi_core.kernel.ids import GuildId
from twi_core.kernel.unit import UNAUDITED
from twi_core.links.domain import Suggestion
from twi_memory.links import LINK_ROWS, MemoryLinks
from twi_memory.storage.store import MemoryStore
from twi_postgres.database.engine import open_engine
from twi_postgres.database.unit import PostgresStore

ALLOWED = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
SHORT_FORM = settings(max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=ALLOWED)
LONG_FORM = settings(max_examples=500, stateful_step_count=50, deadline=None, suppress_health_check=ALLOWED)
HUNT = settings(
    max_examples=300,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=ALLOWED,
    database=None,
    derandomize=True,
    phases=(Phase.generate,),
    report_multiple_bugs=False,
    print_blob=False,
)


@contextmanager
def bench_over(url: str, memory: Callable[[], Store]) -> Iterator[Bench]:
    """Yield what all examples share, over one database."""
    with psycopg.connect(libpq(url), autocommit=True) as cleaner, asyncio.Runner() as runner:
        # Two units that rename links to each other's titles wait for each other; the server looks after a second.
        cleaner.execute(
            sql.SQL("ALTER DATABASE {} SET deadlock_timeout = 20").format(sql.Identifier(cleaner.info.dbname))
        )
        context = open_engine(url)
        engine = runner.run(context.__aenter__())
        try:
            yield Bench(runner, PostgresStore(engine), cleaner, memory)
        finally:
            runner.run(context.__aexit__(None, None, None))


def drive(url: str, memory: Callable[[], Store], form: settings) -> None:
    """Run the machine against one kind of memory storage."""
    with bench_over(url, memory) as bench:

        class Machine(LockStep):
            pass

        Machine.bench = bench
        run_state_machine_as_test(Machine, settings=form)


def test_memory_and_postgres_answer_alike(postgres_url: str) -> None:
    """Every method of every port answers the same in both, also after roll-backs and for calls at the same time."""
    drive(postgres_url, MemoryStore, SHORT_FORM)


@pytest.mark.long
def test_memory_and_postgres_answer_alike_for_long(postgres_url: str) -> None:
    """The same, for 500 examples of 50 steps."""
    drive(postgres_url, MemoryStore, LONG_FORM)


class CaseSensitive(MemoryStore):  # type: ignore[misc]  # final for others; a fault is planted here
    """A storage that treats titles that differ only in case as different."""

    def __init__(self) -> None:
        super().__init__()
        self.table(LINK_ROWS).unique = lambda link: (link.guild, link.key if link.title.islower() else link.title)


class CommittingUnit(EveryMemoryUnit):
    """A unit that stores what was never committed."""

    @override
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        if self._entered:
            await self.commit(UNAUDITED)


class IgnoringRollback(MemoryStore):  # type: ignore[misc]  # final for others; a fault is planted here
    """A storage whose units store what was never committed."""

    unit = CommittingUnit


class ShortPrefixLinks(MemoryLinks):  # type: ignore[misc]  # final for others; a fault is planted here
    """Links that compare one letter too few of a prefix."""

    @override
    async def resembling(self, guild: GuildId, key: str, /, *, limit: int) -> Sequence[Suggestion]:
        return await super().resembling(guild, key[:-1] if len(key) < 3 else key, limit=limit)


class ShortPrefixUnit(EveryMemoryUnit):
    """A unit whose links compare one letter too few of a prefix."""

    @property
    @override
    def links(self) -> MemoryLinks:
        return ShortPrefixLinks(self.view(LINK_ROWS))


class ShortPrefix(MemoryStore):  # type: ignore[misc]  # final for others; a fault is planted here
    """A storage whose units compare one letter too few of a prefix."""

    unit = ShortPrefixUnit


class LosingUpdates(MemoryStore):  # type: ignore[misc]  # final for others; a fault is planted here
    """A storage that misses concurrent changes."""

    def __init__(self) -> None:
        super().__init__()
        self.table(LINK_ROWS).versions = Forgetful()


class Forgetful(dict[int, int]):
    """A table that reports no row as changed."""

    @override
    def __setitem__(self, number: int, version: int, /) -> None:
        pass


@pytest.mark.parametrize("planted", [CaseSensitive, IgnoringRollback, ShortPrefix, LosingUpdates])
def test_a_planted_fault_is_found(postgres_url: str, planted: Callable[[], Store]) -> None:
    """The machine fails when a storage distinguishes case, ignores a roll-back or loses an update."""
    with pytest.raises(AssertionError):
        drive(postgres_url, planted, HUNT)
