"""What settings need of a storage."""

from collections.abc import Mapping
from typing import Protocol

from twi_core.kernel.ids import GuildId
from twi_core.kernel.unit import Unit


class StoredSettings(Protocol):
    """Keep what each guild has set, as texts by key; each call sees one guild's only."""

    async def of_guild(self, guild: GuildId, /) -> Mapping[str, str]:
        """Give everything that a guild has set."""
        ...


class SettingsUnit(Unit, Protocol):
    """Be a unit of work over settings."""

    @property
    def settings(self) -> StoredSettings:
        """Give the settings as this unit sees them."""
        ...
