"""The unit of work in memory: the base of every context's unit."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.contexts import Context
from twi_core.kernel.ids import GuildId
from twi_core.kernel.invalidations import Invalidations
from twi_core.kernel.unit import Committed, Unit
from twi_memory.storage.table import Rows, Table, View

R = TypeVar("R")
U = TypeVar("U", bound=Unit)

UNITS: Final = "UNITS"
"""The name under which a context's module keeps its `Units`."""


@final
class Tables:
    """All committed data of one process: a table for each `Rows` requested so far."""

    def __init__(self, invalidations: Invalidations) -> None:
        self.invalidations = invalidations
        self._tables: dict[Rows[Any], Table[Any]] = {}

    def table(self, rows: Rows[R], /) -> Table[R]:
        """Return the table of some rows, which is empty at first."""
        found: Table[R] | None = self._tables.get(rows)
        if found is None:
            found = self._tables[rows] = Table(rows)
        return found

    def every(self) -> dict[str, Table[Any]]:
        """Return the tables requested so far, by name."""
        return {rows.name: table for rows, table in self._tables.items()}

    def put(self, rows: Rows[R], table: Table[R], /) -> None:
        """Use an existing table for some rows."""
        self._tables[rows] = table


class MemoryUnit:
    """A unit of work; nobody else sees its writes until `commit`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._entered = False

    async def __aenter__(self) -> Self:
        self._views: dict[Rows[Any], View[Any]] = {}
        self._invalidated: list[tuple[str, GuildId]] = []
        self._entered = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self._entered = False

    def view(self, rows: Rows[R], /) -> View[R]:
        """Return some rows as this unit sees them; the view is made on first use."""
        self._check()
        found: View[R] | None = self._views.get(rows)
        if found is None:
            found = self._views[rows] = View(self._tables.table(rows))
        return found

    def invalidate(self, topic: str, guild: GuildId, /) -> None:
        """See `Unit`."""
        self._check()
        self._invalidated.append((topic, guild))

    async def commit(self, _: Committed, /) -> None:
        """See `Unit`; nothing else runs between the check and the change."""
        self._check()
        for view in self._views.values():
            view.check()
        for view in self._views.values():
            view.apply()
        self._entered = False
        for topic, guild in self._invalidated:
            self._tables.invalidations.publish(topic, guild)

    def _check(self) -> None:
        if not self._entered:
            raise RuntimeError("use a unit of work inside `async with`, and not after `commit()`")


@final
class Units(Generic[U]):
    """A context's unit of work in memory; a class that does not fit the context is a type error where this is made."""

    def __init__(self, context: Context[Any, U], unit: Callable[[Tables], U]) -> None:
        self.context = context
        self._unit = unit

    def on(self, tables: Tables, /) -> Callable[[CallContext], U]:
        """Return a factory of units over some tables."""
        unit = self._unit

        def opened(_: CallContext, /) -> U:
            return unit(tables)

        return opened
