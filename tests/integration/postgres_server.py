"""One embedded PostgreSQL server for the whole test session, quick because nothing on it needs to last."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from twi_embedded.server import EmbeddedPostgres, EmbeddedServer


def libpq(url: str) -> str:
    """Return a URL of the embedded server as libpq reads it: for psycopg without SQLAlchemy, and for pg_dump."""
    return url.replace("+psycopg", "", 1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[EmbeddedServer]:
    """Run a server for the session, as root and as an ordinary user alike; gone with the session."""
    folder = Path(tempfile.mkdtemp(prefix="twi-tests-"))
    try:
        folder.chmod(0o711)  # so that a copy of the programs, where one is needed, can lie in it
        with EmbeddedPostgres(folder, durability=False, copies=folder) as server:
            yield server
    finally:
        shutil.rmtree(folder)
