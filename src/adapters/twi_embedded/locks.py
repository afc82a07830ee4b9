"""File locks that the kernel releases when their holder dies, however it dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from twi_core.kernel.language import text
from twi_embedded.errors import BUSY, EmbeddedServerError

PATIENCE: Final = 120.0
"""Seconds to wait for another process that is starting or stopping the server."""

_PAUSE: Final = 0.02


def open_lock(path: Path) -> int:
    """Open a lock file, creating it if missing, and return its descriptor; children do not inherit it."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


@contextmanager
def exclusively(path: Path, patience: float = PATIENCE) -> Iterator[int]:
    """Lock the file exclusively within the block, and yield its descriptor.

    Raises:
        EmbeddedServerError: `storage.busy` when it was not released within `patience` seconds.
    """
    descriptor = open_lock(path)
    try:
        deadline = time.monotonic() + patience
        while not try_lock(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise EmbeddedServerError(
                    BUSY,
                    text(
                        "Another process has been starting or stopping the database for {seconds} seconds. Find the "
                        "one that holds {path} (`fuser {path}`), stop it and try again.",
                        seconds=round(patience),
                        path=str(path),
                    ),
                )
            time.sleep(_PAUSE)
        yield descriptor
    finally:
        os.close(descriptor)


def try_lock(descriptor: int, kind: int) -> bool:
    """Take a lock of that kind (`fcntl.LOCK_EX` or `LOCK_SH`) if it is free now, and return whether it was."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
