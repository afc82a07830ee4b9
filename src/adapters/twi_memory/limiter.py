"""Sliding windows in memory."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, TypeAlias, final

from twi_core.kernel.limiting import LOG_LIMIT, Standing, Taken, Window, decided
from twi_core.kernel.sources import Clock

WINDOWS_LIMIT: Final = 20_000
"""More windows than this are not kept; the one that would run out first makes room."""
_SWEEP_EVERY: Final = 256

_Who: TypeAlias = tuple[str, int, int]


@final
class _Log:
    """Hold the calls of one window, the oldest first: when, and for how much each counts."""

    __slots__ = ("costs", "times", "used")

    def __init__(self) -> None:
        self.times: list[float] = []
        self.costs: list[int] = []
        self.used = 0


_Logs: TypeAlias = OrderedDict[_Who, _Log]
"""The windows of one length, in the order in which they run out."""


@final
class MemoryLimiter:
    """Count calls of this process; windows that have run out are swept, so that memory follows the active callers."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_length: dict[float, _Logs] = {}
        self._kept = 0
        self._calls = 0

    async def take(self, windows: Sequence[Window], /) -> Taken:
        """See `Limiter`."""
        now = self._clock.monotonic()
        self._calls += 1
        if self._calls % _SWEEP_EVERY == 0:
            self._sweep(now)
        taken = decided(windows, [self._standing(window, now) for window in windows], counted=True)
        if taken.wait == 0.0:
            for window in windows:
                self._count(window, now)
        return taken

    async def peek(self, windows: Sequence[Window], /) -> Taken:
        """See `Limiter`."""
        now = self._clock.monotonic()
        return decided(windows, [self._standing(window, now) for window in windows], counted=False)

    @property
    def kept(self) -> int:
        """Give the number of windows that are kept."""
        return self._kept

    def _standing(self, window: Window, now: float) -> Standing:
        name, guild, user, rate, cost = window
        logs = self._by_length.get(rate.per)
        log = None if logs is None else logs.get((name, guild, user))
        if log is None:
            return _EMPTY
        times = log.times
        while times and times[0] + rate.per - now <= 0:  # as the waits below, so that rounding lets nobody pass
            del times[0]
            log.used -= log.costs.pop(0)
        if not times:
            return _EMPTY
        missing, wait = log.used + cost - rate.amount, 0.0
        if missing > 0:
            for time, freed in zip(times, log.costs, strict=True):
                missing -= freed
                wait = time + rate.per - now
                if missing <= 0:
                    break
        return Standing(log.used, wait, times[0] + rate.per - now)

    def _count(self, window: Window, now: float) -> None:
        name, guild, user, rate, cost = window
        logs = self._by_length.get(rate.per)
        if logs is None:
            logs = self._by_length[rate.per] = OrderedDict()
        log = logs.get((name, guild, user))
        if log is None:
            if self._kept >= WINDOWS_LIMIT:
                self._make_room()
            log = logs[name, guild, user] = _Log()
            self._kept += 1
        else:
            logs.move_to_end((name, guild, user))
        log.used += cost
        times = log.times
        slots = LOG_LIMIT / rate.per
        if rate.amount > LOG_LIMIT and times and int(times[-1] * slots) == int(now * slots):
            times[-1] = now
            log.costs[-1] += cost
        else:
            times.append(now)
            log.costs.append(cost)

    def _sweep(self, now: float) -> None:
        """Forget the windows that have run out."""
        for per in list(self._by_length):
            logs = self._by_length[per]
            while logs and _last(logs) + per - now <= 0:
                self._drop_first(per)
            if not logs:
                del self._by_length[per]

    def _make_room(self) -> None:
        """Forget the window that runs out first; its callers may begin anew."""
        self._drop_first(min((per for per, logs in self._by_length.items() if logs), key=self._ends))

    def _ends(self, per: float) -> float:
        return _last(self._by_length[per]) + per

    def _drop_first(self, per: float) -> None:
        self._by_length[per].popitem(last=False)
        self._kept -= 1


_EMPTY: Final = Standing(0, 0.0, 0.0)


def _last(logs: _Logs) -> float:
    """Give when the window that runs out first was last called."""
    times = next(iter(logs.values())).times
    return times[-1] if times else 0.0
