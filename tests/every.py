"""One unit over the contexts that tests of a whole storage refer to by name; the product opens one context's units."""

from abc import ABC, abstractmethod
from typing import Any, Protocol, cast

from tests.contracts.values import Store
from twi_core.failures import FailuresUnit
from twi_core.kernel.context import CallContext
from twi_core.kernel.contexts import Context
from twi_core.kernel.unit import Open
from twi_core.limits import LimitsUnit
from twi_core.links import LinksUnit
from twi_core.permissions import PermissionsUnit
from twi_core.settings import SettingsUnit
from twi_core.tokens import TokensUnit
from twi_memory.failures import MemoryFailuresUnit
from twi_memory.limits import MemoryLimitsUnit
from twi_memory.links import MemoryLinksUnit
from twi_memory.permissions import MemoryPermissionsUnit
from twi_memory.settings import MemorySettingsUnit
from twi_memory.storage.store import MemoryStore
from twi_memory.storage.unit import MemoryUnit
from twi_memory.tokens import MemoryTokensUnit
from twi_postgres.database.unit import PostgresStore, PostgresUnit
from twi_postgres.failures import PostgresFailuresUnit
from twi_postgres.limits import PostgresLimitsUnit
from twi_postgres.links import PostgresLinksUnit
from twi_postgres.permissions import PostgresPermissionsUnit
from twi_postgres.settings import PostgresSettingsUnit
from twi_postgres.tokens import PostgresTokensUnit


class EveryUnit(LinksUnit, TokensUnit, PermissionsUnit, SettingsUnit, FailuresUnit, LimitsUnit, Protocol):
    """A unit of work over every context."""


class EveryMemoryUnit(MemoryUnit):
    """The same in memory."""

    links = MemoryLinksUnit.links
    tokens = MemoryTokensUnit.tokens
    permission_rules = MemoryPermissionsUnit.permission_rules
    settings = MemorySettingsUnit.settings
    limit_rules = MemoryLimitsUnit.limit_rules
    occurrences = MemoryFailuresUnit.occurrences
    bugs = MemoryFailuresUnit.bugs


class EveryPostgresUnit(PostgresUnit):
    """The same in PostgreSQL."""

    links = PostgresLinksUnit.links
    tokens = PostgresTokensUnit.tokens
    permission_rules = PostgresPermissionsUnit.permission_rules
    settings = PostgresSettingsUnit.settings
    limit_rules = PostgresLimitsUnit.limit_rules
    occurrences = PostgresFailuresUnit.occurrences
    bugs = PostgresFailuresUnit.bugs


def every(store: Store) -> Open[EveryUnit]:
    """Return a storage whose units cover every context."""
    if isinstance(store, MemoryStore):
        tables, unit = store.tables, getattr(store, "unit", EveryMemoryUnit)  # a test may plant another one
        return lambda _: cast("EveryUnit", unit(tables))
    assert isinstance(store, PostgresStore)
    engine, invalidations = store._engine, store.invalidations
    return lambda _: EveryPostgresUnit(engine, invalidations)


class Around(ABC):
    """A storage that wraps the units of another storage with `wrap`."""

    def __init__(self, below: Store) -> None:
        self.below = below

    @abstractmethod
    def wrap(self, unit: Any, context: CallContext) -> Any:
        """Return the unit that is opened in place of the inner one."""

    def open(self, context: Context[Any, Any], /) -> Open[Any]:
        """Open a unit of work."""
        opened = self.below.open(context)
        return cast("Open[Any]", lambda call: self.wrap(opened(call), call))
