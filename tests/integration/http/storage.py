"""A storage that fails when a test says so, as one outside the process may."""

import asyncio
from types import TracebackType
from typing import Any, Self

from typing_extensions import override

from tests.every import Around
from twi_core.kernel.context import CallContext
from twi_memory.storage.store import MemoryStore


class FaultyStore(Around):
    """A storage in memory; while `fault` is set, units raise it; while there is a `gate`, they wait for it.

    With `calls_only`, the tokens can still be read, so that a fault strikes the call itself.
    """

    def __init__(self) -> None:
        self.store = MemoryStore()
        super().__init__(self.store)
        self.fault: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.entered = asyncio.Event()
        self.calls_only = True

    @override
    def wrap(self, unit: Any, context: CallContext) -> Any:
        return FaultyUnit(self, unit, struck=context.actor is not None or not self.calls_only)


class FaultyUnit:
    """A unit of the memory storage that fails when it is entered."""

    def __init__(self, owner: FaultyStore, inner: Any, *, struck: bool) -> None:
        self._owner = owner
        self._struck = struck
        self._inner = inner

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

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
