"""What occurred, and the bugs behind it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias, final

from twi_core.kernel.context import Origin
from twi_core.kernel.errors import Kind
from twi_core.kernel.ids import ChannelId, GuildId, UserId
from twi_core.kernel.paging import Position

KEPT: Final = timedelta(days=30)
"""How long an occurrence can be looked up."""
BUGS_KEPT: Final = timedelta(days=365)
"""How long a bug is known after it was last seen."""
NOTIFIED_EVERY: Final = timedelta(hours=1)
"""How long a bug that was notified is not notified again."""
NOTIFIED_WITHIN: Final = timedelta(days=1)
"""What was seen longer ago is notified no more."""
REFERENCE_LIMIT: Final = 40
NAME_LIMIT: Final = 100
"""Of an operation, or of what an entrypoint did."""
REFERENCES_LIMIT: Final = 10
"""How many references a bug keeps, the last ones."""
CHAIN_LIMIT: Final = 8
"""How many exceptions of a chain are looked at."""
TRACE_LIMIT: Final = 8_000
"""Characters of a bug's trace."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """Be one failure that somebody was told of, found by its reference, without anything that they had given.

    `operation` is none where an entrypoint refused before there was one. `fingerprint` names the bug behind it, if it
    was one. `more` counts further failures of the same caller in the same minute, which were not kept one by one.
    """

    reference: str
    at: datetime
    guild: GuildId | None
    actor: UserId | None
    channel: ChannelId | None
    origin: Origin
    operation: str | None
    code: str
    kind: Kind
    fingerprint: str | None = None
    more: int = 0

    def __add__(self, other: "Occurrence") -> "Occurrence":
        """Unite two notes of one call: the later one says what was told, and each what the other does not know."""
        later, earlier = (self, other) if self.at > other.at else (other, self)
        return replace(
            later,
            guild=later.guild or earlier.guild,
            actor=later.actor or earlier.actor,
            channel=later.channel or earlier.channel,
            operation=later.operation or earlier.operation,
            fingerprint=later.fingerprint or earlier.fingerprint,
            more=later.more + earlier.more,
        )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """Be an unexpected error, recognised by its fingerprint.

    `where` is the operation, or what an entrypoint did. `kinds` are the exception's type and those of its causes.
    `trace` says through which functions and lines it came and what it said, without secrets, as it was seen last.
    `references` are the last ones, the newest first.

    It is open until it is resolved, and again once it is seen after that. `count` and `first_seen_at` begin anew then,
    and `reopened` tells how many times that happened. `notified_count` is what `count` was at the last
    notification. `resolved_by` is none for the bot's operator at the command line.
    """

    fingerprint: str
    where: str
    kinds: tuple[str, ...]
    trace: str
    count: int
    first_seen_at: datetime
    last_seen_at: datetime
    references: tuple[str, ...]
    reopened: int = 0
    resolved_at: datetime | None = None
    resolved_by: UserId | None = None
    notified_at: datetime | None = None
    notified_count: int = 0

    @property
    def open(self) -> bool:
        """Return whether nobody has resolved it."""
        return self.resolved_at is None

    def __add__(self, seen: "Bug") -> "Bug":
        """Add what was seen of it; what was seen before it was resolved does not open it again."""
        newer = seen.last_seen_at >= self.last_seen_at
        later, earlier = (seen, self) if newer else (self, seen)
        references = (*later.references, *earlier.references)[:REFERENCES_LIMIT]
        if self.resolved_at is not None and seen.last_seen_at > self.resolved_at:
            return replace(seen, references=references, reopened=self.reopened + 1)
        return replace(
            self,
            trace=later.trace,
            count=self.count + seen.count,
            first_seen_at=min(self.first_seen_at, seen.first_seen_at),
            last_seen_at=later.last_seen_at,
            references=references,
        )

    def notification_due(self, now: datetime) -> bool:
        """Return whether it was seen lately, and since it was last notified, and that was long enough ago."""
        rested = self.notified_at is None or self.notified_at <= now - NOTIFIED_EVERY
        lately = self.last_seen_at > now - NOTIFIED_WITHIN
        return self.open and self.count > self.notified_count and rested and lately


Place: TypeAlias = tuple[datetime, str]
"""The place of a bug in a list: when it was last seen, and its fingerprint."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STEP: Final = timedelta(microseconds=1)
_LAST: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _STEP


def position(bug: Bug) -> Position:
    """Write the place of a bug for a cursor."""
    return (bug.fingerprint, (bug.last_seen_at - _EPOCH) // _STEP)


def place_at(position: Position) -> Place | None:
    """Read a place from a cursor; none where it is not of such a list."""
    fingerprint, passed = position
    return None if passed > _LAST else (_EPOCH + passed * _STEP, fingerprint)
