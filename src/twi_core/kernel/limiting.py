"""Count calls in sliding windows, several at once."""

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol, TypeAlias

from twi_core.kernel.policy import Rate

WindowKey: TypeAlias = tuple[str, int, int, float]
"""What identifies a window: the name, the guild and the user (0 if shared), and the seconds."""


class Window(NamedTuple):
    """One window that a call is counted in.

    At most `rate.amount` may be counted within any `rate.per` seconds; this call counts as `cost`, which is never more.
    """

    name: str
    guild: int
    user: int
    rate: Rate
    cost: int = 1

    @property
    def key(self) -> WindowKey:
        """Return what identifies the window: a different amount is still the same window, a different time isn't."""
        return self.name, self.guild, self.user, self.rate.per


class WindowState(NamedTuple):
    """The state of one window before a call is counted.

    `used` is what was counted within its time. `wait` is the number of seconds until there is room for the call, 0.0 if
    there is now. `reset` is the number of seconds until there is more room than now, 0.0 if the window is empty.
    """

    used: int
    wait: float
    reset: float


class Decision(NamedTuple):
    """The answer to whether a call may proceed.

    `wait` is 0.0 if it may, otherwise the seconds after which trying again makes sense. `window` is the one to report:
    the one with the longest wait, otherwise the one with the least room. `remaining` is how many more such calls it has
    room for, `reset` the number of seconds until it has more; for a call that may not proceed, `wait`.
    """

    window: Window
    wait: float
    remaining: int
    reset: float


class Limiter(Protocol):
    """A counter of calls in sliding windows.

    A window never holds more than its rate allows, however many callers ask at once. A window that allows more than
    `LOG_LIMIT` may treat calls within that fraction of its time as one, made at the last call's time, so a wait can be
    longer by that much.
    """

    async def acquire(self, windows: Sequence[Window], /) -> Decision:
        """Count a call in all windows (at least one), or in none if one of them has no room for it."""
        ...

    async def peek(self, windows: Sequence[Window], /) -> Decision:
        """Return what `acquire` would decide, without counting; `remaining` includes the call not made."""
        ...


LOG_LIMIT: Final = 64
"""How many call times a window keeps; if it allows more calls, nearby ones are merged."""


def decided(windows: Sequence[Window], states: Sequence[WindowState], *, counted: bool) -> Decision:
    """Decide from the state of each window; `counted` says that a call which may proceed is counted."""
    decisive = windows[0]
    wait, remaining, reset = -1.0, 0, 0.0
    for window, (used, waiting, more) in zip(windows, states, strict=True):
        room = (window.rate.amount - used) // window.cost
        if waiting > wait or (waiting == wait and room < remaining):
            decisive, wait, remaining, reset = window, waiting, room, more
    if wait > 0:
        return Decision(decisive, wait, max(remaining, 0), wait)
    return (
        Decision(decisive, wait, remaining - 1, reset or decisive.rate.per)
        if counted
        else Decision(decisive, wait, remaining, reset)
    )
