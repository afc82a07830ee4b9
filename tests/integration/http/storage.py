"""A storage that fails when it is told to, as one outside the process may."""

import asyncio
from types import TracebackType
from typing import Self

from twi_core.kernel.context import CallContext
from twi_core.kernel.ids import GuildId
from twi_memory.failures import MemoryBugs, MemoryOccurrences
from twi_memory.limits import MemoryLimitRules
from twi_memory.links import MemoryLinks
from twi_memory.permissions import MemoryPermissionRules
from twi_memory.settings import MemorySettings
from twi_memory.storage.store import MemoryStore, MemoryUnit
from twi_memory.tokens import MemoryTokens


class FaultyStore:
    """Keep what is stored in memory; while `fault` is set, raise it; while there is a `gate`, wait for it.

    With `calls_only`, the tokens can still be read, so that a fault strikes the call itself.
    """

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.fault: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.entered = asyncio.Event()
        self.calls_only = True

    def __call__(self, context: CallContext, /) -> "FaultyUnit":
        """Open a unit."""
        return FaultyUnit(self, struck=context.actor is not None or not self.calls_only)


class FaultyUnit:
    """Be a unit of the memory storage that fails when it is entered."""

    def __init__(self, owner: FaultyStore, *, struck: bool) -> None:
        self._owner = owner
        self._struck = struck
        self._inner = MemoryUnit(owner.store)

    async def __aenter__(self) -> Self:
        if self._struck and self._owner.fault is not None:
            raise self._owner.fault
        if self._struck and self._owner.gate is not None:
            self._owner.entered.set()
            await self._owner.gate.wait()
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        await self._inner.__aexit__(kind, error, trace)

    @property
    def links(self) -> MemoryLinks:
        """Give the links."""
        return self._inner.links

    @property
    def permission_rules(self) -> MemoryPermissionRules:
        """Give the rules."""
        return self._inner.permission_rules

    @property
    def settings(self) -> MemorySettings:
        """Give the settings."""
        return self._inner.settings

    @property
    def occurrences(self) -> MemoryOccurrences:
        """Give the occurrences."""
        return self._inner.occurrences

    @property
    def bugs(self) -> MemoryBugs:
        """Give the bugs."""
        return self._inner.bugs

    @property
    def limit_rules(self) -> MemoryLimitRules:
        """Give the rules about limits."""
        return self._inner.limit_rules

    def invalidate(self, topic: str, guild: GuildId, /) -> None:
        """Announce it."""
        self._inner.invalidate(topic, guild)

    @property
    def tokens(self) -> MemoryTokens:
        """Give the tokens."""
        return self._inner.tokens

    async def commit(self) -> None:
        """Commit."""
        await self._inner.commit()
