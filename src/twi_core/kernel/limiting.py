"""Count calls in sliding windows, several at once."""

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol, TypeAlias

from twi_core.kernel.policy import Rate

WindowKey: TypeAlias = tuple[str, int, int, float]
"""What tells windows apart: the name, the guild and the user (0: not told apart), and the seconds."""


class Window(NamedTuple):
    """Name one window that a call is counted in.

    At most `rate.amount` may be counted within any `rate.per` seconds; this call counts for `cost`, which is not more.
    """

    name: str
    guild: int
    user: int
    rate: Rate
    cost: int = 1

    @property
    def key(self) -> WindowKey:
        """Return what tells it from others; another amount is still the same window, another time is not."""
        return self.name, self.guild, self.user, self.rate.per


class WindowState(NamedTuple):
    """Tell what one window holds before a call is counted.

    `used` is what was counted within its time. `wait` is how many seconds pass until there is room for the call, 0.0
    where there is. `reset` is how many seconds pass until there is more room than now, 0.0 where it is empty.
    """

    used: int
    wait: float
    reset: float


class Decision(NamedTuple):
    """Answer whether a call may go on.

    `wait` is 0.0 where it may, else the seconds after which asking again is of use. `window` is the one to tell of: the
    one that keeps the call waiting longest, else the one with the least room. `remaining` is how many more such calls
    it has room for, `reset` how many seconds pass until it has more; of a call that may not go on, `wait`.
    """

    window: Window
    wait: float
    remaining: int
    reset: float


class Limiter(Protocol):
    """Count calls in sliding windows.

    A window never holds more than its rate allows, however many ask at once. One that allows more than `LOG_LIMIT` may
    take calls within that part of its time for one, made when the last of them was; so a wait can be longer by as much.
    """

    async def acquire(self, windows: Sequence[Window], /) -> Decision:
        """Count a call in all windows (at least one), or, where it has no room in one of them, in none."""
        ...

    async def peek(self, windows: Sequence[Window], /) -> Decision:
        """Answer whether `acquire` would let a call go on, and count nothing; `remaining` holds the call not made."""
        ...


LOG_LIMIT: Final = 64
"""A window keeps the times of this many calls; where it allows more, those close to one another become one."""


def decided(windows: Sequence[Window], states: Sequence[WindowState], *, counted: bool) -> Decision:
    """Decide from what each window holds; `counted` says that a call which may go on is counted."""
    told = windows[0]
    wait, remaining, reset = -1.0, 0, 0.0
    for window, (used, waiting, more) in zip(windows, states, strict=True):
        room = (window.rate.amount - used) // window.cost
        if waiting > wait or (waiting == wait and room < remaining):
            told, wait, remaining, reset = window, waiting, room, more
    if wait > 0:
        return Decision(told, wait, max(remaining, 0), wait)
    return (
        Decision(told, wait, remaining - 1, reset or told.rate.per)
        if counted
        else Decision(told, wait, remaining, reset)
    )
