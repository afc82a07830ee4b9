"""What all tables share: constraint names, column types, the base class of the models."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, ClassVar, Final, final

from sqlalchemy import BigInteger, DateTime, Dialect, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, mapped_column
from typing_extensions import override

NAMING: Final[Mapping[str, str]] = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}
"""PostgreSQL's own naming scheme, so that a constraint can be found by its name everywhere."""

SCHEMA: Final = "twi"
"""The schema that the models name; an engine can replace it with another one (`open_engine`)."""


@final
class UtcDateTime(TypeDecorator[datetime]):
    """A column of aware times, returned in UTC; the driver alone would take a naive time for local time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time.

        Raises:
            ValueError: the time has no zone.
        """
        if value is not None and value.utcoffset() is None:
            raise ValueError("a stored time must have a time zone")
        return value

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC, whatever the zone of the session."""
        return None if value is None else value.astimezone(UTC)


KeyText: Final = Text(collation="C")
"""Text that is compared by code point, as Python does, whatever the server's locale."""

Snowflake = Annotated[int, mapped_column(BigInteger)]
"""A 64-bit id."""
Key = Annotated[str, mapped_column(KeyText)]
"""A key: compared and sorted by code point."""
Moment = Annotated[datetime, mapped_column(UtcDateTime)]
"""A time, aware, in UTC."""


class Base(DeclarativeBase):
    """The base of every model; `Base.metadata` knows all tables once `twi_postgres.database.models` is imported."""

    metadata = MetaData(naming_convention=dict(NAMING), schema=SCHEMA)
    type_annotation_map: ClassVar = {str: Text}


def metadata_in(schema: str) -> MetaData:
    """Return the tables of all models in a schema, for comparison with a database."""
    if schema == SCHEMA:
        return Base.metadata
    found = MetaData(naming_convention=dict(NAMING), schema=schema)
    for table in Base.metadata.sorted_tables:
        table.to_metadata(found, schema=schema)
    return found
