"""Keep something of each guild at hand, fresh whenever it is announced to have changed."""

from asyncio import Lock
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar, final

from twi_core.kernel.announcements import Announcements
from twi_core.kernel.faults import PortError
from twi_core.kernel.ids import GuildId
from twi_core.kernel.sources import Clock

T = TypeVar("T")

MAX_AGE: Final = 60.0
"""Seconds after which a value is loaded anew although nothing was announced: the last resort where notifications are
lost without a word, as behind a pooler of transactions."""
GUILDS_LIMIT: Final = 10_000
"""More guilds than this are not kept at hand; the one loaded longest ago makes room."""


@final
class PerGuild(Generic[T]):
    """Load a value once for each guild; callers who come while it is loaded wait for the same load."""

    def __init__(
        self, topic: str, load: Callable[[GuildId], Awaitable[T]], announcements: Announcements, clock: Clock
    ) -> None:
        self._load = load
        self._announcements = announcements
        self._clock = clock
        self._kept: dict[GuildId, tuple[float, T]] = {}
        self._loading: dict[GuildId, Lock] = {}
        self._changes = 0
        announcements.subscribe(topic, self._forget)

    async def get(self, guild: GuildId, /) -> T:
        """Give the value; what was committed before this call is seen.

        Raises:
            PortError: it cannot be loaded.
        """
        kept = self._fresh(guild)
        if kept is not None:
            return kept[1]
        lock = self._loading.setdefault(guild, Lock())
        async with lock:
            kept = self._fresh(guild)
            if kept is not None:
                return kept[1]
            changes = self._changes
            value = await self._loaded(guild)
            if changes == self._changes:
                self._keep(guild, value)
            self._loading.pop(guild, None)
        return value

    async def _loaded(self, guild: GuildId) -> T:
        """Load, once more where the storage says that this may help."""
        try:
            return await self._load(guild)
        except PortError as error:
            if not error.retry:
                raise
        return await self._load(guild)

    def _fresh(self, guild: GuildId) -> tuple[float, T] | None:
        kept = self._kept.get(guild)
        if kept is None or not self._announcements.live or self._clock.monotonic() - kept[0] > MAX_AGE:
            return None
        return kept

    def _keep(self, guild: GuildId, value: T) -> None:
        self._kept.pop(guild, None)
        if len(self._kept) >= GUILDS_LIMIT:
            del self._kept[next(iter(self._kept))]
        self._kept[guild] = (self._clock.monotonic(), value)

    def _forget(self, guild: GuildId | None) -> None:
        self._changes += 1
        if guild is None:
            self._kept.clear()
        else:
            self._kept.pop(guild, None)
