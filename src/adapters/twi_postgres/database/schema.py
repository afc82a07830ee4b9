"""The schema of a database: which revision it has, bringing it to another one, and refusing one that is not known.

The only module that imports alembic, and only when it is asked to change or compare a schema.
"""

import asyncio
import io
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypeVar, final

import psycopg
from sqlalchemy import Connection, column, create_engine, func, select, table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import NullPool

from twi_postgres.database.engine import EngineSettings, connect_arguments, read_url
from twi_postgres.database.faults import translated
from twi_postgres.database.metadata import Base

if TYPE_CHECKING:
    from alembic.config import Config

T = TypeVar("T")
Standing: TypeAlias = Literal["behind", "current", "ahead"]

SCHEMA_BEHIND: Final = "storage.schema_behind"
SCHEMA_AHEAD: Final = "storage.schema_ahead"
SCHEMA_DIRECTION: Final = "storage.schema_direction"
UPGRADE_RUNNING: Final = "storage.upgrade_running"
EXTENSION_MISSING: Final = "storage.extension_missing"
ENCODING: Final = "storage.encoding"

LOCK_WAIT: Final = 60.0
"""Seconds to wait for another upgrade to end."""
TABLE_WAIT: Final = 10.0
"""Seconds to wait for tables that others use, which keeps those others waiting too."""
STATEMENT_LIMIT: Final = 900.0
"""Seconds that one step of a migration may take."""

_LOCK: Final = 0x7477695F636F7265  # "twi_core": advisory locks of other programs in the database have other numbers
_ALEMBIC: Final = threading.Lock()  # alembic keeps the migration that it runs in globals of its modules
_VERSION: Final = table("alembic_version", column("version_num"))
_SETTINGS: Final = EngineSettings(statement=0, lock=0, idle=0, application_name="twi db")


@final
class SchemaError(Exception):
    """Tell that a schema cannot be used or changed, and what to do; `code` is one of this module's constants."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def migrations_folder() -> Path:
    """Give the folder of the migrations: the one in the installed package, else that of the checkout."""
    here = Path(__file__)
    packaged = here.parents[1] / "migrations"
    return packaged if (packaged / "env.py").is_file() else here.parents[4] / "migrations"


def revisions() -> Sequence[str]:
    """Give every revision that this program knows, the first one first, from the names of the files."""
    return sorted(path.name.split("_")[0] for path in (migrations_folder() / "versions").glob("[0-9]*_*.py"))


def head() -> str:
    """Give the revision that this program works with."""
    return revisions()[-1]


def standing(found: str | None) -> Standing:
    """Say how a database with that revision stands to this program; none is an empty database, and behind."""
    if found == head():
        return "current"
    return "behind" if found is None or found in revisions() else "ahead"


async def current(url: str) -> str | None:
    """Give the revision of a database; none for a database without our tables.

    Raises:
        PortError: see `twi_postgres.database.faults.translated`.
    """
    return await asyncio.to_thread(_connected, url, _revision)


async def require_known_schema(engine: AsyncEngine) -> None:
    """Make sure that a database has the schema that this program works with. Nothing is changed.

    Raises:
        SchemaError: it is behind or ahead, or its encoding is not UTF-8.
        PortError: see `twi_postgres.database.faults.translated`.
    """
    with translated():
        async with engine.connect() as connection:
            encoding = (await connection.execute(select(func.current_setting("server_encoding")))).scalar_one()
            found = await connection.run_sync(_revision)
    if encoding != "UTF8":
        raise SchemaError(ENCODING, "The database's encoding must be UTF8. Create it anew with ENCODING 'UTF8'.")
    if standing(found) == "behind":
        raise SchemaError(
            SCHEMA_BEHIND,
            f"The database has {'no schema' if found is None else f'the schema {found}'}, and this program needs "
            f"{head()}. Make a backup, then run `twi db upgrade`.",
        )
    _refuse_ahead(found)


async def upgrade(url: str, revision: str = "head", *, wait: float = LOCK_WAIT) -> None:
    """Bring a database to a revision, or to the newest; each step is a transaction of its own.

    Several processes may ask at once: they wait for each other, up to `wait` seconds. It goes on to its end even
    where the caller is cancelled.

    Raises:
        SchemaError: another upgrade is running, an extension is missing and may not be created, the database is ahead
            of this program, or past the revision.
        PortError: see `twi_postgres.database.faults.translated`; steps before the failed one stay.
    """
    from alembic import command

    def work(config: "Config", found: str | None) -> None:
        _refuse_direction(found, revision, "upgrade")
        command.upgrade(config, revision)

    await asyncio.to_thread(_migrated, url, work, wait)


async def downgrade(url: str, revision: str, *, wait: float = LOCK_WAIT) -> None:
    """Take a database back to a revision (`base`: nothing of ours is left); what newer ones stored is lost.

    It goes on to its end even where the caller is cancelled.

    Raises:
        SchemaError: another upgrade is running, the database is ahead of this program, or below the revision.
        PortError: see `twi_postgres.database.faults.translated`.
    """
    from alembic import command

    def work(config: "Config", found: str | None) -> None:
        _refuse_direction(found, revision, "downgrade")
        command.downgrade(config, revision)

    await asyncio.to_thread(_migrated, url, work, wait)


async def check(url: str) -> Sequence[str]:
    """Describe how a database differs from the models; nothing where they agree.

    Raises:
        PortError: see `twi_postgres.database.faults.translated`.
    """

    def differences(connection: Connection) -> Sequence[str]:
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext

        import twi_postgres.database.models  # noqa: F401  # makes the metadata complete

        context = MigrationContext.configure(
            connection, opts={"compare_server_default": True, "include_name": is_ours, "target_metadata": Base.metadata}
        )
        return [str(difference) for difference in compare_metadata(context, Base.metadata)]

    return await asyncio.to_thread(_connected, url, differences)


def sql(start: str = "base", end: str = "head") -> str:
    """Write the statements that an upgrade from one revision to another runs, for whoever applies them by hand.

    Raises:
        SchemaError: the second revision comes before the first.
    """
    from alembic import command

    _refuse_direction(None if start == "base" else start, end, "upgrade")
    config = _config(None)
    config.output_buffer = output = io.StringIO()
    with _ALEMBIC:
        command.upgrade(config, f"{start}:{end}", sql=True)
    return output.getvalue()


def is_ours(name: str | None, kind: str, _: object) -> bool:
    """Say whether a thing in the database is compared with the models: all of our tables, no one else's."""
    return kind != "table" or name in Base.metadata.tables


def _lock_schema(connection: Connection, wait: float) -> None:
    """Let no other upgrade run before this connection is closed, and bound what the migrations may wait for.

    Raises:
        SchemaError: another upgrade is running still after `wait` seconds.
    """
    _bound(connection, "lock_timeout", wait)
    try:
        connection.execute(select(func.pg_advisory_lock(_LOCK)))
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable):
            raise SchemaError(
                UPGRADE_RUNNING, "Another upgrade of this database is running. Wait until it ends, then try again."
            ) from error
        raise
    _bound(connection, "lock_timeout", TABLE_WAIT)
    _bound(connection, "statement_timeout", STATEMENT_LIMIT)


def _bound(connection: Connection, setting: str, seconds: float) -> None:
    connection.execute(select(func.set_config(setting, f"{round(seconds * 1000)}ms", False)))


def _refuse_ahead(found: str | None) -> None:
    if standing(found) == "ahead":
        raise SchemaError(
            SCHEMA_AHEAD,
            f"The database's schema {found} is newer than {head()}, the newest that this program knows. Upgrade the "
            "program.",
        )


def _refuse_direction(found: str | None, revision: str, way: Literal["upgrade", "downgrade"]) -> None:
    """Refuse what alembic cannot do, or would pass over in silence."""
    _refuse_ahead(found)
    line = ("base", *revisions())
    if revision not in line:
        return  # alembic's own names, such as `head`
    here, there = line.index(found or "base"), line.index(revision)
    if there < here if way == "upgrade" else there > here:
        other = "downgrade" if way == "upgrade" else "upgrade"
        raise SchemaError(
            SCHEMA_DIRECTION,
            f"There is no {way} from {line[here]} to {revision}; that way it is a {other}. Nothing was changed.",
        )


def _config(connection: Connection | None) -> "Config":
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _migrated(url: str, work: Callable[["Config", str | None], None], wait: float) -> None:
    """Run work while no other process changes the schema, and tell it the revision that the database has."""

    def locked(connection: Connection) -> None:
        _lock_schema(connection, wait)
        found = _revision(connection)
        connection.commit()  # as alembic would join the transaction, and never commit it
        work(_config(connection), found)

    with _ALEMBIC:
        _connected(url, locked)


def _connected(url: str, work: Callable[[Connection], T]) -> T:
    """Run blocking work on a connection of its own, which is closed at the end and with it all that was locked."""
    parsed = read_url(url)
    engine = create_engine(
        parsed, poolclass=NullPool, connect_args=connect_arguments(parsed, _SETTINGS), hide_parameters=True
    )
    with translated(), engine.connect() as connection:
        try:
            return work(connection)
        except DBAPIError as error:
            if isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
                raise SchemaError(
                    EXTENSION_MISSING,
                    "This database user may not set up the schema. Ask who administers the server to make the user "
                    "the database's owner, or to run CREATE EXTENSION pg_trgm; in it, then try again.",
                ) from error
            raise


def _revision(connection: Connection) -> str | None:
    if connection.execute(select(func.to_regclass("alembic_version"))).scalar_one() is None:
        return None
    return connection.execute(select(_VERSION.c.version_num)).scalar_one_or_none()
