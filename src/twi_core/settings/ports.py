"""What settings need of a storage."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from twi_core.kernel.ids import GuildId
from twi_core.kernel.unit import Unit
from twi_core.settings.domain import SettingChange


class StoredSettings(Protocol):
    """Keep what each guild has set, as texts by key, and how it changed; each call sees one guild's only.

    All calls see what their own unit has written.
    """

    async def of_guild(self, guild: GuildId, /) -> Mapping[str, str]:
        """Give everything that a guild has set."""
        ...

    async def of_guild_to_change(self, guild: GuildId, /) -> Mapping[str, str]:
        """Return the same for whoever will change some of it.

        Units that ask so for one guild come one after another: none changes anything there between another one's
        asking and its commit, or one of the two is in conflict.
        """
        ...

    async def put(self, change: SettingChange, /) -> None:
        """Store what a setting is now, and add the change to the history.

        Raises:
            Conflict: the setting is not what it was before the change, any more.
        """
        ...

    async def history(
        self, guild: GuildId, key: str | None, /, *, before: int | None, limit: int
    ) -> Sequence[SettingChange]:
        """List the changes of one setting, or of all, the latest first; only those with a smaller id than `before`."""
        ...


class SettingsUnit(Unit, Protocol):
    """Be a unit of work over settings."""

    @property
    def settings(self) -> StoredSettings:
        """Return the settings as this unit sees them."""
        ...
