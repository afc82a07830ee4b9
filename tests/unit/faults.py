"""A storage whose every port call can fail, wait its turn, or be counted, on top of the memory storage."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from types import TracebackType
from typing import Any, Self, TypeAlias, TypeVar, final

from typing_extensions import override

from tests.app import Bench
from tests.every import Around
from twi_core.kernel.context import CallContext
from twi_core.kernel.ids import GuildId, Snowflake
from twi_core.kernel.unit import Committed
from twi_memory.storage.store import MemoryStore

T = TypeVar("T")

Hook = Callable[[str], Awaitable[None]]


@final
@dataclass(slots=True)
class Faults:
    """What happens around the port calls: hooks run before and after each, and may raise or wait."""

    before: Hook | None = None
    after: Hook | None = None
    names: list[str] = field(default_factory=list)
    """The port calls so far."""
    committed: list[Committed] = field(default_factory=list)
    """What units said of themselves when they committed."""

    async def around(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        self.names.append(name)
        if self.before is not None:
            await self.before(name)
        answer = await call()
        if self.after is not None:
            await self.after(name)
        return answer


@final
class FaultyStore(Around):
    """A memory storage whose calls pass through `faults`."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(MemoryStore())
        self._faults = faults

    @override
    def wrap(self, unit: Any, context: CallContext) -> Any:
        return _FaultyUnit(unit, self._faults)


@final
class _FaultyUnit:
    def __init__(self, unit: Any, faults: Faults) -> None:
        self._unit = unit
        self._faults = faults

    async def __aenter__(self) -> Self:
        await self._faults.around("open", self._unit.__aenter__)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        await self._faults.around("close", lambda: self._unit.__aexit__(kind, error, trace))

    def __getattr__(self, name: str) -> "_Port":
        return _Port(getattr(self._unit, name), self._faults)

    def invalidate(self, topic: str, guild: GuildId, /) -> None:
        self._unit.invalidate(topic, guild)

    async def commit(self, committed: Committed, /) -> None:
        self._faults.committed.append(committed)
        await self._faults.around("commit", lambda: self._unit.commit(committed))


@final
class _Port:
    def __init__(self, port: object, faults: Faults) -> None:
        self._port = port
        self._faults = faults

    def __getattr__(self, name: str) -> Callable[..., Awaitable[object]]:
        method = getattr(self._port, name)

        async def call(*given: Any, **named: Any) -> object:
            return await self._faults.around(name, lambda: method(*given, **named))

        return call


def failing_at(place: int, error: BaseException, *, times: int = 1) -> Hook:
    """Raise at the call of this number (from 0), and at the next `times - 1` calls of that name."""
    seen = -1
    left = times
    chosen: str | None = None

    async def hook(name: str) -> None:
        nonlocal seen, left, chosen
        seen += 1
        chosen = name if seen == place else chosen
        if left and (seen == place or (seen > place and name == chosen)):
            left -= 1
            raise error.with_traceback(None)  # one object is raised many times

    return hook


@final
class Turns:
    """Turns that tasks take: each waits before every port call until it is chosen."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    async def wait(self, _: str) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        await turn

    async def run(self, calls: Sequence[Awaitable[T]], choices: Sequence[int]) -> list[T]:
        """Run the calls to their ends; `choices` say, step by step, which of the waiting ones continues."""
        tasks = [asyncio.ensure_future(call) for call in calls]
        step = 0
        while not all(task.done() for task in tasks):
            if len(self._waiting) + sum(task.done() for task in tasks) < len(tasks):
                await asyncio.sleep(0)
                continue
            chosen = choices[step % len(choices)] if choices else 0
            self._waiting.pop(chosen % len(self._waiting)).set_result(None)
            step += 1
            await asyncio.sleep(0)
        return [task.result() for task in tasks]


State: TypeAlias = dict[str, list[dict[str, Any]]]
"""The fields of all rows, by table."""


def state(store: MemoryStore) -> State:
    """Return everything in a storage except randomly drawn values; fail if its indices disagree with its rows."""
    held: State = {}
    for name, table in store.tables.every().items():
        rows: dict[int, Any] = dict(table.rows)
        assert set(table.by_unique.values()) == set(rows)
        assert {number for group in table.groups.values() for number in group} == set(rows)
        if rows:
            held[name] = sorted(map(_settled, rows.values()), key=repr)
    return held


def _settled(value: Any) -> Any:
    """Leave out the ids that the bot generates, and digests of what it draws; Discord's ids stay."""
    if is_dataclass(value) and not isinstance(value, type):
        return {found.name: _settled(getattr(value, found.name)) for found in fields(value)}
    drawn = isinstance(value, bytes) or (
        isinstance(value, Snowflake) and type(value).__module__ != Snowflake.__module__
    )
    return "drawn" if drawn else value


def bench_on(faults: Faults) -> tuple[Bench, MemoryStore]:
    """Build an application on a faulty storage; return it and the storage below."""
    from tests.app import build

    store = FaultyStore(faults)
    assert isinstance(store.below, MemoryStore)
    return build(storage=store, store=store.below), store.below
