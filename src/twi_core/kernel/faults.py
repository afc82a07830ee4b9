"""Faults that adapters raise when a port can't keep its promise; the pipeline maps them, once."""


class PortError(Exception):
    """A failure outside the core.

    `retry` is true if nothing can have been stored and running the whole use case again may succeed.
    """

    def __init__(self, reason: str, *, retry: bool = False) -> None:
        super().__init__(reason)
        self.retry = retry


class Unavailable(PortError):
    """The system behind the port can't be reached."""


class TimedOut(PortError):
    """The system behind the port took too long."""


class Conflict(PortError):
    """A concurrent change of the same thing by someone else; nothing was stored."""

    def __init__(self, reason: str, *, retry: bool = True) -> None:
        super().__init__(reason, retry=retry)


class CorruptData(PortError):
    """Stored data that can't be read as what it should be."""
