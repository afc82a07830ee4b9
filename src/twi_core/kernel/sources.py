"""Where time, chance and ids come from: ports, so that a test can hold them still."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tell the time."""

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC, to the microsecond."""
        ...

    def monotonic(self) -> float:
        """Give seconds that never go back; only differences mean something."""
        ...


class RandomSource(Protocol):
    """Give what nobody can guess."""

    def token(self, size: int, /) -> bytes:
        """Give `size` unpredictable bytes."""
        ...


class IdSource(Protocol):
    """Give ids that were not given before."""

    def new_id(self) -> int:
        """Return a new positive 63-bit number; later numbers are larger."""
        ...

    def new_reference(self) -> str:
        """Return a short text (ten letters and digits) that a person can read out."""
        ...
