"""Run what Discord sends, of whatever kind: counted for the drain, with one net below it, broken off in the end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, TypeAlias, TypeVar, final

from twi_core.kernel.context import CallContext
from twi_core.pipeline.trace import RunningCall, current_reference, running_call
from twi_discord.calls.explain import TookTooLong, being_cancelled
from twi_runtime.process.drain import Drain

T = TypeVar("T")

ErrorHandler: TypeAlias = Callable[[BaseException], Awaitable[None]]
"""Take note of the exception that broke a call off, and answer whoever waits. It raises nothing."""

ENDING: Final = 0.6
"""Seconds in which calls that are broken off at the end may still answer; a hurried process gives the bot 1."""


@final
class Running:
    """Be a call that runs; once it is `answering` it is let end."""

    def __init__(self) -> None:
        self.task = asyncio.current_task()
        self.answering = False


@final
class Calls:
    """Know the calls that run."""

    def __init__(self, drain: Drain) -> None:
        self._drain = drain
        self._running: set[Running] = set()

    @property
    def closed(self) -> bool:
        """Return whether new calls are to be refused."""
        return self._drain.closed

    @contextlib.asynccontextmanager
    async def one(self, what: str, call: CallContext, told: ErrorHandler) -> AsyncIterator[Running]:
        """Run one call within the block, to its answer; nothing leaves the block but the end of its task.

        Args:
            what: What sort of call it is, for the log.
            call: Whose reference all log lines bear.
            told: Hears of every exception, of a cancellation too.
        """
        current_reference.set(call.correlation_id)  # discord.py runs every event in a task of its own
        running_call.set(RunningCall(what, call))
        running = Running()
        async with self._drain.call():
            self._running.add(running)
            try:
                yield running
            except (Exception, asyncio.CancelledError) as error:
                running.answering = True
                await told(error)
                if not isinstance(error, Exception) and being_cancelled():
                    raise
            finally:
                self._running.discard(running)

    async def break_off(self) -> None:
        """Cancel the calls that have no answer yet, and give all that run a moment to give theirs."""
        ending = {running.task for running in self._running if running.task is not None} - {asyncio.current_task()}
        for running in self._running:
            if running.task in ending and not running.answering:
                running.task.cancel()
        if ending:
            await asyncio.wait(ending, timeout=ENDING)


async def within(seconds: float, work: Awaitable[T], start: Callable[[Callable[[], None]], None] | None = None) -> T:
    """Wait for something no longer than so many seconds.

    They count from now, or from when what `start` is given is called, for work that hardly ever takes long.

    Raises:
        TookTooLong: it was cancelled, because it would have taken longer.
    """
    limit = asyncio.timeout(None)

    def begin() -> None:
        limit.reschedule(asyncio.get_running_loop().time() + seconds)

    try:
        async with limit:
            (start or _at_once)(begin)
            return await work
    except TimeoutError as error:  # the limit's, or one that came up from below
        told: Exception = TookTooLong() if limit.expired() else error
        raise told from error.__cause__


def _at_once(begin: Callable[[], None]) -> None:
    begin()
