"""A database that is emptied between tests, and a store over it."""

from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
import pytest_asyncio
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.integration.postgres_database import fresh_database
from tests.integration.postgres_server import libpq
from twi_core.kernel.contexts import Storage
from twi_embedded.server import EmbeddedServer
from twi_postgres.database.engine import open_engine
from twi_postgres.database.metadata import SCHEMA, Base
from twi_postgres.database.unit import PostgresStore


@pytest.fixture(scope="session")
def shared_database(
    postgres_template: EmbeddedServer,
) -> Iterator[tuple[str, "psycopg.Connection[tuple[object, ...]]"]]:
    """Yield one migrated database for all tests that leave nothing open, and a connection that empties it."""
    with fresh_database(postgres_template) as url, psycopg.connect(libpq(url), autocommit=True) as connection:
        yield url, connection


@pytest.fixture
def database_url(shared_database: tuple[str, "psycopg.Connection[tuple[object, ...]]"]) -> str:
    """Return the URL of a migrated database with empty tables, in a millisecond."""
    url, connection = shared_database
    for table in reversed(Base.metadata.sorted_tables):
        connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(SCHEMA, table.name)))
    return url


@pytest_asyncio.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """Yield an engine with the settings of the product."""
    async with open_engine(database_url) as engine:
        yield engine


@pytest.fixture
def store(engine: AsyncEngine) -> Storage:
    """Return the store over that engine."""
    return PostgresStore(engine)
