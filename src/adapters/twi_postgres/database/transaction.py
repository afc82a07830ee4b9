"""One transaction on one connection, begun by its first statement."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, TypeVarTuple, final

from sqlalchemy import Delete, Row, Update, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction
from sqlalchemy.sql.selectable import TypedReturnsRows

from twi_core.kernel.faults import PortError
from twi_postgres.database.catalog import extension_schema
from twi_postgres.database.engine import schema_of
from twi_postgres.database.faults import translated
from twi_postgres.database.trigrams import EXTENSION, Trigrams

Ts = TypeVarTuple("Ts")
_TRIGRAMS: Final = "twi_trigrams"  # an option of the engine, so that it is known for as long as the engine lives


@final
class Transaction:
    """The transaction of one unit of work; every error is raised as a fault of `twi_core.kernel.faults`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None
        self._open = True
        self.schema = schema_of(engine)

    async def rows(self, statement: TypedReturnsRows[*Ts], /) -> Sequence[Row[*Ts]]:
        """Run a statement and return all its rows."""
        with translated():
            connection = await self._begun()
            return (await connection.execute(statement)).all()

    async def changed(self, statement: Update | Delete, /) -> int:
        """Run an update or a delete and return how many rows it matched."""
        with translated():
            connection = await self._begun()
            return (await connection.execute(statement)).rowcount

    async def advisory_lock(self, name: str, guild: int, /) -> None:
        """Wait for the lock of this name in a guild, among transactions of our schema, and hold it to the end."""
        await self.rows(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{self.schema}.{name}", guild))))

    async def trigrams(self) -> Trigrams:
        """Return the operators for similarity; their schema is looked up once for each engine.

        Raises:
            PortError: the extension is not installed.
        """
        known: Trigrams | None = self._engine.get_execution_options().get(_TRIGRAMS)
        if known is None:
            found = await self.rows(extension_schema(EXTENSION))
            if not found:
                raise PortError(f"the database lacks the extension {EXTENSION}")
            known = Trigrams(found[0][0])
            self._engine.update_execution_options(**{_TRIGRAMS: known})
        return known

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo only what the block did if it raises; the transaction stays usable."""
        with translated():
            nested = await (await self._begun()).begin_nested()
        async with AsyncExitStack() as undone:
            undone.push_async_callback(self._roll_back, nested)
            yield
            undone.pop_all()
        with translated():
            await nested.commit()

    @staticmethod
    async def _roll_back(nested: AsyncTransaction) -> None:
        with translated():
            await nested.rollback()

    async def commit(self) -> None:
        """Commit and release the connection."""
        self.check()
        connection = self._connection
        if connection is not None:
            with translated(committing=True):
                await connection.commit()
        await self.close()

    async def close(self) -> None:
        """Roll back what was not committed and release the connection, even if the caller is being cancelled."""
        self._open = False
        connection, self._connection = self._connection, None
        if connection is not None:
            with translated():
                await asyncio.shield(asyncio.ensure_future(connection.close()))

    def check(self) -> None:
        """Refuse work outside the unit.

        Raises:
            RuntimeError: the unit has ended.
        """
        if not self._open:
            raise RuntimeError("use a unit of work inside `async with`, and not after `commit()`")

    async def _begun(self) -> AsyncConnection:
        self.check()
        if self._connection is None:
            self._connection = await self._engine.connect()
        return self._connection
