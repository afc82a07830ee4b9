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
    """What a use case changed.

    `subject` names the thing within its context, as `link:123`. `before` and `after` are its states as domain values;
    `before` is none for something new, `after` for something that is gone.
    """

    subject: str
    before: object
    after: object


class _Nothing(Enum):
    UNAUDITED = "unaudited"
    UNCHANGED = "unchanged"


Unaudited: TypeAlias = Literal[_Nothing.UNAUDITED]
UNAUDITED: Final[Unaudited] = _Nothing.UNAUDITED
"""Committed in place of a change by what keeps its own records and is no change that anybody asks about later."""

Unchanged: TypeAlias = Literal[_Nothing.UNCHANGED]


def unchanged() -> Unchanged:
    """Return what a use case commits that was asked for a change and found everything as it should be."""
    return _Nothing.UNCHANGED


Committed: TypeAlias = Change | tuple[Change, ...] | Unaudited | Unchanged
"""What a use case says of itself when it commits; several changes of one call are a tuple."""


class Unit(Protocol):
    """One transaction; leaving it without `commit()` undoes everything."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    def invalidate(self, topic: str, guild: GuildId, /) -> None:
        """Make the caches of every process forget, once this is committed, what they hold of a guild under a topic."""
        ...

    async def commit(self, committed: Committed, /) -> None:
        """Make what was written last; the unit takes no further work.

        Raises:
            Conflict: somebody else changed the same thing; nothing was stored.
            Unavailable: the storage is gone; whether it was stored is not known.
        """
        ...


U_co = TypeVar("U_co", bound=Unit, covariant=True)


class Open(Protocol[U_co]):
    """Open a unit for one call."""

    def __call__(self, context: CallContext, /) -> U_co:
        """Return a unit that is entered with `async with`."""
        ...
