"""A cache of one value for each guild, which forgets it when it is invalidated."""

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
"""Seconds after which a value is loaded anew although nothing was invalidated: the last resort where notifications are
lost without a word, as behind a pooler of transactions."""
GUILDS_LIMIT: Final = 10_000
"""More guilds than this are not cached; the one loaded longest ago makes room."""


@final
@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    value: T
    since: float


@final
class _Load(Generic[T]):
    """Be one load for all who wait until it has ended.

    Without a value or an error it was broken off, and somebody else may try. `stale` says that the value was
    invalidated since it began.
    """

    def __init__(self, since: float) -> None:
        self.since = since
        self.ended = Event()
        self.stale = False
        self.loaded: _Kept[T] | None = None
        self.error: Exception | None = None

    def failed(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None, /) -> None:
        """Take note of what ends it."""
        if isinstance(error, Exception):
            self.error = error


@final
class GuildCache(Generic[T]):
    """Load a value once for each guild; callers who come while it is loaded wait, and share what one load gives."""

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
        """Return the value at once; none where it is to be loaded, see `get`."""
        kept = self._fresh(guild)
        return None if kept is None else kept.value

    async def get(self, guild: GuildId, /) -> T:
        """Return the value; what was committed before this call is seen.

        Raises:
            PortError: it cannot be loaded.
        """
        kept = self._fresh(guild)
        return await self._shared(guild) if kept is None else kept.value

    async def _shared(self, guild: GuildId) -> T:
        """Wait for a load that sees what was committed before this call, or be the one who loads."""
        earlier = self._loading.get(guild)  # this one may not have seen it
        while (load := self._loading.get(guild)) is not None:
            await load.ended.wait()
            if load.error is not None:
                raise load.error.with_traceback(None)  # each who raises it would lengthen it for the next
            found = self._fresh(guild) if load is earlier else load.loaded
            if found is not None:
                return found.value
        return await self._lead(guild)

    async def _lead(self, guild: GuildId) -> T:
        """Load, and keep the value unless something was invalidated meanwhile."""
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
        """Load, once more where the storage says that this may help."""
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
