"""Sliding windows in Redis."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
import redis.asyncio

from tests.contracts.limiting import LimiterContract, Pace, window
from tests.integration.redis.actor import Actor, Moment, acting
from tests.integration.redis.server import RedisServer
from tests.waiting import wait_until
from twi_cache.limiter import PREFIX, RedisLimiter
from twi_core.kernel.limiting import LOG_LIMIT, Window
from twi_core.kernel.policy import Rate

AGE: Final = """
for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do
  local log = redis.call('LRANGE', key, 0, -1)
  for j = 1, #log - 1, 2 do redis.call('LSET', key, j - 1, string.format('%.0f', log[j] - ARGV[2])) end
end
"""


class Ageing:
    """Time that goes by for what the server holds: each moment that it keeps is moved back."""

    length = 600.0

    def __init__(self, server: RedisServer) -> None:
        self._server = server

    def wait(self, seconds: float, /) -> None:
        self._server.command("EVAL", AGE, "0", PREFIX, f"{(seconds + 0.001) * 1_000_000:.0f}")


@pytest.fixture
def pace(calm: RedisServer) -> Ageing:
    return Ageing(calm)


@pytest_asyncio.fixture
async def client(calm: RedisServer) -> AsyncIterator[redis.asyncio.Redis]:
    async with redis.asyncio.Redis.from_url(calm.url, protocol=2, max_connections=100) as found:
        yield found


@pytest_asyncio.fixture
async def limiter(client: redis.asyncio.Redis) -> RedisLimiter:
    return RedisLimiter(client)


class TestRedisLimiter(LimiterContract):
    pass


@pytest.mark.asyncio
async def test_nothing_is_left_behind(calm: RedisServer, limiter: RedisLimiter) -> None:
    """Keys are marked as ours, and are gone when their windows have run out; who was refused leaves none."""
    short, full = Window("test.do/member", 1, 2, Rate(2, per=2)), Window("test.do/user", 0, 2, Rate(1, per=3))
    assert (await limiter.acquire([short, full])).wait == 0.0
    assert (await limiter.acquire([Window("test.other", 1, 2, Rate(5, per=60)), full])).wait > 0.0
    keys = calm.command("KEYS", "*")
    assert isinstance(keys, list)
    assert {key.decode() for key in keys} == {
        f"{PREFIX}test.do/member:1:2:2",
        f"{PREFIX}test.do/user:0:2:3",
    }
    wait_until(lambda: calm.command("DBSIZE") == 0)


@pytest.mark.asyncio
async def test_a_window_keeps_few_times(calm: RedisServer, limiter: RedisLimiter) -> None:
    """However many calls a window allows, the server keeps the times of no more than it says."""
    many = Window("test.do", 7, 1, Rate(1_000, per=1))
    for _ in range(1_000):
        await limiter.acquire([many])
    kept = calm.command("LLEN", f"{PREFIX}{many.name}:7:1:1")
    assert isinstance(kept, int)
    assert 2 <= kept <= 2 * (LOG_LIMIT + 1)


@pytest.mark.asyncio
async def test_a_server_that_was_emptied_or_restarted(server: RedisServer) -> None:
    """A server that has lost the script gets it again, and starts from zero."""
    one = [Window("test.do", 1, 1, Rate(1, per=60))]
    async with redis.asyncio.Redis.from_url(server.url, protocol=2) as client:
        limiter = RedisLimiter(client)
        assert (await limiter.acquire(one)).wait == 0.0
        server.command("SCRIPT", "FLUSH")
        assert (await limiter.acquire(one)).wait > 0.0
        server.kill()
        server.start()
        await client.connection_pool.disconnect()
        assert (await limiter.acquire(one)).wait == 0.0


@pytest.mark.asyncio
async def test_a_cancelled_call_harms_no_later_one(limiter: RedisLimiter, pace: Pace) -> None:
    """However far a call has come when it is cancelled, it counts once at most; later ones get their answers."""
    done = 0
    for steps in range(40):
        number = steps + 1
        task = asyncio.create_task(limiter.acquire([window(pace, 100 + number, name=f"test.{number}")]))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        done += not task.cancelled()
        own = await limiter.peek([window(pace, 100 + number, name=f"test.{number}")])
        assert own.remaining in (100 + number, 99 + number)
    assert done < 40


HOUR = 3_600.0


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("made", "used"),
    [
        ([HOUR, HOUR + 1, HOUR + 2], 3),
        ([HOUR, -0.1, HOUR], 3),
        ([HOUR, -HOUR, HOUR], 1),
        ([-HOUR, HOUR, HOUR], 2),
    ],
)
async def test_the_clock_is_set_back(
    calm: RedisServer, limiter: RedisLimiter, pace: Pace, made: list[float], used: int
) -> None:
    """Calls of a time to come count as made now: no more than allowed go on, and nobody waits longer than a window."""
    one = [Window("test.do", 1, 1, Rate(3, per=pace.length))]
    clock = calm.command("TIME")
    assert isinstance(clock, tuple)
    now = int(clock[0]) * 1_000_000 + int(clock[1])
    for moment in made:
        calm.command("RPUSH", f"{PREFIX}test.do:1:1:{pace.length:g}", f"{now + moment * 1_000_000:.0f}", "1")
    seen = await limiter.peek(one)
    assert seen.remaining == 3 - used
    assert 0 < seen.reset <= pace.length
    taken = await asyncio.gather(*(limiter.acquire(one) for _ in range(5)))
    assert sum(each.wait == 0.0 for each in taken) == 3 - used
    assert all(0 <= each.wait <= pace.length and 0 < each.reset <= pace.length for each in taken)
    pace.wait(max(each.wait for each in taken))
    assert (await limiter.acquire(one)).wait == 0.0
    kept = calm.command("LRANGE", f"{PREFIX}test.do:1:1:{pace.length:g}", "0", "-1")
    assert isinstance(kept, list)
    assert [int(moment) for moment in kept[::2]] == sorted(int(moment) for moment in kept[::2])


@pytest.mark.asyncio
async def test_several_processes_at_once(calm: RedisServer) -> None:
    """A burst of four processes with 60 calls each, at the same moment: exactly as many pass as one window allows."""
    async with acting(calm.url, 4) as actors:
        at = time.monotonic() + 0.3
        allowed = await asyncio.gather(*(actor.burst(60, at=at, amount=100, per=60) for actor in actors))
    assert sum(map(len, allowed)) == 100
    assert max(map(len, allowed)) <= 60


@pytest.mark.asyncio
async def test_several_processes_for_a_while(calm: RedisServer) -> None:
    """Three processes that never stop asking are allowed no more than the rate in any of its windows, and all of it."""
    amount, per, seconds = 20, 0.5, 3.0

    async def press(actor: Actor) -> list[Moment]:
        return await actor.press(seconds, amount=amount, per=per)

    async with acting(calm.url, 3) as actors:
        allowed = [moment for each in await asyncio.gather(*map(press, actors)) for moment in each]
    for asked, _ in allowed:
        surely_within = [moment for moment in allowed if asked <= moment[0] and moment[1] < asked + per - 0.01]
        assert len(surely_within) <= amount
    assert len(allowed) >= amount * (seconds / per - 2)
