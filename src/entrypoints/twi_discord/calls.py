"""Run what Discord sends, of whatever kind: counted for the drain, limited in time, with one net below it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Final, TypeAlias, final

from twi_core.kernel.context import CallContext
from twi_core.pipeline.trace import RunningCall, current_reference, running_call
from twi_discord.explain import TookTooLong, being_cancelled
from twi_runtime.drain import Drain

Told: TypeAlias = Callable[[BaseException], Awaitable[None]]
"""Take note of the exception that broke a call off, and answer whoever waits. It raises nothing."""

ENDING: Final = 2.0
"""Seconds in which calls that are broken off at the end may still answer."""


@final
class Calls:
    """Know the calls that run."""

    def __init__(self, drain: Drain) -> None:
        self._drain = drain
        self._running: set[asyncio.Task[object] | None] = set()

    @property
    def closed(self) -> bool:
        """Say whether new calls are to be refused."""
        return self._drain.closed

    @contextlib.asynccontextmanager
    async def one(self, what: str, call: CallContext, told: Told, *, limit: float | None) -> AsyncIterator[None]:
        """Run one call within the block, to its answer; nothing leaves the block but the end of its task.

        Args:
            what: What sort of call it is, for the log.
            call: Whose reference all log lines bear.
            told: Hears of every exception, of a cancellation too.
            limit: Seconds after which the block is broken off with `TookTooLong`.
        """
        current_reference.set(call.correlation_id)  # discord.py runs every event in a task of its own
        running_call.set(RunningCall(what, call))
        within = asyncio.timeout(limit)

        async def net(_: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> bool:
            if not isinstance(error, Exception | asyncio.CancelledError):
                return False
            await told(TookTooLong() if within.expired() else error)
            return isinstance(error, Exception) or not being_cancelled()

        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(self._drain.call())
            self._running.add(asyncio.current_task())
            stack.callback(self._running.discard, asyncio.current_task())
            stack.push_async_exit(net)
            await stack.enter_async_context(within)
            yield

    async def break_off(self) -> None:
        """Cancel the calls that still run, and give them a moment to answer."""
        running = {task for task in self._running if task is not None} - {asyncio.current_task()}
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=ENDING)
