"""Write noted failures to the storage while the process runs and at its end, notify bugs, and forget old ones."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final, final

from twi_core.failures.domain import Bug
from twi_core.failures.ports import OperatorNotifier
from twi_core.failures.rules.records import FailureRecords
from twi_core.kernel.faults import Unavailable

FLUSHED_EVERY: Final = 1.0
"""Seconds between two looks whether something is to be written."""
LONGEST_PAUSE: Final = 30.0
"""Seconds between attempts while the storage takes nothing."""
NOTIFIED_EVERY: Final = 15.0
"""Seconds between two looks whether other processes noted a bug that is to be notified."""
NOTIFIED_WITHIN: Final = 5.0
"""Seconds that an notifier may take over one bug: nothing is written meanwhile."""
PRUNED_EVERY: Final = 3600.0
FIRST_PRUNED: Final = 60.0
"""Seconds after its start when a process first removes what is old."""
LAST_ATTEMPT: Final = 5.0
"""Seconds that the last write may take, as the process ends."""

_log: Final = logging.getLogger(__name__)


@final
class LateNotifier:
    """The notifier of bugs: none, or the given one, until an entrypoint that reaches the operators brings its own."""

    def __init__(self, otherwise: OperatorNotifier | None = None) -> None:
        self._otherwise = otherwise
        self.current = otherwise

    @contextmanager
    def known(self, notifier: OperatorNotifier) -> Iterator[None]:
        """Use an notifier for the length of the block."""
        self.current = notifier
        try:
            yield
        finally:
            self.current = self._otherwise


@final
class _Bounded:
    """Be an notifier that keeps its promise, whatever the given one does: it tells in time, or cannot now."""

    def __init__(self, notifier: OperatorNotifier) -> None:
        self._announcer = notifier

    async def notify(self, bug: Bug, /) -> None:
        """See `OperatorNotifier`."""
        try:
            async with asyncio.timeout(NOTIFIED_WITHIN):
                await self._announcer.notify(bug)
        except Exception as error:  # whatever an notifier does, failures are written on
            raise Unavailable("the notifier of bugs failed") from error


@asynccontextmanager
async def writing_failures(records: FailureRecords, notifier: LateNotifier) -> AsyncIterator[None]:
    """Write failures in the background for the length of the block, and what is left at its end."""
    task = asyncio.create_task(_write(records, notifier), name="failures")
    task.add_done_callback(_tell_end)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
        await _write_last(records)


async def _write(records: FailureRecords, notifier: LateNotifier) -> None:
    now = asyncio.get_running_loop().time
    pause, notified, prune_at = FLUSHED_EVERY, now(), now() + FIRST_PRUNED
    while True:
        await asyncio.sleep(pause)
        wrote = records.waiting
        pause = FLUSHED_EVERY if await records.flush() else min(pause * 2, LONGEST_PAUSE)
        if notifier.current is not None and (wrote or now() - notified >= NOTIFIED_EVERY):
            notified = now()
            await records.notify(_Bounded(notifier.current))
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
