"""Write noted failures to the storage while the process runs and at its end, announce bugs, and forget old ones."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final, final

from twi_core.failures.domain import Bug
from twi_core.failures.ports import Announcer
from twi_core.failures.records import FailureRecords
from twi_core.kernel.faults import Unavailable

FLUSHED_EVERY: Final = 1.0
"""Seconds between two looks whether something is to be written."""
LONGEST_PAUSE: Final = 30.0
"""Seconds between attempts while the storage takes nothing."""
ANNOUNCED_EVERY: Final = 15.0
"""Seconds between two looks whether other processes noted a bug that is to be announced."""
ANNOUNCED_WITHIN: Final = 5.0
"""Seconds that an announcer may take over one bug: nothing is written meanwhile."""
PRUNED_EVERY: Final = 3600.0
FIRST_PRUNED: Final = 60.0
"""Seconds after its start when a process first removes what is old."""
LAST_ATTEMPT: Final = 5.0
"""Seconds that the last write may take, as the process ends."""

_log: Final = logging.getLogger(__name__)


@final
class LateAnnouncer:
    """Know who announces bugs: nobody, or who was given, until a door that reaches the operators brings another one."""

    def __init__(self, otherwise: Announcer | None = None) -> None:
        self._otherwise = otherwise
        self.current = otherwise

    @contextmanager
    def known(self, announcer: Announcer) -> Iterator[None]:
        """Use an announcer for the length of the block."""
        self.current = announcer
        try:
            yield
        finally:
            self.current = self._otherwise


@final
class _Bounded:
    """Be an announcer that keeps its promise, whatever the given one does: it tells in time, or cannot now."""

    def __init__(self, announcer: Announcer) -> None:
        self._announcer = announcer

    async def announce(self, bug: Bug, /) -> None:
        """See `Announcer`."""
        try:
            async with asyncio.timeout(ANNOUNCED_WITHIN):
                await self._announcer.announce(bug)
        except Exception as error:  # whatever an announcer does, failures are written on
            raise Unavailable("the announcer of bugs failed") from error


@asynccontextmanager
async def writing_failures(records: FailureRecords, announcer: LateAnnouncer) -> AsyncIterator[None]:
    """Write failures in the background for the length of the block, and what is left at its end."""
    task = asyncio.create_task(_write(records, announcer), name="failures")
    task.add_done_callback(_tell_end)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
        await _write_last(records)


async def _write(records: FailureRecords, announcer: LateAnnouncer) -> None:
    now = asyncio.get_running_loop().time
    pause, announced, prune_at = FLUSHED_EVERY, now(), now() + FIRST_PRUNED
    while True:
        await asyncio.sleep(pause)
        wrote = records.waiting
        pause = FLUSHED_EVERY if await records.flush() else min(pause * 2, LONGEST_PAUSE)
        if announcer.current is not None and (wrote or now() - announced >= ANNOUNCED_EVERY):
            announced = now()
            await records.announce(_Bounded(announcer.current))
        if now() >= prune_at:
            prune_at = now() + PRUNED_EVERY
            await records.prune()


async def _write_last(records: FailureRecords) -> None:
    try:
        async with asyncio.timeout(LAST_ATTEMPT):
            written = await records.flush() or await records.flush()  # again, where another process was in the way
    except TimeoutError:
        written = False
    if not written:
        _log.warning("the failures of the last moments could not be stored")


def _tell_end(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("failures are not written any more", exc_info=error)
