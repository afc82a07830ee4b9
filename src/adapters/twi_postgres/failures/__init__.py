"""Failures in PostgreSQL."""

from typing import Final, final

from twi_core.failures import FAILURES
from twi_postgres.database.unit import PostgresUnit, Units
from twi_postgres.failures.bugs import PostgresBugs
from twi_postgres.failures.occurrences import PostgresOccurrences


@final
class PostgresFailuresUnit(PostgresUnit):
    """A unit of work over failures."""

    @property
    def occurrences(self) -> PostgresOccurrences:
        """See `FailuresUnit`."""
        return PostgresOccurrences(self.usable())

    @property
    def bugs(self) -> PostgresBugs:
        """See `FailuresUnit`."""
        return PostgresBugs(self.usable())


UNITS: Final = Units(FAILURES, PostgresFailuresUnit)
