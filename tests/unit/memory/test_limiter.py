"""Sliding windows in memory."""

import asyncio
import tracemalloc
from collections.abc import Sequence
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app import START
from tests.contracts.limiting import LimiterContract, Pace
from twi_core.kernel.limiting import LOG_LIMIT, Limiter, Window
from twi_core.kernel.policy import Rate
from twi_memory.ports.limiter import WINDOWS_LIMIT, MemoryLimiter
from twi_memory.ports.sources import ManualClock

MOST: Final = 200
"""As many windows as a limiter keeps that is to be filled."""
MARGIN: Final = 1e-6
"""What the sums of floating point may be off by."""


class ByHand:
    """A pace on a clock that is set by hand."""

    length = 10.0

    def __init__(self) -> None:
        self.clock = ManualClock(START)

    def wait(self, seconds: float, /) -> None:
        self.clock.advance(seconds + MARGIN)


@pytest.fixture
def pace() -> ByHand:
    return ByHand()


@pytest.fixture
def limiter(pace: ByHand) -> MemoryLimiter:
    return MemoryLimiter(pace.clock)


class TestMemoryLimiter(LimiterContract):
    pass


def caller(number: int, rate: Rate) -> list[Window]:
    """Return the one window of a caller."""
    return [Window("test.do/member", 1, number, rate)]


@pytest.mark.asyncio
async def test_the_wait_is_exact(pace: Pace, limiter: Limiter) -> None:
    """A call is allowed again exactly when the oldest one leaves the window, not when a new minute begins."""
    clock = pace.clock if isinstance(pace, ByHand) else ManualClock(START)
    one = caller(1, Rate(3, per=10))
    for _ in range(3):
        assert (await limiter.acquire(one)).wait == 0.0
        clock.advance(2)
    assert (await limiter.acquire(one)).wait == 4.0
    clock.advance(4)
    assert (await limiter.acquire(one)).wait == 0.0
    assert (await limiter.acquire(one)).wait == 2.0


@pytest.mark.asyncio
async def test_rounding_lets_nobody_pass() -> None:
    """A full window never lets a call pass uncounted because its wait was rounded to nothing."""
    for step in range(1, 2_000):
        clock = ManualClock(START)
        clock.advance(step * 0.1)
        limiter, one = MemoryLimiter(clock), caller(1, Rate(1, per=0.7))
        assert (await limiter.acquire(one)).wait == 0.0
        clock.advance(0.7)
        if (await limiter.acquire(one)).wait == 0.0:
            assert (await limiter.acquire(one)).wait > 0.0


class Naive:
    """A limiter that remembers every call forever; with `exact` off it says only what a call may not do."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, tuple[object, ...], int]] = []

    def used(self, one: Window, now: float) -> int:
        """Return what was counted within a window's time."""
        return sum(cost for at, key, cost in self.calls if key == one.key and at + one.rate.per - now > 0)

    def wait(self, one: Window, now: float) -> float:
        """Return the seconds until there is room."""
        ends = sorted(at + one.rate.per - now for at, key, _ in self.calls if key == one.key)
        moments = [0.0, *(end for end in ends if end > 0)]
        return next(end for end in moments if self._used_after(one, now, end) + one.cost <= one.rate.amount)

    def count(self, windows: Sequence[Window], now: float) -> None:
        """Count a call."""
        self.calls += [(now, one.key, one.cost) for one in windows]

    def _used_after(self, one: Window, now: float, seconds: float) -> int:
        left = (cost for at, key, cost in self.calls if key == one.key and at + one.rate.per - now > seconds)
        return sum(left)


RATES: Final = (Rate(1, per=0.7), Rate(3, per=10), Rate(5, per=10), Rate(2, per=59.9))


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 0.1, 0.2, 0.25, 1 / 3, 0.7, 2.5, 9.75, 60.0]),
            st.lists(st.tuples(st.integers(1, 2), st.sampled_from(RATES)), min_size=1, max_size=4, unique=True),
            st.integers(1, 2),
            st.booleans(),
        ),
        max_size=60,
    )
)
@settings(max_examples=300, deadline=None)
def test_in_lock_step_with_a_naive_model(
    steps: list[tuple[float, list[tuple[int, Rate]], int, bool]],
) -> None:
    """Whatever is asked and whenever, the limiter answers what one that forgets nothing answers."""

    async def check() -> None:
        clock, model = ManualClock(START), Naive()
        limiter = MemoryLimiter(clock)
        for pause, wanted, cost, looking in steps:
            clock.advance(pause)
            now = clock.monotonic()
            windows = [Window(f"test.{rate.amount}", 1, user, rate, min(cost, rate.amount)) for user, rate in wanted]
            waits = [model.wait(one, now) for one in windows]
            taken = await (limiter.peek(windows) if looking else limiter.acquire(windows))
            assert taken.wait == max(waits)
            if taken.wait > 0:
                assert model.wait(taken.window, now) == taken.wait
                continue
            rooms = [(one.rate.amount - model.used(one, now)) // one.cost for one in windows]
            assert taken.remaining == min(rooms) - (not looking)
            if not looking:
                model.count(windows, now)

    asyncio.run(check())


@given(
    st.lists(st.floats(0, 3) | st.sampled_from([0.0, 0.1, 1e-9, 0.7]), min_size=50, max_size=400),
    st.integers(LOG_LIMIT - 1, LOG_LIMIT * 3),
    st.sampled_from([0.3, 1.0, 10.0, 59.9]),
    st.integers(1, 3),
)
@settings(max_examples=100, deadline=None)
def test_never_more_than_allowed(pauses: list[float], amount: int, per: float, cost: int) -> None:
    """Whatever the pauses, no window exceeds its amount, also one of many calls, and the reported wait is enough."""

    async def check() -> None:
        clock, counted = ManualClock(START), list[float]()
        limiter = MemoryLimiter(clock)
        one = [Window("test.do", 1, 1, Rate(amount, per=per), cost)]
        for pause in pauses:
            clock.advance(pause / 20)
            taken = await limiter.acquire(one)
            if taken.wait:
                assert 0 < taken.wait <= per + MARGIN
                clock.advance(taken.wait + MARGIN)
                assert (await limiter.acquire(one)).wait == 0.0
            now = clock.monotonic()
            counted.append(now)
            assert sum(now - earlier < per - MARGIN for earlier in counted) * cost <= amount

    asyncio.run(check())


@pytest.mark.asyncio
async def test_memory_follows_the_active_callers() -> None:
    """A hundred thousand callers who came once leave nothing behind soon after their windows have run out."""
    clock = ManualClock(START)
    limiter = MemoryLimiter(clock)
    for number in range(100_000):
        await limiter.acquire(caller(number, Rate(3, per=10)))
        clock.advance(0.01)
    assert limiter.kept <= 2 * 10 / 0.01 + 256
    clock.advance(11)
    for _ in range(limiter.kept + 256):
        await limiter.acquire(caller(1, Rate(10_000, per=1)))
    assert limiter.kept == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("callers", [60_000, pytest.param(1_000_000, marks=pytest.mark.long)])
async def test_any_number_of_callers_at_once(callers: int) -> None:
    """Endless callers within one window's time take as much memory as the limit on windows allows: under 16 MiB."""
    limiter, rate = MemoryLimiter(ManualClock(START)), Rate(3, per=60)
    for number in range(callers - WINDOWS_LIMIT - 1):
        await limiter.acquire(caller(number, rate))
    tracemalloc.start()  # it is slow; whatever is kept at the end is made from here on
    try:
        for number in range(callers - WINDOWS_LIMIT - 1, callers):
            await limiter.acquire(caller(number, rate))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert WINDOWS_LIMIT * 0.9 < limiter.kept <= WINDOWS_LIMIT
    assert 1 * 2**20 < kept < 16 * 2**20


@pytest.mark.asyncio
async def test_who_makes_room() -> None:
    """When too many windows are kept, those that have run out go first, then those counted longest ago."""
    clock = ManualClock(START)
    limiter, rate = MemoryLimiter(clock, MOST), Rate(2, per=60)
    for number in range(1, MOST + 1):
        await limiter.acquire(caller(number, rate if number <= MOST * 3 // 4 else Rate(2, per=10)))
    await limiter.acquire(caller(1, rate))
    clock.advance(10)
    for number in range(MOST + 1, MOST * 5 // 4 + 1):
        await limiter.acquire(caller(number, rate))
    assert (await limiter.peek(caller(2, rate))).remaining == 1
    assert limiter.kept == MOST
    await limiter.acquire(caller(MOST * 2, rate))
    assert limiter.kept < MOST
    assert [(await limiter.peek(caller(number, rate))).remaining for number in (1, 2, MOST * 2)] == [0, 2, 1]


@pytest.mark.asyncio
async def test_guilds_without_windows_have_none_to_lose() -> None:
    """When room is made, guilds that hold next to nothing lose everything, and then windows without a guild do."""
    limiter, rate = MemoryLimiter(ManualClock(START), MOST), Rate(2, per=60)
    for number in range(MOST // 2 - 1):
        await limiter.acquire([Window(f"shared {number}", 0, 0, rate)])
        await limiter.acquire([Window("own", 0, number + 1, rate)])
    for guild in range(1, 20):
        await limiter.acquire([Window("few", guild, 1, rate)])
    assert limiter.kept < MOST


@pytest.mark.asyncio
@pytest.mark.parametrize("lengths", [1, 500])
async def test_no_guild_lifts_the_limits_of_others(lengths: int) -> None:
    """However many windows one guild holds and however long, the limits of another and all budgets apply in full."""
    clock = ManualClock(START)
    limiter = MemoryLimiter(clock, MOST)
    other, everyone = Window("test.do/member", 2, 7, Rate(3, per=60)), Window("*/everyone", 0, 0, Rate(3, per=60))
    user, guild = Window("*/user", 0, 7, Rate(3, per=60)), Window("*/guild", 1, 0, Rate(3, per=60))
    short = (other, everyone, user, guild)
    for _ in range(3):
        for one in short:
            assert (await limiter.acquire([one])).wait == 0.0
    for number in range(1, MOST * 5):
        await limiter.acquire([Window("test.do/member", 1, number, Rate(30, per=80_000 + number % lengths))])
        clock.advance(0.001)
    assert limiter.kept <= MOST
    for one in short:
        assert (await limiter.acquire([one])).wait > 0.0


@pytest.mark.asyncio
async def test_many_guilds_leave_the_budgets_alone() -> None:
    """Endless guilds leave users their budgets, unless those take more than half of all; then the oldest go."""
    limiter = MemoryLimiter(ManualClock(START), MOST)
    budgets = [Window("*/user", 0, number, Rate(1, per=10)) for number in range(1, MOST)]
    half = budgets[: MOST // 2]
    for one in half:
        await limiter.acquire([one])
    for number in range(1, MOST * 3):
        await limiter.acquire([Window("test.do/member", number, 1, Rate(30, per=60))])
    assert limiter.kept <= MOST
    assert all([(await limiter.peek([one])).wait > 0 for one in half])
    for one in budgets[MOST // 2 :]:
        await limiter.acquire([one])
    assert limiter.kept <= MOST
    assert (await limiter.peek([budgets[0]])).wait == 0.0
    assert (await limiter.peek([budgets[-1]])).wait > 0.0


@pytest.mark.asyncio
async def test_a_window_keeps_few_times(limiter: MemoryLimiter, pace: ByHand) -> None:
    """However many calls a window allows, it keeps no more times than it says."""
    one = caller(1, Rate(1_000, per=10))
    for _ in range(5_000):
        pace.clock.advance(0.011)
        await limiter.acquire(one)
    log = limiter._groups[1][one[0].name, 1, 10]
    assert len(log.times) == len(log.costs) <= LOG_LIMIT + 1
    assert sum(log.costs) == log.used
