"""A data folder for the embedded database, and a look at it from beside the bot."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.integration.postgres_server import libpq
from twi_embedded.server import EmbeddedPostgres


@contextmanager
def data_folder() -> Iterator[Path]:
    """Yield a new data folder; it fails where a server still runs in it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="twi-process-"))
    folder.chmod(0o711)  # the server's user, where it is another one, passes through
    try:
        yield folder
        left = servers(folder)
    finally:
        for pid in servers(folder):
            os.kill(pid, signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)
    assert not left, "a server was left behind"


def servers(folder: Path) -> list[int]:
    """Return the servers that run in a data folder, by their pid files."""
    found = [int(path.read_text().split()[0]) for path in folder.rglob("postmaster.pid")]
    return [pid for pid in found if Path(f"/proc/{pid}").exists()]


@contextmanager
def links_locked(folder: Path) -> Iterator[None]:
    """Lock links for reading and writing; the bot waits for the lock up to four seconds."""
    with EmbeddedPostgres(folder, durability=False) as server, psycopg.connect(libpq(server.url)) as connection:
        connection.execute("LOCK TABLE twi.links IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()
