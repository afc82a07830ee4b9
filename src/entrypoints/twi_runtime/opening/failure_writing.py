"""Background writing of failures to the storage, notification of bugs, and removal of old records."""

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
"""Seconds between two checks for failures to write."""
LONGEST_PAUSE: Final = 30.0
"""The longest pause, in seconds, between attempts while the storage fails."""
NOTIFIED_EVERY: Final = 15.0
"""Seconds between two checks for bugs of other processes to notify."""
NOTIFIED_WITHIN: Final = 5.0
"""Seconds that a notifier may take over one bug; nothing is written meanwhile."""
PRUNED_EVERY: Final = 3600.0
FIRST_PRUNED: Final = 60.0
"""Seconds from its start until a process first removes old records."""
LAST_ATTEMPT: Final = 5.0
"""Seconds that the last write may take while the process ends."""

_log: Final = logging.getLogger(__name__)


@final
class LateNotifier:
    """The notifier of bugs: none, or the given one, until an entrypoint that reaches the operators supplies its own."""

    def __init__(self, otherwise: OperatorNotifier | None = None) -> None:
        self._otherwise = otherwise
        self.current = otherwise

    @contextmanager
    def known(self, notifier: OperatorNotifier) -> Iterator[None]:
        """Use a notifier for the duration of the block."""
        self.current = notifier
        try:
            yield
        finally:
            self.current = self._otherwise


@final
class _Bounded:
    """A notifier with a time limit: whatever the wrapped one does, it succeeds in time or raises `Unavailable`."""

    def __init__(self, notifier: OperatorNotifier) -> None:
        self._notifier = notifier

    async def notify(self, bug: Bug, /) -> None:
        """See `OperatorNotifier`."""
        try:
            async with asyncio.timeout(NOTIFIED_WITHIN):
                await self._notifier.notify(bug)
        except Exception as error:  # whatever a notifier does, failures go on being written
            raise Unavailable("the notifier of bugs failed") from error


@asynccontextmanager
async def writing_failures(records: FailureRecords, notifier: LateNotifier) -> AsyncIterator[None]:
    """Write failures in the background for the duration of the block, and the remaining ones at its end."""
    task = asyncio.create_task(_write(records, notifier), name="failures")
    task.add_done_callback(_log_end)
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
            written = await records.flush() or await records.flush()  # again, in case another process interfered
    except TimeoutError:
        written = False
    if not written:
        _log.warning("the last failures before the stop could not be stored")


def _log_end(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("writing failures stopped, which is a bug; restart the bot", exc_info=error)
