"""Migrated databases on the session's server: a separate one for tests that ask for it, cloned in some 40 ms."""

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql

from tests.integration.postgres_server import libpq
from twi_embedded.server import EmbeddedServer
from twi_postgres.database import schema

TEMPLATE = "twi_template"


@contextmanager
def fresh_database(server: EmbeddedServer, template: str = TEMPLATE) -> Iterator[str]:
    """Yield the URL of a new database, a copy of another one; it is dropped at the end, even with open connections."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(libpq(server.url), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        try:
            yield server.url_of(name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def postgres_template(postgres_server: EmbeddedServer) -> EmbeddedServer:
    """Return the session's server once it has a migrated database to copy."""
    with psycopg.connect(libpq(postgres_server.url), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    asyncio.run(schema.upgrade(postgres_server.url_of(TEMPLATE)))
    return postgres_server


@pytest.fixture
def postgres_url(postgres_template: EmbeddedServer) -> Iterator[str]:
    """Yield the URL of a migrated, empty database that no other test sees."""
    with fresh_database(postgres_template) as url:
        yield url


@pytest.fixture
def empty_url(postgres_template: EmbeddedServer) -> Iterator[str]:
    """Yield the URL of a database without any of our tables."""
    with fresh_database(postgres_template, "template1") as url:
        yield url
