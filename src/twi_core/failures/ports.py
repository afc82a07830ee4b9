"""What failures need of a storage, and of whoever tells the bot's operators."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from twi_core.failures.domain import Bug, Occurrence, Place
from twi_core.kernel.ids import UserId
from twi_core.kernel.unit import Unit


class Occurrences(Protocol):
    """Keep what people were refused."""

    async def begin(self, batch: str, now: datetime, /) -> bool:
        """Begin to write a batch of notes; false where it was written before, and must not be again."""
        ...

    async def keep(self, occurrences: Sequence[Occurrence], /) -> None:
        """Store notes, each reference once; what is known of one already is united with it, see `Occurrence`."""
        ...

    async def find(self, reference: str, /) -> Occurrence | None:
        """Return what a reference stands for."""
        ...

    async def remove(self, before: datetime, batches_before: datetime, /, *, limit: int) -> int:
        """Delete some of the occurrences and batches older than that, and say how many; at most `limit` of each."""
        ...


class Bugs(Protocol):
    """Keep bugs by their fingerprints."""

    async def count(self, seen: Sequence[Bug], /) -> None:
        """Add what was seen, each fingerprint once, to what is known; see `Bug`."""
        ...

    async def find(self, fingerprint: str, /) -> Bug | None:
        """Return a bug."""
        ...

    async def list(self, *, resolved: bool, after: Place | None, limit: int) -> Sequence[Bug]:
        """List open bugs, or with `resolved` all, in the descending order of their places."""
        ...

    async def resolve(self, fingerprint: str, by: UserId | None, at: datetime, /) -> Bug | None:
        """Store by whom and when a bug was resolved, unless it is already; give it as it is now, none if there is none.

        An operator at the command line is none.
        """
        ...

    async def notification_due(self, now: datetime, /, *, limit: int) -> Sequence[Bug]:
        """Give bugs that are to be notified, see `Bug`, the last seen first."""
        ...

    async def claim(self, fingerprint: str, now: datetime, /) -> Bug | None:
        """Mark a bug as notified now, and give it; none where it is not to be notified, as another process did."""
        ...

    async def release(self, before: Bug, claimed: Bug, /) -> None:
        """Take a claim back: mark the bug as it was before, unless it was marked otherwise since."""
        ...

    async def remove(self, before: datetime, /, *, limit: int) -> int:
        """Delete bugs that were last seen before that, at most `limit`, and say how many."""
        ...


class FailuresUnit(Unit, Protocol):
    """Be a unit of work over failures."""

    @property
    def occurrences(self) -> Occurrences:
        """Return the occurrences as this unit sees them."""
        ...

    @property
    def bugs(self) -> Bugs:
        """Return the bugs as this unit sees them."""
        ...


class OperatorNotifier(Protocol):
    """Tell those who run the bot."""

    async def notify(self, bug: Bug, /) -> None:
        """Tell of a bug.

        Raises:
            PortError: they cannot be told now.
        """
        ...
