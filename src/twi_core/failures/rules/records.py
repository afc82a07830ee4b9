"""Write recorded failures to the storage, notify the operators of new bugs, and delete old records."""

import logging
from asyncio import Lock
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final, final

from twi_core.failures.domain import BUGS_KEPT, KEPT, Bug, Occurrence
from twi_core.failures.ports import FailuresUnit, OperatorNotifier
from twi_core.failures.rules.recording import FailureRecorder
from twi_core.kernel.context import CallContext, system_context
from twi_core.kernel.faults import Conflict, PortError, TimedOut, Unavailable
from twi_core.kernel.sources import Clock, IdSource
from twi_core.kernel.unit import UNAUDITED, Open

BATCHES_KEPT: Final = KEPT / 30
"""How long a batch is known to be written."""
NOTIFIED_AT_ONCE: Final = 5
REMOVED_AT_ONCE: Final = 500
ROUNDS: Final = 20
"""How many batches are deleted at most in one go, so that pruning never takes long."""
GIVEN_UP: Final = 200
"""How many failed notifications are remembered."""

_log: Final = logging.getLogger(__name__)


@final
@dataclass(frozen=True, slots=True)
class _Batch:
    """The contents of one transaction; its name ensures that it is written once even if a commit's answer is lost."""

    name: str
    occurrences: Sequence[Occurrence]
    bugs: Sequence[Bug]


@final
class FailureRecords:
    """The writer, notifier and pruner of failures, called now and then by the process; no method raises a fault."""

    def __init__(self, recorder: FailureRecorder, open_unit: Open[FailuresUnit], clock: Clock, ids: IdSource) -> None:
        self._recorder = recorder
        self._open_unit = open_unit
        self._clock = clock
        self._ids = ids
        self._unwritten: _Batch | None = None
        self._failing = False
        self._lock = Lock()
        self._given_up: dict[str, int] = {}

    @property
    def waiting(self) -> bool:
        """Return whether there is something to write."""
        return self._recorder.waiting or self._unwritten is not None

    async def flush(self) -> bool:
        """Write everything recorded so far; return False, and keep it, if the storage can't take it now."""
        async with self._lock:
            while (batch := self._next()) is not None:
                self._unwritten = batch  # until it is known to be written; a cancellation changes nothing
                try:
                    await self._write(batch)
                except (Unavailable, TimedOut, Conflict) as error:
                    self._log_outage(error)
                    return False
                except PortError as error:  # the storage would refuse it again
                    _log.error("%d failures could not be stored", len(batch.occurrences), exc_info=error)
                self._unwritten = None
        self._failing = False
        return True

    async def notify(self, notifier: OperatorNotifier) -> None:
        """Notify the operators of bugs that are due, each once even if other processes do the same.

        A bug that can't be notified waits until it occurs again.
        """
        try:
            async with self._open_unit(self._call()) as unit:
                due = await unit.bugs.notification_due(self._clock.now(), limit=NOTIFIED_AT_ONCE)
        except PortError as error:
            _log.info("cannot look for bugs to notify: %s", error)
            return
        for bug in due:
            if self._given_up.get(bug.fingerprint) != bug.count:
                await self._announce(bug, notifier)

    async def prune(self) -> None:
        """Delete records past their retention."""
        now = self._clock.now()
        try:
            for _ in range(ROUNDS):
                async with self._open_unit(self._call()) as unit:
                    removed = (
                        await unit.occurrences.remove(now - KEPT, now - BATCHES_KEPT, limit=REMOVED_AT_ONCE),
                        await unit.bugs.remove(now - BUGS_KEPT, limit=REMOVED_AT_ONCE),
                    )
                    await unit.commit(UNAUDITED)
                if max(removed) < REMOVED_AT_ONCE:
                    return
        except PortError as error:
            _log.info("old failures could not be deleted: %s", error)

    def _next(self) -> _Batch | None:
        if self._unwritten is not None:
            return self._unwritten
        if dropped := self._recorder.take_dropped():
            _log.warning("%d failures were not recorded: too many were waiting to be stored", dropped)
        if not self._recorder.waiting:
            return None
        occurrences, bugs = self._recorder.take()
        # Sorted, so that processes which write the same ones at once wait for each other instead of deadlocking.
        occurrences.sort(key=lambda each: each.reference)
        bugs.sort(key=lambda each: each.fingerprint)
        return _Batch(self._ids.new_reference(), occurrences, bugs)

    async def _write(self, batch: _Batch) -> None:
        async with self._open_unit(self._call()) as unit:
            if await unit.occurrences.begin(batch.name, self._clock.now()):
                await unit.bugs.count(batch.bugs)
                await unit.occurrences.keep(batch.occurrences)
                await unit.commit(UNAUDITED)

    def _log_outage(self, error: PortError) -> None:
        if not self._failing:
            _log.warning("failures cannot be stored and are waiting: %s", error)
        self._failing = True

    async def _announce(self, bug: Bug, notifier: OperatorNotifier) -> None:
        try:
            async with self._open_unit(self._call()) as unit:
                claimed = await unit.bugs.claim(bug.fingerprint, self._clock.now())
                await unit.commit(UNAUDITED)
        except PortError as error:
            _log.info("the operators cannot be notified of the bug %s now: %s", bug.fingerprint, error)
            return
        if claimed is None:
            return
        try:
            async with AsyncExitStack() as undone:
                undone.push_async_callback(self._release, bug, claimed)
                await notifier.notify(claimed)
                undone.pop_all()
        except PortError as error:
            _log.warning("the operators could not be notified of the bug %s", bug.fingerprint, exc_info=error)
            self._give_up(claimed)

    async def _release(self, before: Bug, claimed: Bug) -> None:
        async with self._open_unit(self._call()) as unit:
            await unit.bugs.release(before, claimed)
            await unit.commit(UNAUDITED)

    def _give_up(self, bug: Bug) -> None:
        if len(self._given_up) >= GIVEN_UP:
            del self._given_up[next(iter(self._given_up))]
        self._given_up[bug.fingerprint] = bug.count

    def _call(self) -> CallContext:
        return system_context(None, self._clock.now())
