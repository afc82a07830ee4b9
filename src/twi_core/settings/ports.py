"""What settings need from a storage."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from twi_core.kernel.ids import GuildId
from twi_core.kernel.unit import Unit
from twi_core.settings.domain import SettingChange


class StoredSettings(Protocol):
    """The stored settings, as texts by key, and their history; each call only sees one guild's.

    Every call sees what its own unit has written.
    """

    async def of_guild(self, guild: GuildId, /) -> Mapping[str, str]:
        """Return everything that a guild has set."""
        ...

    async def of_guild_to_change(self, guild: GuildId, /) -> Mapping[str, str]:
        """Return the same, for a unit that is going to change some of it.

        Units that call this for one guild run one after another: none changes anything there between another's call and
        its commit, or one of the two gets a conflict.
        """
        ...

    async def put(self, change: SettingChange, /) -> None:
        """Store the new value of a setting, and add the change to the history.

        Raises:
            Conflict: the setting no longer is what it was before the change.
        """
        ...

    async def history(
        self, guild: GuildId, key: str | None, /, *, before: int | None, limit: int
    ) -> Sequence[SettingChange]:
        """Return the changes of one setting, or of all, latest first; only those with a smaller id than `before`."""
        ...


class SettingsUnit(Unit, Protocol):
    """A unit of work over settings."""

    @property
    def settings(self) -> StoredSettings:
        """Return the settings as this unit sees them."""
        ...
