"""Sliding windows in memory."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app import START
from twi_core.kernel.policy import Rate
from twi_memory.limiter import MemoryLimiter
from twi_memory.sources import ManualClock

RATE = Rate(3, per=10)
BUCKET = ("test.do", 1, 1)


@pytest.mark.asyncio
async def test_the_window_slides() -> None:
    """A call is allowed again exactly when the oldest one leaves the window, not when a new minute begins."""
    clock = ManualClock(START)
    limiter = MemoryLimiter(clock)
    for _ in range(3):
        assert await limiter.take(BUCKET, RATE) == 0.0
        clock.advance(2)
    assert await limiter.take(BUCKET, RATE) == 4.0
    clock.advance(4)
    assert await limiter.take(BUCKET, RATE) == 0.0
    assert await limiter.take(BUCKET, RATE) == 2.0


@pytest.mark.asyncio
async def test_refused_calls_do_not_count() -> None:
    """Who keeps trying while refused is not kept out for longer."""
    clock = ManualClock(START)
    limiter = MemoryLimiter(clock)
    for _ in range(3):
        await limiter.take(BUCKET, RATE)
    for _ in range(50):
        assert await limiter.take(BUCKET, RATE) > 0
    clock.advance(10)
    assert await limiter.take(BUCKET, RATE) == 0.0


@given(
    st.lists(st.floats(0, 30) | st.sampled_from([0.1, 0.2, 0.3, 1 / 3, 1e-9, 0.7]), min_size=5, max_size=60),
    st.integers(1, 5),
    st.sampled_from([0.3, 0.7, 1.0, 10.0, 59.9]),
)
@settings(max_examples=200, deadline=None)
def test_never_more_than_allowed(pauses: list[float], amount: int, per: float) -> None:
    """Whatever the pauses, no window holds more calls than allowed, and waiting as told, rounded up, is enough."""
    import asyncio

    async def check() -> None:
        clock, rate = ManualClock(START), Rate(amount, per=per)
        limiter, taken = MemoryLimiter(clock), list[float]()
        for pause in pauses:
            clock.advance(pause)
            wait = await limiter.take(BUCKET, rate)
            now = clock.monotonic()
            if wait:
                assert 0 < wait <= per + 1e-6
                clock.advance(wait + 1e-6)
                assert await limiter.take(BUCKET, rate) == 0.0
                now = clock.monotonic()
            taken.append(now)
            assert sum(now - earlier < per - 1e-6 for earlier in taken) <= amount

    asyncio.run(check())


@pytest.mark.asyncio
async def test_rounding_lets_nobody_pass() -> None:
    """A full window never lets a call pass uncounted because its wait was rounded to nothing."""
    for step in range(1, 2_000):
        clock = ManualClock(START)
        clock.advance(step * 0.1)
        limiter, rate = MemoryLimiter(clock), Rate(1, per=0.7)
        assert await limiter.take(BUCKET, rate) == 0.0
        clock.advance(0.7)
        if await limiter.take(BUCKET, rate) == 0.0:
            assert await limiter.take(BUCKET, rate) > 0.0


@pytest.mark.asyncio
async def test_memory_follows_the_active_callers() -> None:
    """A hundred thousand callers who came once leave nothing behind once their windows have run out."""
    clock = ManualClock(START)
    limiter = MemoryLimiter(clock)
    for caller in range(100_000):
        await limiter.take(("test.do", 1, caller), RATE)
        clock.advance(0.01)
    assert len(limiter._windows) < 10 / 0.01 + 1_025
    assert all(len(taken) <= RATE.amount for _, taken in limiter._windows.values())
