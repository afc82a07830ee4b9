"""Sources of time, randomness and ids: ports, so that tests can control them."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """A clock."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC, to the microsecond."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go backwards; only differences are meaningful."""
        ...


class RandomSource(Protocol):
    """A source of unpredictable bytes."""

    def token(self, size: int, /) -> bytes:
        """Return `size` unpredictable bytes."""
        ...


class IdSource(Protocol):
    """A source of unique ids."""

    def new_id(self) -> int:
        """Return a new positive 63-bit number; later numbers are larger."""
        ...

    def new_reference(self) -> str:
        """Return a short text (ten letters and digits) that a person can read out."""
        ...
