"""The state of our tables in a database, and whether its extension can be used."""

from collections import defaultdict
from dataclasses import dataclass
from typing import final

from sqlalchemy import Connection, func, select

from twi_core.kernel.language import text
from twi_postgres.database.adoption import found_in_public, shapes
from twi_postgres.database.catalog import columns_of, extension_schema, schema_right, table_right
from twi_postgres.database.refusals import EXTENSION_MISSING, SCHEMA_DENIED, SCHEMA_FOREIGN, SchemaError
from twi_postgres.database.revisions import VERSION_TABLE, Standing, revisions, standing, version_table
from twi_postgres.database.trigrams import EXTENSION


@final
@dataclass(frozen=True, slots=True)
class Found:
    """The state of our tables: their revision (None: no tables), and whether they are still in `public`."""

    revision: str | None
    in_public: bool = False

    @property
    def standing(self) -> Standing:
        """Compare the revision with this program's; tables in `public` still have to be moved, so they are behind."""
        return "behind" if self.in_public else standing(self.revision)


def find(connection: Connection, schema: str) -> Found:
    """Return the state of our tables in a schema, or in `public` if an upgrade would move them from there.

    Raises:
        SchemaError: the user may not use the schema, or another program uses it.
    """
    tables = defaultdict[str, set[str]](set)
    for name, column in connection.execute(columns_of(schema)):
        tables[name].add(column)
    if VERSION_TABLE not in tables:
        revision = found_in_public(connection)
        return Found(revision, in_public=revision is not None)
    _refuse_closed(connection, schema)
    if tables[VERSION_TABLE] != {"version_num"}:
        raise _foreign(schema)
    found = connection.execute(select(version_table(schema).c.version_num)).scalars().all()
    if len(found) > 1 or (found and not tables.keys() >= shapes()[revisions()[0]].keys()):
        raise _foreign(schema)
    return Found(found[0] if found else None)


def _refuse_closed(connection: Connection, schema: str) -> None:
    """Refuse a schema, or a version table in it, that the user may not read."""
    name = _quoted(connection, schema)
    if not connection.execute(schema_right(schema, "USAGE")).scalar_one():
        problem = text("This database user can't use the schema {schema}.", schema=schema)
        right = f"USAGE ON SCHEMA {name}"
    elif not connection.execute(table_right(schema, VERSION_TABLE, "SELECT")).scalar_one():
        problem = text("This database user can't read the tables in the schema {schema}.", schema=schema)
        right = f"SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {name}"
    else:
        return
    user = _quoted(connection, connection.execute(select(func.current_user())).scalar_one())
    raise SchemaError(
        SCHEMA_DENIED,
        text(
            "{problem} Ask its owner to run `{statement}` in the database, then try again.",
            problem=problem,
            statement=f"GRANT {right} TO {user};",
        ),
    )


def _foreign(schema: str) -> SchemaError:
    return SchemaError(
        SCHEMA_FOREIGN,
        text(
            "The schema {schema} has a version table ({table}) but not the bot's tables: another program uses it, or "
            "tables were lost. Set TWI_DATABASE_SCHEMA to a schema that only the bot uses, or restore a backup.",
            schema=schema,
            table=VERSION_TABLE,
        ),
    )


def require_extension(connection: Connection) -> None:
    """Check that the extension is installed and may be used, whichever schema it is in.

    Raises:
        SchemaError: it is missing, or the user may not use its schema.
    """
    lives = connection.execute(extension_schema(EXTENSION)).scalar_one_or_none()
    if lives is None:
        raise SchemaError(
            EXTENSION_MISSING,
            text(
                "The database lacks the extension {extension}. Run `CREATE EXTENSION {extension};` in it.",
                extension=EXTENSION,
            ),
        )
    if not connection.execute(schema_right(lives, "USAGE")).scalar_one():
        raise SchemaError(
            EXTENSION_MISSING,
            text(
                "This database user can't use the extension {extension}, because it can't use the extension's schema "
                "{schema}. Ask the server's administrator to run `GRANT USAGE ON SCHEMA {quoted}` for the user.",
                extension=EXTENSION,
                schema=lives,
                quoted=_quoted(connection, lives),
            ),
        )


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)
