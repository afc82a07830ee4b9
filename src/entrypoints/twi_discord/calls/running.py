"""How calls of every kind run: counted for the drain, with one net below them, cancelled in the end."""

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
"""Note the exception that ended a call, and answer the caller. It raises nothing."""

ENDING: Final = 0.6
"""Seconds in which calls that are cancelled at the end may still answer; a hurried process allows the bot 1."""


@final
class Running:
    """A call that runs; once it is `answering` it isn't cancelled."""

    def __init__(self) -> None:
        self.task = asyncio.current_task()
        self.answering = False


@final
class Calls:
    """The calls that run."""

    def __init__(self, drain: Drain) -> None:
        self._drain = drain
        self._running: set[Running] = set()

    @property
    def closed(self) -> bool:
        """Return whether new calls are to be refused."""
        return self._drain.closed

    @contextlib.asynccontextmanager
    async def one(self, what: str, call: CallContext, failed: ErrorHandler) -> AsyncIterator[Running]:
        """Run one call within the block, to its answer; nothing leaves the block but the end of its task.

        Args:
            what: What sort of call it is, for the log.
            call: Whose reference all log lines bear.
            failed: Called with every exception, a cancellation included.
        """
        current_reference.set(call.correlation_id)  # discord.py runs every event in a separate task
        running_call.set(RunningCall(what, call))
        running = Running()
        async with self._drain.call():
            self._running.add(running)
            try:
                yield running
            except (Exception, asyncio.CancelledError) as error:
                running.answering = True
                await failed(error)
                if not isinstance(error, Exception) and being_cancelled():
                    raise
            finally:
                self._running.discard(running)

    async def break_off(self) -> None:
        """Cancel the calls that have no answer yet, and leave all that run a moment to answer."""
        ending = {running.task for running in self._running if running.task is not None} - {asyncio.current_task()}
        for running in self._running:
            if running.task in ending and not running.answering:
                running.task.cancel()
        if ending:
            await asyncio.wait(ending, timeout=ENDING)


async def within(seconds: float, work: Awaitable[T], start: Callable[[Callable[[], None]], None] | None = None) -> T:
    """Wait for something no longer than so many seconds.

    They count from now, or from when `start` calls what it's called with, for work that hardly ever takes long.

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
        raised: Exception = TookTooLong() if limit.expired() else error
        raise raised from error.__cause__


def _at_once(begin: Callable[[], None]) -> None:
    begin()
