"""What a database has of ours, and whether its extension can be used."""

from dataclasses import dataclass
from typing import final

from sqlalchemy import Connection, select

from twi_postgres.database.adoption import found_in_public
from twi_postgres.database.catalog import columns_of, extension_schema, schema_right
from twi_postgres.database.refusals import EXTENSION_MISSING, SCHEMA_DENIED, SchemaError
from twi_postgres.database.revisions import VERSION_TABLE, Standing, standing, version_table
from twi_postgres.database.trigrams import EXTENSION


@final
@dataclass(frozen=True, slots=True)
class Found:
    """What there is of our tables: their revision (none: no tables), and whether they lie in `public` still."""

    revision: str | None
    in_public: bool = False

    @property
    def standing(self) -> Standing:
        """Compare it with this program; tables in `public` are to be moved, and so behind."""
        return "behind" if self.in_public else standing(self.revision)


def find(connection: Connection, schema: str) -> Found:
    """Return what a database has of our tables in a schema, or in `public` where an upgrade would move them from.

    Raises:
        SchemaError: the user may not use the schema.
    """
    there = {name for name, _ in connection.execute(columns_of(schema))}
    if VERSION_TABLE not in there:
        revision = found_in_public(connection)
        return Found(revision, in_public=revision is not None)
    if not connection.execute(schema_right(schema, "USAGE")).scalar_one():
        raise SchemaError(
            SCHEMA_DENIED,
            f"This database user may not use the schema {schema}. Ask its owner to run GRANT USAGE ON SCHEMA "
            f"{_quoted(connection, schema)} for the user, then try again.",
        )
    return Found(connection.execute(select(version_table(schema).c.version_num)).scalar_one_or_none())


def require_extension(connection: Connection) -> None:
    """Make sure that the extension is there and may be used, wherever it lives.

    Raises:
        SchemaError: it is missing, or the user may not use the schema that it lives in.
    """
    lives = connection.execute(extension_schema(EXTENSION)).scalar_one_or_none()
    if lives is None:
        raise SchemaError(
            EXTENSION_MISSING, f"The database lacks the extension {EXTENSION}. Run CREATE EXTENSION {EXTENSION}; in it."
        )
    if not connection.execute(schema_right(lives, "USAGE")).scalar_one():
        raise SchemaError(
            EXTENSION_MISSING,
            f"This database user may not use the extension {EXTENSION}, as it may not use the schema {lives} that it "
            "lives in. Ask who administers the server to run GRANT USAGE ON SCHEMA "
            f"{_quoted(connection, lives)} for the user.",
        )


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)
