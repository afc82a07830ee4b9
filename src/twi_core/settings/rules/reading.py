"""Read settings of guilds through a cache: the application's `GuildSettings`."""

from collections.abc import Mapping
from typing import TypeVar, cast, final

from twi_core.kernel.context import system_context
from twi_core.kernel.guild_cache import GuildCache
from twi_core.kernel.ids import GuildId
from twi_core.kernel.invalidations import Invalidations
from twi_core.kernel.settings import SETTINGS_TOPIC, Setting, declared_settings
from twi_core.kernel.sources import Clock
from twi_core.kernel.unit import Open
from twi_core.settings.ports import SettingsUnit
from twi_core.settings.rules.values import effective

T = TypeVar("T")


@final
class ReadSettings:
    """A cached reader of each guild's values; a stored value that is no longer acceptable counts as not set."""

    def __init__(self, open_unit: Open[SettingsUnit], invalidations: Invalidations, clock: Clock) -> None:
        self._open_unit = open_unit
        self._clock = clock
        self._kept = GuildCache(SETTINGS_TOPIC, self._load, invalidations, clock)

    async def get(self, setting: Setting[T], guild: GuildId, /) -> T:
        """See `GuildSettings`."""
        return cast("T", (await self._kept.get(guild)).get(setting.key, setting.default))

    async def _load(self, guild: GuildId) -> Mapping[str, object]:
        async with self._open_unit(system_context(guild, self._clock.now())) as unit:
            found = await unit.settings.of_guild(guild)
        return {key: effective(setting, found[key]) for key, setting in declared_settings().items() if key in found}
