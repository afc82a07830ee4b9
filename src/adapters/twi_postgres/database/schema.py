"""The schema of a database: finding its revision, changing it, and refusing one that this program doesn't know.

The only module that imports alembic, and only to change or compare a schema.
"""

import asyncio
import io
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

import psycopg
from sqlalchemy import Connection, create_engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateSchema

from twi_core.kernel.language import text
from twi_postgres.database.catalog import extension_schema
from twi_postgres.database.differing import behind, refuse_ahead, refuse_direction
from twi_postgres.database.engine import EngineSettings, connect_arguments, read_url, schema_of
from twi_postgres.database.faults import translated
from twi_postgres.database.finding import Found, find, require_extension
from twi_postgres.database.metadata import SCHEMA, Base, metadata_in
from twi_postgres.database.preparing import clear, lock, prepare
from twi_postgres.database.refusals import (
    ENCODING,
    EXTENSION_MISSING,
    SCHEMA_BEHIND,
    SCHEMA_DENIED,
    TABLES_BUSY,
    SchemaError,
)
from twi_postgres.database.revisions import migrations_folder
from twi_postgres.database.trigrams import EXTENSION

if TYPE_CHECKING:
    from alembic.config import Config

T = TypeVar("T")

LOCK_WAIT: Final = 60.0
"""Seconds to wait for another upgrade to end."""

_ALEMBIC: Final = threading.Lock()  # alembic keeps the migration that it runs in globals of its modules
_SETTINGS: Final = EngineSettings(statement=0, lock=0, idle=0, application_name="twi db")


async def current(url: str, *, schema: str = SCHEMA) -> Found:
    """Return the state of our tables in a schema, or in `public` if an upgrade would move them from there.

    Raises:
        SchemaError: the database user may not read them.
        PortError: see `twi_postgres.database.faults.translated`.
    """
    return await asyncio.to_thread(_connected, url, lambda connection: find(connection, schema))


async def require_known_schema(engine: AsyncEngine) -> None:
    """Check that a database has the schema that this program needs; nothing is changed.

    Raises:
        SchemaError: it is behind or ahead, the user may not use it, its encoding is not UTF-8, or the extension is
            missing.
        PortError: see `twi_postgres.database.faults.translated`.
    """
    schema = schema_of(engine)
    with translated():
        async with engine.connect() as connection:
            encoding = (await connection.execute(select(func.current_setting("server_encoding")))).scalar_one()
            if encoding != "UTF8":
                raise SchemaError(
                    ENCODING, text("The database's encoding must be UTF8. Create a new database with ENCODING 'UTF8'.")
                )
            found = await connection.run_sync(find, schema)
            if found.standing == "current":
                await connection.run_sync(require_extension)
    if found.standing == "behind":
        raise SchemaError(SCHEMA_BEHIND, behind(found, schema))
    refuse_ahead(found)


async def upgrade(url: str, revision: str = "head", *, schema: str = SCHEMA, wait: float = LOCK_WAIT) -> None:
    """Upgrade a database to a revision, or to the newest; each step is a separate transaction.

    Tables that are still in `public`, from before the bot had its own schema, are moved first.

    Several processes may upgrade at once: they wait for each other, up to `wait` seconds. The upgrade runs to its end
    even if the caller is cancelled.

    Raises:
        SchemaError: another upgrade is running, the tables are in use, another program uses the schema, the schema or
            an extension is missing and may not be created, or the database is ahead of this program or past the
            revision.
        PortError: see `twi_postgres.database.faults.translated`; steps before the failed one stay.
    """
    from alembic import command

    def work(connection: Connection) -> None:
        refuse_direction(find(connection, schema), revision, "upgrade")
        connection.rollback()  # as alembic would join the transaction, and never commit it
        prepare(connection, schema)
        command.upgrade(_config(connection, schema), revision)

    await asyncio.to_thread(_migrated, url, schema, work, wait)


async def downgrade(url: str, revision: str, *, schema: str = SCHEMA, wait: float = LOCK_WAIT) -> None:
    """Downgrade a database to a revision; data that only newer revisions can hold is lost.

    `base` removes all our tables, and the schema too unless it holds something else. The downgrade runs to its end even
    if the caller is cancelled.

    Raises:
        SchemaError: another upgrade is running, the tables are in use, or the database is ahead of this program or
            below the revision.
        PortError: see `twi_postgres.database.faults.translated`.
    """
    from alembic import command

    def work(connection: Connection) -> None:
        found = find(connection, schema)
        refuse_direction(found, revision, "downgrade")
        connection.rollback()
        if found.revision is None:
            return
        prepare(connection, schema)
        command.downgrade(_config(connection, schema), revision)
        if revision == "base":
            clear(connection, schema)

    await asyncio.to_thread(_migrated, url, schema, work, wait)


async def check(url: str, *, schema: str = SCHEMA) -> Sequence[str]:
    """Return how a database differs from the models; empty if they agree.

    Raises:
        PortError: see `twi_postgres.database.faults.translated`.
    """

    def differences(connection: Connection) -> Sequence[str]:
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext

        context = MigrationContext.configure(connection, opts=comparison(schema))
        return [str(difference) for difference in compare_metadata(context, metadata_in(schema))]

    return await asyncio.to_thread(_connected, url, differences)


def comparison(schema: str) -> dict[str, Any]:
    """Return alembic's options for comparing a schema with the models: all of our tables and no others."""
    import twi_postgres.database.models  # noqa: F401  # makes the metadata complete

    ours = {table.name for table in Base.metadata.tables.values()}

    def is_ours(name: str | None, kind: str, _: Mapping[str, object]) -> bool:
        if kind == "schema":
            return name == schema
        return kind != "table" or name in ours

    return {
        "target_metadata": metadata_in(schema),
        "version_table_schema": schema,
        "include_schemas": True,
        "include_name": is_ours,
        "compare_server_default": True,
    }


def sql(start: str = "base", end: str = "head", *, schema: str = SCHEMA) -> str:
    """Return the statements of an upgrade from one revision to another, for applying them by hand.

    Raises:
        SchemaError: the second revision comes before the first.
    """
    from alembic import command

    refuse_direction(Found(None if start == "base" else start), end, "upgrade")
    config = _config(None, schema)
    config.output_buffer = output = io.StringIO()
    if start == "base":
        output.write(f"{CreateSchema(schema, if_not_exists=True)};\n\n")
    with _ALEMBIC:
        command.upgrade(config, f"{start}:{end}", sql=True)
    return output.getvalue()


def _config(connection: Connection | None, schema: str) -> "Config":
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "schema": schema})
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _migrated(url: str, schema: str, work: Callable[[Connection], None], wait: float) -> None:
    """Run work while no other process can change the schema."""

    def locked(connection: Connection) -> None:
        lock(connection, schema, wait)
        connection.commit()
        work(connection)

    with _ALEMBIC:
        _connected(url, locked)


def _denied(connection: Connection) -> SchemaError:
    """Return the refusal for a denied step: it asks for the extension if that is missing, or else for the tables."""
    if connection.execute(extension_schema(EXTENSION)).scalar_one_or_none() is None:
        return SchemaError(
            EXTENSION_MISSING,
            text(
                "This database user can't set up the schema. Ask the server's administrator to make the user the owner "
                "of the database, or to run `CREATE EXTENSION {extension};` in it, then try again.",
                extension=EXTENSION,
            ),
        )
    return SchemaError(
        SCHEMA_DENIED,
        text(
            "This database user can't change the schema. Ask the server's administrator to make the user the owner of "
            "the schema and of the bot's tables, then try again."
        ),
    )


def _connected(url: str, work: Callable[[Connection], T]) -> T:
    """Run blocking work on a separate connection; closing it at the end releases all its locks."""
    parsed = read_url(url)
    engine = create_engine(
        parsed, poolclass=NullPool, connect_args=connect_arguments(parsed, _SETTINGS), hide_parameters=True
    )
    with translated(), engine.connect() as connection:
        try:
            return work(connection)
        except DBAPIError as error:
            if isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
                connection.rollback()
                raise _denied(connection) from error
            if isinstance(error.orig, psycopg.errors.LockNotAvailable):
                raise SchemaError(
                    TABLES_BUSY,
                    text(
                        "Tables that have to be changed are in use. Stop the bot's other processes, and end "
                        "transactions that stay open (`SELECT * FROM pg_stat_activity` shows them), then try again; "
                        "completed steps are kept."
                    ),
                ) from error
            raise
