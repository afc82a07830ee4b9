"""Limits that all processes share while Redis answers, and that each one counts by itself while it does not."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, TypeAlias, final

from redis.asyncio import Redis
from redis.asyncio.connection import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from twi_cache.limiter import RedisLimiter
from twi_cache.round_trips import PATIENCE
from twi_core.kernel.limiting import Decision, Limiter, Window
from twi_core.kernel.policy import Rate

PAUSE: Final = 1.0
"""Seconds between two attempts to come back; after a loss that follows a return at once, twice as many."""
LONGEST_PAUSE: Final = 30.0
STEADY: Final = 60.0
"""Seconds for which a server answers before its next failure counts as the first one."""

_PROBE: Final = (Window("probe", 0, 0, Rate(1_000, per=1)),)

_Ask: TypeAlias = Callable[[Sequence[Window]], Awaitable[Decision]]

_log: Final = logging.getLogger(__name__)


@final
class SharedLimiter:
    """Ask the shared limiter, and the local one where that fails; `watch` finds out when it answers again."""

    def __init__(self, shared: Limiter, local: Limiter) -> None:
        self._shared = shared
        self._local = local
        self._lost = asyncio.Event()

    async def acquire(self, windows: Sequence[Window], /) -> Decision:
        """See `Limiter`."""
        return await self._either(windows, self._shared.acquire, self._local.acquire)

    async def peek(self, windows: Sequence[Window], /) -> Decision:
        """See `Limiter`."""
        return await self._either(windows, self._shared.peek, self._local.peek)

    async def watch(self) -> None:
        """Try the server now, and after each loss until it answers again; runs until it is cancelled."""
        loop = asyncio.get_running_loop()
        returned, pause = -STEADY, PAUSE
        await self._try()
        while True:
            await self._lost.wait()
            pause = PAUSE if loop.time() - returned >= STEADY else min(pause * 2, LONGEST_PAUSE)
            while self._lost.is_set():
                await asyncio.sleep(pause)
                await self._try()
            returned = loop.time()

    async def _either(self, windows: Sequence[Window], shared: _Ask, local: _Ask) -> Decision:
        taken = None if self._lost.is_set() else await self._answer(shared(windows))
        return await local(windows) if taken is None else taken

    async def _try(self) -> None:
        if await self._answer(self._shared.acquire(_PROBE)) is not None and self._lost.is_set():
            self._lost.clear()
            _log.warning("Redis answers again: limits are shared by all processes from here on")

    async def _answer(self, asking: Awaitable[Decision]) -> Decision | None:
        """Wait for the server; none where it fails, whatever the library makes of what it met."""
        try:
            return await asking
        except Exception as error:  # noqa: BLE001  # what answers may be anything, and no call fails for it
            self._lose(error)
            return None

    def _lose(self, error: Exception) -> None:
        if not self._lost.is_set():  # nothing of the error but its sort: the rest may hold an address
            self._lost.set()
            sort = type(error).__name__
            _log.warning("Redis does not answer (%s): until it does, limits are counted in this process alone", sort)


@final
class UnusableUrlError(ValueError):
    """A URL with options or a database that can't exist."""


@asynccontextmanager
async def shared_limits(url: str, local: Limiter) -> AsyncIterator[Limiter]:
    """Share limits through the Redis at a URL for the length of the block; the server need not be there.

    Raises:
        UnusableUrlError: the URL names options or a database that there cannot be.
    """
    client = Redis.from_pool(_pool(url))
    redis = RedisLimiter(client)
    limiter = SharedLimiter(redis, local)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(client.aclose)
        stack.push_async_callback(redis.aclose)
        watching = asyncio.create_task(limiter.watch(), name="shared limits")
        stack.push_async_callback(_ended, watching)
        yield limiter


async def answers(url: str) -> bool:
    """Return whether the Redis at a URL answers, and counts.

    Raises:
        UnusableUrlError: see `shared_limits`.
    """
    async with AsyncExitStack() as stack:
        client = Redis.from_pool(_pool(url))
        stack.push_async_callback(client.aclose)
        limiter = RedisLimiter(client, PATIENCE * 4)
        stack.push_async_callback(limiter.aclose)
        try:
            await limiter.acquire(_PROBE)
        except Exception:  # noqa: BLE001  # the same: anything may answer
            return False
        return True


def _pool(url: str) -> ConnectionPool:
    try:
        pool = ConnectionPool.from_url(
            url,
            socket_timeout=None,  # `RoundTrips` measures how long the server takes, not how long our own loop does
            socket_connect_timeout=None,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
            driver_info=None,
        )
        pool.connection_class(**pool.connection_kwargs)  # it connects to nothing yet, but knows its options
    except (ValueError, TypeError, RedisError):
        raise UnusableUrlError("the URL cannot be used") from None  # the cause may hold a part of it
    return pool


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait({task})
