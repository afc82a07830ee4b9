"""Failures that occurred, and the bugs behind them."""

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
"""How long a bug is kept after it was last seen."""
NOTIFIED_EVERY: Final = timedelta(hours=1)
"""How long to wait before notifying the operators of the same bug again."""
NOTIFIED_WITHIN: Final = timedelta(days=1)
"""Bugs last seen longer ago than this aren't notified any more."""
REFERENCE_LIMIT: Final = 40
NAME_LIMIT: Final = 100
"""Maximum length of the name of an operation, or of what an entrypoint did."""
REFERENCES_LIMIT: Final = 10
"""How many references a bug keeps (the most recent ones)."""
CHAIN_LIMIT: Final = 8
"""How many exceptions of a chain are recorded."""
TRACE_LIMIT: Final = 8_000
"""Maximum length of a bug's trace, in characters."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One failure shown to someone, found by its reference; it holds nothing that they entered.

    `operation` is None if an entrypoint refused before there was one. `fingerprint` names the bug behind the failure,
    if there is one. `more` counts further failures of the same caller in the same minute that weren't kept
    individually.
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
        """Merge two notes of one call: the later one holds the answer, and each fills in what the other lacks."""
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
    """An unexpected error, identified by its fingerprint.

    `where` is the operation, or what an entrypoint did. `kinds` are the types of the exception and its causes. `trace`
    lists the functions, lines and messages of the latest occurrence, without secrets. `references` are the latest ones,
    newest first.

    A bug is open until it is resolved, and reopens when it is seen after that: `count` and `first_seen_at` then
    restart, and `reopened` counts how often this happened. `notified_count` is the value of `count` at the last
    notification. `resolved_by` is None for an operator at the command line.
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
        """Return whether the bug is unresolved."""
        return self.resolved_at is None

    def __add__(self, seen: "Bug") -> "Bug":
        """Add new occurrences; ones from before the bug was resolved don't reopen it."""
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
        """Return whether the bug was seen recently, also since the last notification, and that was long enough ago."""
        waited = self.notified_at is None or self.notified_at <= now - NOTIFIED_EVERY
        recently = self.last_seen_at > now - NOTIFIED_WITHIN
        return self.open and self.count > self.notified_count and waited and recently


Place: TypeAlias = tuple[datetime, str]
"""The place of a bug in a list: when it was last seen, and its fingerprint."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STEP: Final = timedelta(microseconds=1)
_LAST: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _STEP


def position(bug: Bug) -> Position:
    """Return the place of a bug as a cursor position."""
    return (bug.fingerprint, (bug.last_seen_at - _EPOCH) // _STEP)


def place_at(position: Position) -> Place | None:
    """Return the place that a cursor position stands for, or None if it belongs to another list."""
    fingerprint, passed = position
    return None if passed > _LAST else (_EPOCH + passed * _STEP, fingerprint)
