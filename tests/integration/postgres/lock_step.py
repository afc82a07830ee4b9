"""A machine that drives the memory storage and PostgreSQL with the same calls and compares every answer."""

import asyncio
import copy
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import ClassVar, TypeVar

import psycopg
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from psycopg import sql
from typing_extensions import override

from tests.contracts.values import CALL, Store
from tests.every import EveryUnit, every
from tests.integration.postgres.lock_step_calls import BEGINNINGS, CALLS, READS, WRITES, Work, stored
from twi_core.kernel.faults import PortError
from twi_core.kernel.unit import UNAUDITED
from twi_postgres.database.metadata import SCHEMA

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bench:
    """What all examples share: a loop, a store over PostgreSQL, and a connection that empties its tables."""

    runner: asyncio.Runner
    postgres: Store
    cleaner: "psycopg.Connection[tuple[object, ...]]"
    memory: Callable[[], Store]


@dataclass(frozen=True, slots=True)
class Pair:
    """The open unit of each storage; closing the stack leaves both."""

    memory: EveryUnit
    postgres: EveryUnit
    stack: AsyncExitStack


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault among the answers: its kind in the kernel, and whether another attempt is allowed."""

    kind: str
    retry: bool


def fault(error: PortError) -> Fault:
    """Return a fault as it is compared: an adapter's own kind as the one that the core knows."""
    kinds = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "twi_core.kernel.faults"]
    return Fault(kinds[0], error.retry)


async def answer(unit: EveryUnit, work: Work) -> object:
    """Return what a work answers within a unit."""
    try:
        return await work(unit)
    except PortError as error:
        return fault(error)


async def transacted(store: Store, work: Work) -> object:
    """Run work in a unit and commit it, once more where a fault allows that, as the pipeline does."""
    for last in (False, True):
        try:
            async with every(store)(CALL) as unit:
                result = await work(unit)
                await unit.commit(UNAUDITED)
                return result
        except PortError as error:
            if last or not error.retry:
                return fault(error)
    raise AssertionError("not reached")


async def at_once(store: Store, one: Work, other: Work) -> tuple[object, object]:
    """Run two calls at the same time."""
    first, second = await asyncio.gather(transacted(store, one), transacted(store, other))
    return first, second


async def dump(store: Store) -> object:
    """Return all that is committed."""
    async with every(store)(CALL) as unit:
        return await stored(unit)


class LockStep(RuleBasedStateMachine):
    """A machine that writes and reads in an open unit of each storage, and compares; subclass it to set `bench`."""

    bench: ClassVar[Bench]

    def __init__(self) -> None:
        super().__init__()
        self.empty()
        self.pair: Pair | None = None

    def empty(self) -> None:
        """Begin with nothing in either storage."""
        tables = ("links", "tokens", "guild_settings", "guild_setting_changes")
        self.bench.cleaner.execute(
            sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(sql.Identifier(SCHEMA, t)) for t in tables)
        )
        self.memory = self.bench.memory()

    @initialize(beginnings=BEGINNINGS)
    def begin(self, beginnings: Sequence[Work]) -> None:
        """Store a few links in both."""
        for work in beginnings:
            self.same(transacted(self.memory, work), transacted(self.bench.postgres, work))

    @precondition(lambda self: self.pair is None)
    @rule()
    def open(self) -> None:
        """Open a unit of each."""

        async def opened() -> Pair:
            stack = AsyncExitStack()
            memory = await stack.enter_async_context(every(self.memory)(CALL))
            return Pair(memory, await stack.enter_async_context(every(self.bench.postgres)(CALL)), stack)

        self.pair = self.run(opened())

    @rule(work=WRITES)
    def write(self, work: Work) -> None:
        """Write within the open units, or in separate units; a fault ends a unit."""
        if self.pair is None:
            self.same(transacted(self.memory, work), transacted(self.bench.postgres, work))
            return
        answered = self.same(answer(self.pair.memory, work), answer(self.pair.postgres, work))
        if isinstance(answered, Fault):
            self.leave()

    @rule(work=READS, outside=st.booleans())
    def read(self, work: Work, outside: bool) -> None:
        """Read within the open units, or from outside them."""
        if self.pair is None or outside:
            self.same(transacted(self.memory, work), transacted(self.bench.postgres, work))
        else:
            self.same(answer(self.pair.memory, work), answer(self.pair.postgres, work))

    @precondition(lambda self: self.pair is not None)
    @rule()
    def commit(self) -> None:
        """Commit what the open units wrote."""
        if self.pair is None:
            return
        for unit in (self.pair.memory, self.pair.postgres):
            self.run(unit.commit(UNAUDITED))
        self.leave()

    @precondition(lambda self: self.pair is not None)
    @rule()
    def leave(self) -> None:
        """Leave the open units; what was not committed is lost."""
        if self.pair is not None:
            self.run(self.pair.stack.aclose())
            self.pair = None
        self.same(dump(self.memory), dump(self.bench.postgres))

    @precondition(lambda self: self.pair is None)
    @rule(one=CALLS, other=CALLS)
    def both_at_once(self, one: Work, other: Work) -> None:
        """Run two calls at once: each storage ends as if one had come after the other."""
        forward, *answers = self.in_turn(one, other)
        backward, *swapped = self.in_turn(other, one)
        ends = [(tuple(answers), self.run(dump(forward))), (tuple(swapped[::-1]), self.run(dump(backward)))]
        for store in (copy.deepcopy(self.memory), self.bench.postgres):
            end = (self.run(at_once(store, one, other)), self.run(dump(store)))
            assert end in ends
        self.memory = forward
        if ends[0] != ends[1]:
            self.empty()  # which came first was chance, and what is drawn next may depend only on what was drawn

    def in_turn(self, first: Work, second: Work) -> tuple[Store, object, object]:
        """Run two calls on a copy of the memory storage, one after the other."""
        store = copy.deepcopy(self.memory)
        return store, self.run(transacted(store, first)), self.run(transacted(store, second))

    def same(self, memory: Coroutine[object, object, T], postgres: Coroutine[object, object, T]) -> T:
        """Check that both storages answer the same, and return the answer."""
        expected, found = self.run(memory), self.run(postgres)
        assert found == expected
        return found

    def run(self, work: Coroutine[object, object, T]) -> T:
        """Run a coroutine to its end."""
        return self.bench.runner.run(work)

    @override
    def teardown(self) -> None:
        """Close what is open."""
        if self.pair is not None:
            self.run(self.pair.stack.aclose())
