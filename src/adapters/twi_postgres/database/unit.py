"""The unit of work over PostgreSQL: the base of every context's unit, and the store that opens them."""

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar, cast, final

from sqlalchemy.ext.asyncio import AsyncEngine

from twi_core.kernel.context import CallContext
from twi_core.kernel.contexts import Context
from twi_core.kernel.faults import Conflict
from twi_core.kernel.ids import GuildId
from twi_core.kernel.invalidations import Invalidations
from twi_core.kernel.unit import Committed, Open, Unit
from twi_postgres.database.notifications import notification
from twi_postgres.database.transaction import Transaction

U = TypeVar("U", bound=Unit)

UNITS: Final = "UNITS"
"""The name under which a context's module keeps its `Units`."""


@final
class PostgresStore:
    """A store that opens units over one engine; see `Storage`."""

    def __init__(self, engine: AsyncEngine, invalidations: Invalidations | None = None) -> None:
        self._engine = engine
        self.invalidations = invalidations or Invalidations()

    def open(self, context: Context[Any, U], /) -> Open[U]:
        """See `Storage`."""
        found = context.find("twi_postgres", UNITS, Units)
        if found is None or found.context is not context:
            raise LookupError(
                f"the context {context.name!r} has no storage in PostgreSQL: "
                f"add {context.place('twi_postgres')} with {UNITS} = Units(…)"
            )
        return cast("Open[U]", found.on(self._engine, self.invalidations))


class PostgresUnit:
    """A unit of work on one connection, acquired with its first statement and released at its end."""

    def __init__(self, engine: AsyncEngine, invalidations: Invalidations) -> None:
        self._engine = engine
        self._invalidations = invalidations
        self._invalidated: list[tuple[str, GuildId]] = []
        self._transaction: Transaction | None = None

    async def __aenter__(self) -> Self:
        if self._transaction is not None:
            raise RuntimeError("a unit of work can be entered only once")
        self._transaction = Transaction(self._engine)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        await self._entered().close()

    def usable(self) -> Transaction:
        """Return the transaction of the unit's repositories.

        Raises:
            RuntimeError: the unit has not begun, or has ended.
        """
        transaction = self._entered()
        transaction.check()
        return transaction

    def invalidate(self, topic: str, guild: GuildId, /) -> None:
        """See `Unit`."""
        self.usable()
        self._invalidated.append((topic, guild))

    async def commit(self, _: Committed, /) -> None:
        """See `Unit`."""
        transaction = self.usable()
        for topic, guild in self._invalidated:
            await transaction.rows(notification(transaction.schema, topic, guild))
        with ExitStack() as stored:
            stored.push(self._publish)
            await transaction.commit()

    def _publish(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None, /) -> None:
        """Publish in this process what may have been stored, even if the answer to the commit was lost."""
        if not isinstance(error, Conflict):
            for topic, guild in self._invalidated:
                self._invalidations.publish(topic, guild)

    def _entered(self) -> Transaction:
        if self._transaction is None:
            raise RuntimeError("use a unit of work inside `async with`, and not after `commit()`")
        return self._transaction


@final
class Units(Generic[U]):
    """A context's unit of work in PostgreSQL; a class that does not fit is a type error where this is made."""

    def __init__(self, context: Context[Any, U], unit: Callable[[AsyncEngine, Invalidations], U]) -> None:
        self.context = context
        self._unit = unit

    def on(self, engine: AsyncEngine, invalidations: Invalidations, /) -> Callable[[CallContext], U]:
        """Return a factory of units over an engine."""
        unit = self._unit

        def opened(_: CallContext, /) -> U:
            return unit(engine, invalidations)

        return opened
