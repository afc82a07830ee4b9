"""What every limiter promises; subclass it and provide the fixtures `limiter` and `pace`."""

import asyncio
from typing import Protocol

import pytest

from twi_core.kernel.limiting import LOG_LIMIT, Decision, Limiter, Window
from twi_core.kernel.policy import Rate, Scope


class Pace(Protocol):
    """The length of the suite's windows, and a way to let time pass."""

    length: float

    def wait(self, seconds: float, /) -> None:
        """Wait for so many seconds."""
        ...


def window(pace: Pace, amount: int = 3, *, name: str = "test.do/member", user: int = 1, cost: int = 1) -> Window:
    """Return the window of a guild's member."""
    return Window(name, 7, user, Rate(amount, per=pace.length), cost)


async def take(limiter: Limiter, *windows: Window) -> Decision:
    """Count a call that must be allowed."""
    taken = await limiter.acquire(windows)
    assert taken.wait == 0.0
    return taken


async def refuse(limiter: Limiter, *windows: Window) -> Decision:
    """Count a call that must be refused."""
    taken = await limiter.acquire(windows)
    assert taken.wait > 0.0
    assert taken.reset == taken.wait, "nobody finds room before"
    return taken


class LimiterContract:
    """The contract of `Limiter`."""

    @pytest.mark.asyncio
    async def test_as_many_as_allowed_and_no_more(self, limiter: Limiter, pace: Pace) -> None:
        """A window takes its amount, then nothing; after the reported wait it takes one more."""
        one = window(pace)
        assert [(await take(limiter, one)).remaining for _ in range(3)] == [2, 1, 0]
        refusal = await refuse(limiter, one)
        assert refusal.window == one
        assert refusal.remaining == 0
        assert 0 < refusal.wait <= pace.length
        pace.wait(refusal.wait)
        await take(limiter, one)

    @pytest.mark.asyncio
    async def test_the_window_slides(self, limiter: Limiter, pace: Pace) -> None:
        """Room comes back call by call, each when it leaves the window, and not all at once."""
        one = window(pace, 2)
        await take(limiter, one)
        pace.wait(pace.length / 2)
        await take(limiter, one)
        refusal = await refuse(limiter, one)
        assert refusal.wait <= pace.length / 2
        assert refusal.reset == refusal.wait
        pace.wait(refusal.wait)
        await take(limiter, one)
        again = await refuse(limiter, one)
        assert pace.length / 4 < again.wait < pace.length * 3 / 4

    @pytest.mark.asyncio
    async def test_a_refused_call_counts_nowhere(self, limiter: Limiter, pace: Pace) -> None:
        """When one of several windows is full, the call counts in none of them, whichever it is and however often."""
        full, roomy, last = (window(pace, amount, name=f"test.{amount}") for amount in (1, 5, 9))
        await take(limiter, full)
        for order in ((full, roomy, last), (roomy, full, last), (roomy, last, full)):
            for _ in range(4):
                assert (await refuse(limiter, *order)).window == full
        assert (await take(limiter, roomy)).remaining == 4
        assert (await take(limiter, last)).remaining == 8

    @pytest.mark.asyncio
    async def test_the_longest_wait_is_reported(self, limiter: Limiter, pace: Pace) -> None:
        """Of several full windows the one with the longest wait is reported, so that the wait is enough."""
        early, late = window(pace, 1, name="test.early"), window(pace, 1, name="test.late")
        await take(limiter, early)
        pace.wait(pace.length / 4)
        await take(limiter, late)
        refusal = await refuse(limiter, early, late)
        assert refusal.window == late
        pace.wait(refusal.wait)
        await take(limiter, early, late)

    @pytest.mark.asyncio
    async def test_the_least_room_is_reported(self, limiter: Limiter, pace: Pace) -> None:
        """Of several windows with room the one with the least is reported, whatever their amounts."""
        small, large = window(pace, 3, name="test.small"), window(pace, 9, name="test.large")
        taken = await take(limiter, large, small)
        assert (taken.window, taken.remaining) == (small, 2)
        for _ in range(7):
            await take(limiter, large)
        taken = await take(limiter, large, small)
        assert (taken.window, taken.remaining) == (large, 0)

    @pytest.mark.asyncio
    async def test_windows_are_apart(self, limiter: Limiter, pace: Pace) -> None:
        """Another name, guild, user or time is another window; another amount or scope is not."""
        one = window(pace, 1)
        await take(limiter, one)
        others = (
            one._replace(name="test.do/guild"),
            one._replace(guild=8),
            one._replace(user=2),
            one._replace(rate=Rate(1, per=pace.length * 2)),
        )
        for other in others:
            await take(limiter, other)
        assert len({one.key, *(other.key for other in others)}) == 5
        await refuse(limiter, one._replace(rate=Rate(1, pace.length, Scope.EVERYONE)))
        assert (await take(limiter, one._replace(rate=Rate(3, pace.length)))).remaining == 1

    @pytest.mark.asyncio
    async def test_a_lower_amount_holds_at_once(self, limiter: Limiter, pace: Pace) -> None:
        """A caller who has used more than is now allowed waits until enough of it has left the window."""
        for _ in range(3):
            await take(limiter, window(pace))
        refusal = await refuse(limiter, window(pace, 1))
        assert refusal.remaining == 0
        pace.wait(refusal.wait)
        await take(limiter, window(pace, 1))

    @pytest.mark.asyncio
    async def test_cost(self, limiter: Limiter, pace: Pace) -> None:
        """A call takes as much of a window as it costs there, and waits until there is room for all of it."""
        dear, cheap = window(pace, 10, cost=4), window(pace, 10)
        assert (await take(limiter, dear)).remaining == 1
        assert (await take(limiter, cheap)).remaining == 5
        assert (await take(limiter, dear)).remaining == 0
        refusal = await refuse(limiter, dear)
        assert (await take(limiter, cheap)).remaining == 0
        await refuse(limiter, cheap)
        pace.wait(refusal.wait)
        await take(limiter, dear)

    @pytest.mark.asyncio
    async def test_looking_counts_nothing(self, limiter: Limiter, pace: Pace) -> None:
        """A look returns the room that is left, or the wait if there is none, and takes nothing."""
        one = window(pace, 2)
        for _ in range(9):
            assert await limiter.peek([one]) == Decision(one, 0.0, 2, 0.0)
        await take(limiter, one)
        seen = await limiter.peek([one])
        assert (seen.wait, seen.remaining) == (0.0, 1)
        assert 0 < seen.reset <= pace.length
        await take(limiter, one)
        waiting = await limiter.peek([one])
        assert (waiting.window, waiting.remaining) == (one, 0)
        assert 0 < waiting.wait <= pace.length

    @pytest.mark.asyncio
    async def test_a_burst_at_once(self, limiter: Limiter, pace: Pace) -> None:
        """However many calls come at once, exactly as many pass as the fullest window allows, and all windows agree."""
        windows = (window(pace, 20, name="test.small"), window(pace, 50, name="test.large"))
        taken = await asyncio.gather(*(limiter.acquire(windows) for _ in range(90)))
        assert sum(each.wait == 0.0 for each in taken) == 20
        assert (await limiter.peek(windows[1:])).remaining == 30

    @pytest.mark.asyncio
    async def test_a_window_of_many(self, limiter: Limiter, pace: Pace) -> None:
        """A window that allows more calls than it keeps times of takes exactly as many; the reported wait is enough."""
        amount = LOG_LIMIT * 5
        many = window(pace, amount)
        assert [(await take(limiter, many)).remaining for _ in range(amount)] == list(range(amount))[::-1]
        refusal = await refuse(limiter, many)
        assert refusal.wait <= pace.length
        pace.wait(refusal.wait)
        await take(limiter, many)
