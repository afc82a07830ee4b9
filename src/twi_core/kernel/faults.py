"""What an adapter raises when a port cannot keep its promise; the pipeline maps it, once."""


class PortError(Exception):
    """Tell that something outside the core failed.

    `retry` is true where nothing can have been stored and running the whole use case again may succeed.
    """

    def __init__(self, reason: str, *, retry: bool = False) -> None:
        super().__init__(reason)
        self.retry = retry


class Unavailable(PortError):
    """Tell that the thing behind the port cannot be reached."""


class TimedOut(PortError):
    """Tell that the thing behind the port took too long."""


class Conflict(PortError):
    """Tell that somebody else changed the same thing meanwhile; nothing was stored."""

    def __init__(self, reason: str, *, retry: bool = True) -> None:
        super().__init__(reason, retry=retry)


class CorruptData(PortError):
    """Tell that what is stored cannot be read as what it should be."""
