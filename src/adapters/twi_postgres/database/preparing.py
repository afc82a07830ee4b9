"""Preparation for the migrations: locks, a schema that we may create in, and older tables moved into it."""

from typing import Final

import psycopg
from sqlalchemy import ColumnElement, Connection, MetaData, Table, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateSchema, DropSchema, DropTable

from twi_core.kernel.language import text
from twi_postgres.database.adoption import found_in_public, move, shapes
from twi_postgres.database.catalog import columns_of, relations_of, schema_right
from twi_postgres.database.metadata import Base
from twi_postgres.database.refusals import SCHEMA_DENIED, SCHEMA_FOREIGN, UPGRADE_RUNNING, SchemaError
from twi_postgres.database.revisions import VERSION_TABLE

LOCK: Final = 0x7477695F636F7265
"""The advisory lock "twi_core" of a database: guards what all our schemas in it share."""
TABLE_WAIT: Final = 10.0
"""Seconds to wait for tables in use; meanwhile their users wait too."""
STATEMENT_LIMIT: Final = 900.0
"""Seconds that one step of a migration may take."""


def schema_lock(schema: str) -> ColumnElement[int]:
    """Return the key of the advisory lock that is held while a schema is changed; each schema has its own."""
    return func.hashtextextended(schema, LOCK)


def lock(connection: Connection, schema: str, wait: float) -> None:
    """Lock out other upgrades of the schema until this connection is closed, and limit how long migrations wait.

    Raises:
        SchemaError: another upgrade is still running after `wait` seconds.
    """
    _bound(connection, "lock_timeout", wait)
    _wait_for(connection, func.pg_advisory_lock(schema_lock(schema)))
    _bound(connection, "lock_timeout", TABLE_WAIT)
    _bound(connection, "statement_timeout", STATEMENT_LIMIT)


def prepare(connection: Connection, schema: str) -> None:
    """Create the schema if it is missing, and move our tables from `public` into it, in one transaction.

    Raises:
        SchemaError: the user may not create the schema or create in it, something in it has a name that we need,
            another process is moving the same tables, or some of them belong to another user.
    """
    with connection.begin():
        _wait_for(connection, func.pg_advisory_xact_lock(LOCK))
        _make(connection, schema)
        if VERSION_TABLE in {name for name, _ in connection.execute(columns_of(schema))}:
            return
        _refuse_taken(connection, schema)
        if (revision := found_in_public(connection)) is not None:
            move(connection, revision, schema)


def clear(connection: Connection, schema: str) -> None:
    """Remove the version table, and the schema if it is otherwise empty and the user may drop it."""
    with connection.begin():
        connection.execute(DropTable(Table(VERSION_TABLE, MetaData(), schema=schema), if_exists=True))
        try:
            with connection.begin_nested():
                connection.execute(DropSchema(schema))
        except DBAPIError as error:
            if not isinstance(
                error.orig, (psycopg.errors.DependentObjectsStillExist, psycopg.errors.InsufficientPrivilege)
            ):
                raise


def _make(connection: Connection, schema: str) -> None:
    may_create = connection.execute(schema_right(schema, "CREATE")).scalar_one_or_none()
    if may_create:
        return
    database, user = connection.execute(
        select(func.has_database_privilege(func.current_database(), "CREATE"), func.current_user())
    ).one()
    if may_create is None and database:
        connection.execute(CreateSchema(schema))
        return
    names = connection.dialect.identifier_preparer.quote
    name, owner = names(schema), names(user)
    remedy = f"CREATE SCHEMA {name} AUTHORIZATION {owner};"
    problem = text("This database user can't create the schema {schema}.", schema=schema)
    if may_create is False:
        remedy = f"GRANT USAGE, CREATE ON SCHEMA {name} TO {owner};"
        problem = text("This database user can't create tables in the schema {schema}.", schema=schema)
    raise SchemaError(
        SCHEMA_DENIED,
        text(
            "{problem} Ask the server's administrator to run `{statement}` in the database, then try again.",
            problem=problem,
            statement=remedy,
        ),
    )


def _refuse_taken(connection: Connection, schema: str) -> None:
    """Refuse a schema in which other relations have the names of our tables, at any revision."""
    import twi_postgres.database.models  # noqa: F401  # makes the metadata complete

    ours = {VERSION_TABLE, *(table.name for table in Base.metadata.tables.values())}.union(*shapes().values())
    taken = sorted(ours.intersection(connection.execute(relations_of(schema)).scalars()))
    if taken:
        raise SchemaError(
            SCHEMA_FOREIGN,
            text(
                "The schema {schema} already contains {relations}, which the bot didn't create. Set "
                "TWI_DATABASE_SCHEMA to a schema that only the bot uses, then try again. Nothing was changed.",
                schema=schema,
                relations=", ".join(taken),
            ),
        )


def _wait_for(connection: Connection, taken: ColumnElement[None]) -> None:
    try:
        connection.execute(select(taken))
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable):
            raise SchemaError(
                UPGRADE_RUNNING,
                text("Another upgrade of this database is running. Wait until it ends, then try again."),
            ) from error
        raise


def _bound(connection: Connection, setting: str, seconds: float) -> None:
    connection.execute(select(func.set_config(setting, f"{round(seconds * 1000)}ms", False)))
