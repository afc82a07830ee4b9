"""Draining: running calls finish before the process ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, final

from twi_core.kernel.errors import Kind, define_error

STOPPING: Final = define_error(
    "runtime.stopping",
    Kind.UNAVAILABLE,
    message="The bot is being restarted.",
    hint="Try again in a minute.",
    cause="The call came while the process was stopping.",
)


@final
class Drain:
    """A counter of running calls; once closed, new calls are to be refused."""

    def __init__(self) -> None:
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False

    @property
    def closed(self) -> bool:
        """Return whether new calls are to be refused with `runtime.stopping`."""
        return self._closed

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        """Count a call as running for the duration of the block."""
        self._running += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()

    async def close(self, within: float) -> bool:
        """Refuse new calls and wait for the running ones; return False if some still run after `within` seconds."""
        self._closed = True
        try:
            async with asyncio.timeout(within):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True
