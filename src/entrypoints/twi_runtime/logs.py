"""The process's log: standard error, one line a record."""

from collections.abc import Iterator
from contextlib import contextmanager

from twi_runtime.settings import Settings


@contextmanager
def logs_to_stderr(settings: Settings) -> Iterator[None]:
    """Log to standard error within the block."""
    yield
