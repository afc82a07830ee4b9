"""What failures need from a storage, and from the channel that notifies the operators."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from twi_core.failures.domain import Bug, Occurrence, Place
from twi_core.kernel.ids import UserId
from twi_core.kernel.unit import Unit


class Occurrences(Protocol):
    """The stored refusals and failures."""

    async def begin(self, batch: str, now: datetime, /) -> bool:
        """Start writing a batch of notes; return False if it was already written and must not be written again."""
        ...

    async def keep(self, occurrences: Sequence[Occurrence], /) -> None:
        """Store notes, one per reference; a note is merged with a stored one of its reference, see `Occurrence`."""
        ...

    async def find(self, reference: str, /) -> Occurrence | None:
        """Return the occurrence with a reference."""
        ...

    async def remove(self, before: datetime, batches_before: datetime, /, *, limit: int) -> int:
        """Delete occurrences and batches older than the given times, at most `limit` of each; return how many."""
        ...


class Bugs(Protocol):
    """The stored bugs, by fingerprint."""

    async def count(self, seen: Sequence[Bug], /) -> None:
        """Add occurrences, one per fingerprint, to the stored bugs; see `Bug`."""
        ...

    async def find(self, fingerprint: str, /) -> Bug | None:
        """Return the bug with a fingerprint."""
        ...

    async def list(self, *, resolved: bool, after: Place | None, limit: int) -> Sequence[Bug]:
        """List open bugs, or with `resolved` all of them, in descending order of place."""
        ...

    async def resolve(self, fingerprint: str, by: UserId | None, at: datetime, /) -> Bug | None:
        """Mark a bug as resolved, unless it already is, and return it as it is now, or None if there is no such bug.

        `by` is None for an operator at the command line.
        """
        ...

    async def notification_due(self, now: datetime, /, *, limit: int) -> Sequence[Bug]:
        """Return the bugs to notify, see `Bug`, most recently seen first."""
        ...

    async def claim(self, fingerprint: str, now: datetime, /) -> Bug | None:
        """Mark a bug as notified now and return it; None if it isn't due, or if another process was faster."""
        ...

    async def release(self, before: Bug, claimed: Bug, /) -> None:
        """Undo a claim: restore the bug's previous mark, unless it was changed since."""
        ...

    async def remove(self, before: datetime, /, *, limit: int) -> int:
        """Delete bugs last seen before a time, at most `limit`; return how many."""
        ...


class FailuresUnit(Unit, Protocol):
    """A unit of work over failures."""

    @property
    def occurrences(self) -> Occurrences:
        """Return the occurrences as this unit sees them."""
        ...

    @property
    def bugs(self) -> Bugs:
        """Return the bugs as this unit sees them."""
        ...


class OperatorNotifier(Protocol):
    """A channel to the bot's operators."""

    async def notify(self, bug: Bug, /) -> None:
        """Notify the operators of a bug.

        Raises:
            PortError: they can't be notified now.
        """
        ...
