"""The unit of work: one use case, one transaction."""

from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import Final, Literal, Protocol, Self, TypeAlias, TypeVar, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.ids import GuildId


@final
@dataclass(frozen=True, slots=True)
class Change:
    """A change that a use case made.

    `subject` names the thing within its context, for instance `link:123`. `before` and `after` are its states as domain
    values; `before` is None for something new, `after` for something deleted.
    """

    subject: str
    before: object
    after: object


class _Nothing(Enum):
    UNAUDITED = "unaudited"
    UNCHANGED = "unchanged"


Unaudited: TypeAlias = Literal[_Nothing.UNAUDITED]
UNAUDITED: Final[Unaudited] = _Nothing.UNAUDITED
"""Committed instead of a change by work that keeps its own records or isn't worth auditing."""

Unchanged: TypeAlias = Literal[_Nothing.UNCHANGED]


def unchanged() -> Unchanged:
    """Return what a use case commits when it was called to make a change and found nothing to do."""
    return _Nothing.UNCHANGED


Committed: TypeAlias = Change | tuple[Change, ...] | Unaudited | Unchanged
"""What a use case reports when it commits; several changes of one call are a tuple."""


class Unit(Protocol):
    """A transaction; leaving it without `commit()` undoes everything."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    def invalidate(self, topic: str, guild: GuildId, /) -> None:
        """Make the caches of every process drop a guild's values under a topic once this is committed."""
        ...

    async def commit(self, committed: Committed, /) -> None:
        """Commit what was written; the unit takes no further work.

        Raises:
            Conflict: someone else changed the same thing; nothing was stored.
            Unavailable: the storage is gone; it's unknown whether the changes were stored.
        """
        ...


U_co = TypeVar("U_co", bound=Unit, covariant=True)


class Open(Protocol[U_co]):
    """A factory of units, one per call."""

    def __call__(self, context: CallContext, /) -> U_co:
        """Return a unit to enter with `async with`."""
        ...
