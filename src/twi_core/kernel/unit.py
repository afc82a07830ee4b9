"""The unit of work: one use case, one transaction."""

from types import TracebackType
from typing import Protocol, Self, TypeVar

from twi_core.kernel.context import CallContext
from twi_core.kernel.ids import GuildId


class Unit(Protocol):
    """Hold one transaction; leaving it without `commit()` undoes everything."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    def invalidate(self, topic: str, guild: GuildId, /) -> None:
        """Tell every process, once this is committed, that something under a topic has changed in a guild."""
        ...

    async def commit(self) -> None:
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
        """Give a unit that is entered with `async with`."""
        ...
