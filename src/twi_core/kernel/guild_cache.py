"""A cache of one value per guild, dropped when the value is invalidated."""

from asyncio import Event
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Generic, TypeVar, final

from twi_core.kernel.faults import PortError
from twi_core.kernel.ids import GuildId
from twi_core.kernel.invalidations import Invalidations
from twi_core.kernel.sources import Clock

T = TypeVar("T")

MAX_AGE: Final = 60.0
"""Seconds after which a value is reloaded without an invalidation.

A last resort in case notifications are lost silently, for instance behind a transaction pooler.
"""
GUILDS_LIMIT: Final = 10_000
"""How many guilds are cached; beyond that the oldest entry is evicted."""


@final
@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    value: T
    since: float


@final
class _Load(Generic[T]):
    """One load, shared by everyone who waits for it to end.

    Without a value or an error it was interrupted, and another caller may try. `stale` says that the value was
    invalidated since the load began.
    """

    def __init__(self, since: float) -> None:
        self.since = since
        self.ended = Event()
        self.stale = False
        self.loaded: _Kept[T] | None = None
        self.error: Exception | None = None

    def failed(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None, /) -> None:
        """Store the error that ended the load."""
        if isinstance(error, Exception):
            self.error = error


@final
class GuildCache(Generic[T]):
    """A cache that loads one value per guild; callers who arrive during a load wait for it and share its result."""

    def __init__(
        self, topic: str, load: Callable[[GuildId], Awaitable[T]], invalidations: Invalidations, clock: Clock
    ) -> None:
        self._load = load
        self._invalidations = invalidations
        self._clock = clock
        self._kept: dict[GuildId, _Kept[T]] = {}
        self._loading: dict[GuildId, _Load[T]] = {}
        invalidations.subscribe(topic, self._forget)

    def cached(self, guild: GuildId, /) -> T | None:
        """Return the cached value, or None if it has to be loaded with `get`."""
        kept = self._fresh(guild)
        return None if kept is None else kept.value

    async def get(self, guild: GuildId, /) -> T:
        """Return the value, including everything committed before this call.

        Raises:
            PortError: the value can't be loaded.
        """
        kept = self._fresh(guild)
        return await self._shared(guild) if kept is None else kept.value

    async def _shared(self, guild: GuildId) -> T:
        """Wait for a load that sees everything committed before this call, or start one."""
        earlier = self._loading.get(guild)  # it may have started before the latest commit
        while (load := self._loading.get(guild)) is not None:
            await load.ended.wait()
            if load.error is not None:
                raise load.error.with_traceback(None)  # so that it does not grow with each waiter
            found = self._fresh(guild) if load is earlier else load.loaded
            if found is not None:
                return found.value
        return await self._lead(guild)

    async def _lead(self, guild: GuildId) -> T:
        """Load the value, and cache it unless it was invalidated meanwhile."""
        load = self._loading[guild] = _Load[T](self._clock.monotonic())
        with ExitStack() as ended:
            ended.callback(load.ended.set)
            ended.push(load.failed)
            ended.callback(self._loading.pop, guild)
            value = await self._loaded(guild)
            load.loaded = _Kept(value, load.since)
            if self._invalidations.live and not load.stale:
                self._keep(guild, load.loaded)
        return value

    async def _loaded(self, guild: GuildId) -> T:
        """Load the value, retrying once if the storage says that it may help."""
        try:
            return await self._load(guild)
        except PortError as error:
            if not error.retry:
                raise
        return await self._load(guild)

    def _fresh(self, guild: GuildId) -> _Kept[T] | None:
        kept = self._kept.get(guild)
        if kept is None or not self._invalidations.live or self._clock.monotonic() - kept.since > MAX_AGE:
            return None
        return kept

    def _keep(self, guild: GuildId, kept: _Kept[T]) -> None:
        self._kept.pop(guild, None)
        if len(self._kept) >= GUILDS_LIMIT:
            del self._kept[next(iter(self._kept))]
        self._kept[guild] = kept

    def _forget(self, guild: GuildId | None) -> None:
        if guild is None:
            self._kept.clear()
            for load in self._loading.values():
                load.stale = True
            return
        self._kept.pop(guild, None)
        if guild in self._loading:
            self._loading[guild].stale = True
