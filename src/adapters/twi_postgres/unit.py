"""The unit of work over PostgreSQL: one class for all contexts."""

from types import TracebackType
from typing import Self, final

from sqlalchemy.ext.asyncio import AsyncEngine

from twi_core.kernel.context import CallContext
from twi_postgres.access import PostgresTokens
from twi_postgres.links import PostgresLinks
from twi_postgres.transaction import Transaction


@final
class PostgresStore:
    """Open units over one engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def __call__(self, _: CallContext, /) -> "PostgresUnit":
        """Open a unit; see `Open`."""
        return PostgresUnit(self._engine)


@final
class PostgresUnit:
    """Be a unit of work on one connection, which it takes with its first statement and gives back at its end."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._transaction: Transaction | None = None

    async def __aenter__(self) -> Self:
        if self._transaction is not None:
            raise RuntimeError("a unit of work is entered once")
        self._transaction = Transaction(self._engine)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        await self._entered().close()

    @property
    def links(self) -> PostgresLinks:
        """See `LinksUnit`."""
        return PostgresLinks(self._usable())

    @property
    def tokens(self) -> PostgresTokens:
        """See `AccessUnit`."""
        return PostgresTokens(self._usable())

    async def commit(self) -> None:
        """See `Unit`."""
        await self._usable().commit()

    def _usable(self) -> Transaction:
        transaction = self._entered()
        transaction.check()
        return transaction

    def _entered(self) -> Transaction:
        if self._transaction is None:
            raise RuntimeError("a unit of work is used within `async with`, and no more after `commit()`")
        return self._transaction
