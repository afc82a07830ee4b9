"""The storage of every context in memory, and its unit of work."""

from types import TracebackType
from typing import Self, final

from twi_core.kernel.context import CallContext
from twi_memory.access import MemoryTokens, tokens_table
from twi_memory.links import MemoryLinks, links_table
from twi_memory.table import View


@final
class MemoryStore:
    """Hold all committed data of one process, and open units over it."""

    def __init__(self) -> None:
        self.links = links_table()
        self.tokens = tokens_table()

    def __call__(self, _: CallContext, /) -> "MemoryUnit":
        """Open a unit; see `Open`."""
        return MemoryUnit(self)


@final
class MemoryUnit:
    """Be a unit of work: what it writes is seen by nobody else until `commit`."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._entered = False

    async def __aenter__(self) -> Self:
        self._links = View(self._store.links)
        self._tokens = View(self._store.tokens)
        self._entered = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self._entered = False

    @property
    def links(self) -> MemoryLinks:
        """See `LinksUnit`."""
        self._check()
        return MemoryLinks(self._links)

    @property
    def tokens(self) -> MemoryTokens:
        """See `AccessUnit`."""
        self._check()
        return MemoryTokens(self._tokens)

    async def commit(self) -> None:
        """See `Unit`; nothing else runs between the check and the change."""
        self._check()
        views = (self._links, self._tokens)
        for view in views:
            view.check()
        for view in views:
            view.apply()
        self._entered = False

    def _check(self) -> None:
        if not self._entered:
            raise RuntimeError("a unit of work is used within `async with`, and no more after `commit()`")
