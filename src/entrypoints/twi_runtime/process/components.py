"""The parts of a process: opened in order, closed in reverse, and none of them can hang it."""

import asyncio
import logging
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self, TypeVar, final

from twi_core.kernel.errors import AppError, Kind, define_error
from twi_runtime.process.exits import RuntimeFailure

START_TIMED_OUT: Final = define_error(
    "runtime.start_timed_out",
    Kind.TIMEOUT,
    message="The part “{part}” didn't start within {seconds} seconds.",
    hint="Read the log lines before this one, and run `twi doctor`.",
    cause="A part of the process, such as the Discord bot or the database server, hung while it started.",
    example={"part": "discord", "seconds": 10},
)

START_TIMEOUT: Final = 60.0
STOP_TIMEOUT: Final = 15.0
LAST_GRACE: Final = 1.0
"""Seconds that a part may take to end once it was cancelled."""

T = TypeVar("T")

_log: Final = logging.getLogger(__name__)


@final
@dataclass(frozen=True, slots=True)
class _Part:
    """An open part; the task that entered it waits for `leave`, then leaves it."""

    name: str
    stop_timeout: float
    leave: asyncio.Event
    task: "asyncio.Task[None]"


@final
class Components:
    """The open parts; leaving closes them, last one first.

    Each part is entered and left in a separate task, so that one that hangs can be abandoned.
    """

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        self._hurry = asyncio.Event()
        self.failed: list[str] = []
        self.abandoned: list[str] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open(
        self,
        name: str,
        manager: AbstractAsyncContextManager[T],
        *,
        start_timeout: float = START_TIMEOUT,
        stop_timeout: float = STOP_TIMEOUT,
    ) -> T:
        """Enter a part and return what it yields.

        Raises:
            RuntimeFailure: `runtime.start_timed_out`; the part was cancelled. What the part raises is raised too.
        """
        opened: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        leave = asyncio.Event()
        task = asyncio.create_task(_live(manager, opened, leave), name=f"part {name}")
        part = _Part(name, stop_timeout, leave, task)
        try:
            either: tuple[asyncio.Future[Any], ...] = (opened, task)
            await asyncio.wait(either, timeout=start_timeout, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await self._abandon(part, stop_timeout)
            raise
        if opened.done():
            self._parts.append(part)
            return opened.result()
        if task.done():
            await task
            raise RuntimeError(f"{name} ended before it had started")
        await self._abandon(part, LAST_GRACE)
        raise RuntimeFailure(AppError(START_TIMED_OUT, {"part": name, "seconds": round(start_timeout)}))

    def hurry(self) -> None:
        """Allow each part only a moment to close from now on."""
        self._hurry.set()

    async def close(self) -> None:
        """Close every part, last one first; `failed` names those that failed or were late.

        Those that could not even be cancelled are in `abandoned`.
        """
        while self._parts:
            await self._end(self._parts.pop())

    async def _end(self, part: _Part) -> None:
        """Ask a part to leave; cancel it when its time is up; abandon it if that does not help."""
        part.leave.set()
        hurry = asyncio.create_task(self._hurry.wait())
        try:
            await asyncio.wait({part.task, hurry}, timeout=part.stop_timeout, return_when=asyncio.FIRST_COMPLETED)
            if not part.task.done() and hurry.done():
                await asyncio.wait({part.task}, timeout=LAST_GRACE)
        finally:
            hurry.cancel()
        if not part.task.done():
            await self._abandon(part, LAST_GRACE)
            self.failed.append(part.name)
            _log.error("%s did not close in time", part.name)
        elif not part.task.cancelled() and (error := part.task.exception()) is not None:
            self.failed.append(part.name)
            _log.error("%s failed while closing", part.name, exc_info=error)

    async def _abandon(self, part: _Part, grace: float) -> None:
        """Cancel a part, and abandon it if that does not help."""
        part.leave.set()  # if it is entered after all, it is left again at once
        part.task.cancel()
        await asyncio.wait({part.task}, timeout=grace)
        if not part.task.done():
            self.abandoned.append(part.name)
            _log.error("%s does not end even when cancelled; continuing without it", part.name)
        elif not part.task.cancelled() and (error := part.task.exception()) is not None:
            _log.info("%s failed while being cancelled", part.name, exc_info=error)


async def _live(manager: AbstractAsyncContextManager[T], opened: "asyncio.Future[T]", leave: asyncio.Event) -> None:
    async with manager as value:
        if not opened.cancelled():
            opened.set_result(value)
        await leave.wait()
