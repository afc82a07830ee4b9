"""The configured storage; what it needs is imported when it is opened."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, final

from twi_core.kernel.contexts import Storage
from twi_core.kernel.errors import AppError, Kind, define_error
from twi_core.kernel.invalidations import Invalidations
from twi_core.kernel.language import text
from twi_memory.storage.store import MemoryStore
from twi_runtime.configuration.settings import Settings
from twi_runtime.extras import require
from twi_runtime.opening.storage_errors import storage_failures
from twi_runtime.process.components import Components
from twi_runtime.process.exits import Exit, RuntimeFailure

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from twi_postgres.database.finding import Found

NO_DATABASE: Final = define_error(
    "storage.no_database",
    Kind.INVALID,
    message="TWI_STORAGE=memory has no database.",
    hint="Unset TWI_STORAGE to use the embedded database, or set TWI_DATABASE_URL instead.",
    cause="A command for the database was run with the memory storage.",
)
UNKNOWN_REVISION: Final = define_error(
    "storage.unknown_revision",
    Kind.NOT_FOUND,
    message="There's no schema revision “{revision}”.",
    hint="Use one of {known}.",
    cause="This version of the program doesn't have that schema revision.",
    example={"revision": "0009", "known": ("0001", "0002", "head")},
)

SERVER_START: Final = 150.0
"""Seconds that the embedded server may take to start: it waits for another process for up to two minutes."""
SERVER_STOP: Final = 60.0


async def open_storage(settings: Settings, parts: Components, invalidations: Invalidations, *, serves: bool) -> Storage:
    """Open the configured storage, with its database server and its engine as parts.

    Changes committed here are published to `invalidations`, and if the process serves, those of other processes too.

    The embedded database is upgraded to the newest schema; the host's own server is never changed.

    Raises:
        RuntimeFailure: see `storage_failures`; or an extra is missing.
    """
    if settings.storage == "memory":
        return MemoryStore(invalidations)
    url = await _open_server(settings, parts)
    with storage_failures():
        from twi_postgres.database.engine import open_engine
        from twi_postgres.database.notifications import listening
        from twi_postgres.database.unit import PostgresStore

        engine = await parts.open("the database's engine", open_engine(url, schema=settings.database_schema))
        if settings.database_url is None:
            await _upgrade_where_behind(engine, url, settings.database_schema)
        else:
            await _require_known_schema(engine)
        if serves:
            await parts.open(
                "the database's notifications", listening(url, invalidations, schema=settings.database_schema)
            )
    return PostgresStore(engine, invalidations)


@final
@dataclass(frozen=True, slots=True)
class Maintenance:
    """Maintenance of the configured database's schema."""

    url: str
    schema: str

    async def status(self) -> "tuple[Found, str]":
        """Return the state of our tables in the database, and the newest revision that this program knows."""
        from twi_postgres.database.revisions import head
        from twi_postgres.database.schema import current

        with storage_failures():
            found = await current(self.url, schema=self.schema)
        return found, head()

    async def upgrade(self, revision: str) -> None:
        """Upgrade the database to a revision; `head` is the newest."""
        from twi_postgres.database.schema import upgrade

        known_revision(revision, "head")
        with storage_failures():
            await upgrade(self.url, revision, schema=self.schema)

    async def downgrade(self, revision: str) -> None:
        """Downgrade the database to a revision, losing what only newer ones can hold; `base` removes everything."""
        from twi_postgres.database.schema import downgrade

        known_revision(revision, "base")
        with storage_failures():
            await downgrade(self.url, revision, schema=self.schema)

    async def check(self) -> Sequence[str]:
        """Return how the database differs from what this program expects; empty if it does not."""
        from twi_postgres.database.engine import open_engine
        from twi_postgres.database.refusals import SchemaError
        from twi_postgres.database.schema import check

        with storage_failures():
            async with open_engine(self.url, schema=self.schema) as engine:
                try:
                    await _require_known_schema(engine)
                except SchemaError as error:
                    return [error.message]
            return await check(self.url, schema=self.schema)


@asynccontextmanager
async def open_maintenance(settings: Settings) -> AsyncIterator[Maintenance]:
    """Open the database for maintenance, even if its schema is unknown.

    Raises:
        RuntimeFailure: there is no database, or it can't be reached.
    """
    if settings.storage == "memory":
        raise RuntimeFailure(AppError(NO_DATABASE), Exit.SETTINGS)
    async with Components() as parts:
        yield Maintenance(await _open_server(settings, parts), settings.database_schema)


def upgrade_sql(settings: Settings, start: str, end: str) -> str:
    """Return the statements of an upgrade, for applying them by hand; no database is needed."""
    require("postgres", text("The schema's SQL"))
    from twi_postgres.database.schema import sql

    known_revision(start, "base")
    known_revision(end, "head")
    with storage_failures():
        return sql(start, end, schema=settings.database_schema)


def known_revision(revision: str, also: Literal["base", "head"]) -> None:
    """Refuse an unknown revision.

    Raises:
        RuntimeFailure: `storage.unknown_revision`.
    """
    from twi_postgres.database.revisions import revisions

    known = (*revisions(), also)
    if revision not in known:
        raise RuntimeFailure(AppError(UNKNOWN_REVISION, {"revision": revision[:50], "known": known}))


async def _open_server(settings: Settings, parts: Components) -> str:
    """Return the URL of the database, starting the embedded server if none is configured."""
    if settings.database_url is not None:
        require("postgres", text("A PostgreSQL database"))
        return settings.database_url.get_secret_value()
    require("embedded", text("The embedded database"))
    with storage_failures():
        from twi_embedded.server import open_embedded

        manager = open_embedded(data_folder(settings), binaries=settings.postgres_bin)
        server = await parts.open(
            "the embedded database server", manager, start_timeout=SERVER_START, stop_timeout=SERVER_STOP
        )
    return server.url


def data_folder(settings: Settings) -> Path:
    """Return the folder of the embedded database.

    Raises:
        RuntimeFailure: none is set, and this user has no home folder.
    """
    require("embedded", text("The embedded database"))
    from twi_embedded.server import default_data_dir

    with storage_failures():
        return settings.data_dir or default_data_dir()


async def _upgrade_where_behind(engine: "AsyncEngine", url: str, schema: str) -> None:
    from twi_postgres.database.refusals import SCHEMA_BEHIND, SchemaError
    from twi_postgres.database.schema import upgrade

    try:
        await _require_known_schema(engine)
    except SchemaError as error:
        if error.code != SCHEMA_BEHIND:
            raise
        await upgrade(url, schema=schema)
        await _require_known_schema(engine)


async def _require_known_schema(engine: "AsyncEngine") -> None:
    from twi_postgres.database.schema import require_known_schema

    await require_known_schema(engine)
