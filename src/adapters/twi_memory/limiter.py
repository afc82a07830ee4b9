"""Sliding windows in memory."""

from collections import deque
from typing import Final, final

from twi_core.kernel.policy import Rate
from twi_core.kernel.sources import Clock
from twi_core.pipeline.throttle import Bucket

_SWEEP_EVERY: Final = 1024


@final
class MemoryLimiter:
    """Count calls of this process; windows that have run out are swept, so that memory follows the active callers."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[Bucket, tuple[float, deque[float]]] = {}
        self._calls = 0

    async def take(self, bucket: Bucket, rate: Rate, /) -> float:
        """See `Limiter`."""
        now = self._clock.monotonic()
        self._calls += 1
        if self._calls % _SWEEP_EVERY == 0:
            self._sweep(now)
        _, taken = self._windows.setdefault(bucket, (rate.per, deque()))
        while taken and taken[0] + rate.per - now <= 0:  # as the answer below, so that rounding lets nobody pass
            taken.popleft()
        if len(taken) >= rate.amount:
            return taken[0] + rate.per - now
        taken.append(now)
        return 0.0

    def _sweep(self, now: float) -> None:
        self._windows = {
            bucket: (per, taken) for bucket, (per, taken) in self._windows.items() if taken and taken[-1] > now - per
        }
