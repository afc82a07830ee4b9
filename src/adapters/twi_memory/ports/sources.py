"""Clocks, randomness and ids: the system's, and predictable ones for tests."""

import random
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Final, final

from twi_core.kernel.sources import Clock, RandomSource

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # without i, l, o and u, which people misread
_LETTER_OF: Final = bytes(ord(_ALPHABET[byte % len(_ALPHABET)]) for byte in range(256))
_EPOCH: Final = datetime(2015, 1, 1, tzinfo=UTC)
_RANDOM_BITS: Final = 22


@final
class SystemClock:
    """The system's clocks."""

    def now(self) -> datetime:
        """See `Clock`."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """See `Clock`."""
        return time.monotonic()


@final
class SystemRandom:
    """The operating system's randomness."""

    def token(self, size: int, /) -> bytes:
        """See `RandomSource`."""
        return secrets.token_bytes(size)


@final
class TimeIds:
    """Ids made of the milliseconds since 2015 and 22 random bits, so that processes need no shared counter."""

    def __init__(self, clock: Clock, random: RandomSource) -> None:
        self._clock = clock
        self._random = random
        self._last = 0
        self._lock = threading.Lock()

    def new_id(self) -> int:
        """See `IdSource`."""
        milliseconds = (self._clock.now() - _EPOCH) // timedelta(milliseconds=1)
        random_bits = int.from_bytes(self._random.token(4)) >> (32 - _RANDOM_BITS)
        with self._lock:
            self._last = max(self._last + 1, (milliseconds << _RANDOM_BITS) | random_bits)
            return self._last

    def new_reference(self) -> str:
        """See `IdSource`."""
        return self._random.token(10).translate(_LETTER_OF).decode("ascii")


@final
class ManualClock:
    """A clock that stands still until a test advances it."""

    def __init__(self, now: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._now = now
        self._monotonic = 0.0

    def now(self) -> datetime:
        """See `Clock`."""
        return self._now

    def monotonic(self) -> float:
        """See `Clock`."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Advance both clocks."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds


@final
class SeededRandom:
    """Randomness that repeats for the same seed; for tests only."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311  # tests need repeatable values

    def token(self, size: int, /) -> bytes:
        """See `RandomSource`."""
        return self._random.randbytes(size)


@final
class CountingIds:
    """Ids counted from one; for tests only."""

    def __init__(self) -> None:
        self._ids = 0
        self._references = 0

    def new_id(self) -> int:
        """See `IdSource`."""
        self._ids += 1
        return self._ids

    def new_reference(self) -> str:
        """See `IdSource`."""
        self._references += 1
        return f"r{self._references:09d}"
