"""A process that asks a limiter in Redis, following lines of JSON: `python -m tests.integration.redis.actor URL`."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TypeAlias, final

import redis.asyncio

from twi_cache.limiter import RedisLimiter
from twi_core.kernel.limiting import Window
from twi_core.kernel.policy import Rate

ROOT = Path(__file__).parents[3]

Moment: TypeAlias = tuple[float, float]
"""When a call was made and when it was answered; it counted in between."""


@final
class Actor:
    """One such process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def burst(self, calls: int, *, at: float, amount: int, per: float) -> list[Moment]:
        """Make calls, all at one moment, and return the moments of those that were allowed."""
        return await self._ask({"calls": calls, "at": at, "amount": amount, "per": per})

    async def press(self, seconds: float, *, amount: int, per: float) -> list[Moment]:
        """Call without a pause for a while, and return the moments of those that were allowed."""
        return await self._ask({"seconds": seconds, "amount": amount, "per": per})

    async def ready(self) -> None:
        """Wait until it listens."""
        assert self._process.stdout is not None
        assert await self._process.stdout.readline() == b"ready\n"

    async def _ask(self, request: dict[str, float]) -> list[Moment]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        answer: list[Moment] = json.loads(await self._process.stdout.readline())
        return answer


@asynccontextmanager
async def acting(url: str, actors: int) -> AsyncIterator[list[Actor]]:
    """Start processes for the length of the block."""
    async with AsyncExitStack() as stack:
        found: list[Actor] = []
        for _ in range(actors):
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.integration.redis.actor", url),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                cwd=ROOT,
                limit=2**20,
            )
            stack.push_async_callback(process.wait)
            assert process.stdin is not None
            stack.callback(process.stdin.close)
            found.append(Actor(process))
        for actor in found:
            await actor.ready()
        yield found


async def act(url: str) -> None:
    """Follow commands until the input ends."""
    async with redis.asyncio.Redis.from_url(url, protocol=2, max_connections=100) as client:
        limiter = RedisLimiter(client)
        await client.ping()
        print("ready", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            request = json.loads(line)
            windows = [Window("test.burst", 1, 1, Rate(request["amount"], per=request["per"]))]
            allowed: list[Moment] = []

            async def call(allowed: list[Moment] = allowed, windows: list[Window] = windows) -> None:
                asked = time.monotonic()
                if (await limiter.acquire(windows)).wait == 0.0:
                    allowed.append((asked, time.monotonic()))

            if "calls" in request:
                time.sleep(max(request["at"] - time.monotonic(), 0))  # noqa: ASYNC251  # nothing else runs here
                await asyncio.gather(*(call() for _ in range(request["calls"])))
            else:
                end = time.monotonic() + request["seconds"]
                while time.monotonic() < end:
                    await call()
            print(json.dumps(allowed), flush=True)


if __name__ == "__main__":
    asyncio.run(act(sys.argv[1]))
