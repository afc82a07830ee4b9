"""Wait for what happens in another thread or process."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

PATIENCE: Final = 60.0
"""Seconds after which what a test waits for is given up: more than it takes on a machine kept busy by others."""


def wait_until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Look every 10 ms until the condition holds.

    Raises:
        AssertionError: it did not hold within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


async def eventually(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until the condition holds: look every 10 ms, while other tasks run.

    Raises:
        TimeoutError: it did not hold within `seconds`.
    """
    never = asyncio.Event()
    async with asyncio.timeout(seconds):
        while not condition():
            with suppress(TimeoutError):
                await asyncio.wait_for(never.wait(), 0.01)
