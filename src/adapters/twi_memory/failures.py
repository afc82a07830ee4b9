"""Failures in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import nlargest
from itertools import islice
from typing import Final, TypeVar, final

from twi_core.failures import FAILURES
from twi_core.failures.domain import Bug, Occurrence, Place
from twi_core.kernel.ids import UserId
from twi_memory.storage.table import Rows, View
from twi_memory.storage.unit import MemoryUnit, Units

R = TypeVar("R")


@final
@dataclass(frozen=True, slots=True)
class StoredBatch:
    """The record that a batch was written."""

    name: str
    at: datetime


def _together(_: object) -> None:
    """Put all rows in one group: they are found by name, not by guild."""


def _number(name: str) -> int:
    return int.from_bytes(name.encode())


OCCURRENCE_ROWS: Final = Rows[Occurrence](
    "occurrences", number=lambda row: _number(row.reference), unique=lambda row: row.reference, group=_together
)

BATCH_ROWS: Final = Rows[StoredBatch](
    "batches", number=lambda row: _number(row.name), unique=lambda row: row.name, group=_together
)

BUG_ROWS: Final = Rows[Bug](
    "bugs", number=lambda row: _number(row.fingerprint), unique=lambda row: row.fingerprint, group=_together
)


@final
class MemoryOccurrences:
    """Occurrences in memory; see `Occurrences` for what each call promises."""

    def __init__(self, rows: View[Occurrence], batches: View[StoredBatch]) -> None:
        self._rows = rows
        self._batches = batches

    async def begin(self, batch: str, now: datetime, /) -> bool:
        """See `Occurrences`."""
        return self._batches.insert(StoredBatch(batch, now))

    async def keep(self, occurrences: Sequence[Occurrence], /) -> None:
        """See `Occurrences`."""
        for each in occurrences:
            known = self._rows.find(each.reference)
            if known is None:
                self._rows.insert(each)
            else:
                self._rows.replace(known + each)

    async def find(self, reference: str, /) -> Occurrence | None:
        """See `Occurrences`."""
        return self._rows.find(reference)

    async def remove(self, before: datetime, batches_before: datetime, /, *, limit: int) -> int:
        """See `Occurrences`."""
        old = [row for row in self._rows.group(None) if row.at < before]
        old_batches = [row for row in self._batches.group(None) if row.at < batches_before]
        return max(_removed(self._rows, old, limit), _removed(self._batches, old_batches, limit))


@final
class MemoryBugs:
    """Bugs in memory; see `Bugs` for what each call promises."""

    def __init__(self, rows: View[Bug]) -> None:
        self._rows = rows

    async def count(self, seen: Sequence[Bug], /) -> None:
        """See `Bugs`."""
        for each in seen:
            known = self._rows.find(each.fingerprint)
            if known is None:
                self._rows.insert(each)
            else:
                self._rows.replace(known + each)

    async def find(self, fingerprint: str, /) -> Bug | None:
        """See `Bugs`."""
        return self._rows.find(fingerprint)

    async def list(self, *, resolved: bool, after: Place | None, limit: int) -> Sequence[Bug]:
        """See `Bugs`."""
        wanted = (bug for bug in self._rows.group(None) if resolved or bug.open)
        following = (bug for bug in wanted if after is None or _place(bug) < after)
        return nlargest(limit, following, key=_place)

    async def resolve(self, fingerprint: str, by: UserId | None, at: datetime, /) -> Bug | None:
        """See `Bugs`."""
        bug = self._rows.find(fingerprint)
        if bug is None or not bug.open:
            return bug
        return self._changed(replace(bug, resolved_at=at, resolved_by=by))

    async def notification_due(self, now: datetime, /, *, limit: int) -> Sequence[Bug]:
        """See `Bugs`."""
        return nlargest(limit, (bug for bug in self._rows.group(None) if bug.notification_due(now)), key=_place)

    async def claim(self, fingerprint: str, now: datetime, /) -> Bug | None:
        """See `Bugs`."""
        bug = self._rows.find(fingerprint)
        if bug is None or not bug.notification_due(now):
            return None
        return self._changed(replace(bug, notified_at=now, notified_count=bug.count))

    async def release(self, before: Bug, claimed: Bug, /) -> None:
        """See `Bugs`."""
        bug = self._rows.find(claimed.fingerprint)
        if bug is not None and bug.notified_at == claimed.notified_at:
            self._changed(replace(bug, notified_at=before.notified_at, notified_count=before.notified_count))

    async def remove(self, before: datetime, /, *, limit: int) -> int:
        """See `Bugs`."""
        return _removed(self._rows, [bug for bug in self._rows.group(None) if bug.last_seen_at < before], limit)

    def _changed(self, bug: Bug) -> Bug:
        self._rows.replace(bug)
        return bug


def _place(bug: Bug) -> Place:
    return (bug.last_seen_at, bug.fingerprint)


def _removed(rows: View[R], old: Sequence[R], limit: int) -> int:
    for row in islice(old, limit):
        rows.remove(row)
    return min(len(old), limit)


@final
class MemoryFailuresUnit(MemoryUnit):
    """A unit of work over failures."""

    @property
    def occurrences(self) -> MemoryOccurrences:
        """See `FailuresUnit`."""
        return MemoryOccurrences(self.view(OCCURRENCE_ROWS), self.view(BATCH_ROWS))

    @property
    def bugs(self) -> MemoryBugs:
        """See `FailuresUnit`."""
        return MemoryBugs(self.view(BUG_ROWS))


UNITS: Final = Units(FAILURES, MemoryFailuresUnit)
