"""The unit of work over PostgreSQL: one class for all contexts."""

from contextlib import ExitStack
from types import TracebackType
from typing import Self, final

from sqlalchemy.ext.asyncio import AsyncEngine

from twi_core.kernel.context import CallContext
from twi_core.kernel.faults import Conflict
from twi_core.kernel.ids import GuildId
from twi_core.kernel.invalidations import Invalidations
from twi_postgres.database.notifications import notification
from twi_postgres.database.transaction import Transaction
from twi_postgres.failures.bugs import PostgresBugs
from twi_postgres.failures.occurrences import PostgresOccurrences
from twi_postgres.limits import PostgresLimitRules
from twi_postgres.links import PostgresLinks
from twi_postgres.permissions import PostgresPermissionRules
from twi_postgres.settings import PostgresSettings
from twi_postgres.tokens import PostgresTokens


@final
class PostgresStore:
    """Open units over one engine."""

    def __init__(self, engine: AsyncEngine, invalidations: Invalidations | None = None) -> None:
        self._engine = engine
        self.invalidations = invalidations or Invalidations()

    def __call__(self, _: CallContext, /) -> "PostgresUnit":
        """Open a unit; see `Open`."""
        return PostgresUnit(self._engine, self.invalidations)


@final
class PostgresUnit:
    """Be a unit of work on one connection, which it takes with its first statement and gives back at its end."""

    def __init__(self, engine: AsyncEngine, invalidations: Invalidations) -> None:
        self._engine = engine
        self._announcements = invalidations
        self._invalidated: list[tuple[str, GuildId]] = []
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
        """See `TokensUnit`."""
        return PostgresTokens(self._usable())

    @property
    def permission_rules(self) -> PostgresPermissionRules:
        """See `PermissionsUnit`."""
        return PostgresPermissionRules(self._usable())

    @property
    def settings(self) -> PostgresSettings:
        """See `SettingsUnit`."""
        return PostgresSettings(self._usable())

    @property
    def occurrences(self) -> PostgresOccurrences:
        """See `FailuresUnit`."""
        return PostgresOccurrences(self._usable())

    @property
    def bugs(self) -> PostgresBugs:
        """See `FailuresUnit`."""
        return PostgresBugs(self._usable())

    @property
    def limit_rules(self) -> PostgresLimitRules:
        """See `LimitsUnit`."""
        return PostgresLimitRules(self._usable())

    def invalidate(self, topic: str, guild: GuildId, /) -> None:
        """See `Unit`."""
        self._usable()
        self._invalidated.append((topic, guild))

    async def commit(self) -> None:
        """See `Unit`."""
        transaction = self._usable()
        for topic, guild in self._invalidated:
            await transaction.rows(notification(topic, guild))
        with ExitStack() as stored:
            stored.push(self._publish)
            await transaction.commit()

    def _publish(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None, /) -> None:
        """Tell this process what may have been stored, also where the answer to the commit was lost."""
        if not isinstance(error, Conflict):
            for topic, guild in self._invalidated:
                self._announcements.publish(topic, guild)

    def _usable(self) -> Transaction:
        transaction = self._entered()
        transaction.check()
        return transaction

    def _entered(self) -> Transaction:
        if self._transaction is None:
            raise RuntimeError("a unit of work is used within `async with`, and no more after `commit()`")
        return self._transaction
