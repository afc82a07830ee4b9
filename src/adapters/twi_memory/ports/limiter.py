"""Sliding windows in memory."""

import heapq
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, TypeAlias, final

from twi_core.kernel.limiting import LOG_LIMIT, Decision, Window, WindowState, decided
from twi_core.kernel.sources import Clock

WINDOWS_LIMIT: Final = 20_000
"""The most windows that are kept; see `MemoryLimiter`."""
_SWEEP_EVERY: Final = 256
"""Expired windows are swept after this many calls, or after as many calls as there were windows if that is more."""
_ROOM: Final = 16
"""When there is no room, one window in this many is dropped at once, so that finding them costs each call little."""

_Which: TypeAlias = tuple[str, int, float]
"""What distinguishes the windows of one group: the name, the user and the seconds."""


@final
class _Log:
    """The calls of one window, oldest first: when each was made, and how much it counts."""

    __slots__ = ("costs", "times", "used")

    def __init__(self) -> None:
        self.times: list[float] = []
        self.costs: list[int] = []
        self.used = 0


_Logs: TypeAlias = OrderedDict[_Which, _Log]
"""The windows of one group, least recently counted first."""


@final
class MemoryLimiter:
    """A limiter that counts this process's calls; expired windows are swept, so memory follows the active callers.

    It keeps at most `most` windows. Each guild has one group for its members' windows and one for those that all its
    callers share. When there is no room, the largest group drops its least recently counted windows, so that no guild
    makes another guild's limits forgotten. The groups of no guild, where users have their budgets, count only by what
    they hold beyond half of all windows.
    """

    def __init__(self, clock: Clock, most: int = WINDOWS_LIMIT) -> None:
        self._clock = clock
        self._most = most
        self._groups: dict[int, _Logs] = {}
        self._kept = 0
        self._until_sweep = _SWEEP_EVERY

    async def acquire(self, windows: Sequence[Window], /) -> Decision:
        """See `Limiter`."""
        now = self._clock.monotonic()
        self._until_sweep -= 1
        if self._until_sweep == 0:
            self._sweep(now)
        taken = decided(windows, [self._state(window, now) for window in windows], counted=True)
        if taken.wait == 0.0:
            for window in windows:
                self._count(window, now)
        return taken

    async def peek(self, windows: Sequence[Window], /) -> Decision:
        """See `Limiter`."""
        now = self._clock.monotonic()
        return decided(windows, [self._state(window, now) for window in windows], counted=False)

    @property
    def kept(self) -> int:
        """Return the number of windows kept."""
        return self._kept

    def _state(self, window: Window, now: float) -> WindowState:
        name, guild, user, rate, cost = window
        logs = self._groups.get(guild if user else ~guild)
        log = None if logs is None else logs.get((name, user, rate.per))
        if log is None:
            return _EMPTY
        times = log.times
        while times and times[0] + rate.per - now <= 0:  # as the waits below, so that rounding lets no call through
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
        return WindowState(log.used, wait, times[0] + rate.per - now)

    def _count(self, window: Window, now: float) -> None:
        name, guild, user, rate, cost = window
        group, which = guild if user else ~guild, (name, user, rate.per)
        logs = self._groups.get(group)
        log = None if logs is None else logs.get(which)
        if logs is None or log is None:
            if self._kept >= self._most:
                self._make_room(now)
            log = self._groups.setdefault(group, OrderedDict())[which] = _Log()
            self._kept += 1
        else:
            logs.move_to_end(which)
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
        """Drop expired windows."""
        for group in list(self._groups):
            logs = self._groups[group]
            for which in [which for which, log in logs.items() if not log.times or log.times[-1] + which[2] - now <= 0]:
                del logs[which]
            if not logs:
                del self._groups[group]
        self._kept = sum(map(len, self._groups.values()))
        self._until_sweep = max(_SWEEP_EVERY, self._kept)  # as it looks at all of them

    def _make_room(self, now: float) -> None:
        """Drop expired windows and, if that is not enough, windows of the largest groups."""
        self._sweep(now)
        largest = [(-self._claim(group), group) for group in self._groups]
        heapq.heapify(largest)
        while self._kept > self._most - self._most // _ROOM - 1:
            claim, group = heapq.heappop(largest)
            logs = self._groups[group]
            logs.popitem(last=False)
            self._kept -= 1
            if logs:
                heapq.heappush(largest, (claim + 1, group))

    def _claim(self, group: int) -> int:
        """Return how many windows a group holds beyond its guaranteed share."""
        return len(self._groups[group]) - (self._most // 2 if group in _OF_NO_GUILD else 0)


_EMPTY: Final = WindowState(0, 0.0, 0.0)
_OF_NO_GUILD: Final = frozenset({0, ~0})
