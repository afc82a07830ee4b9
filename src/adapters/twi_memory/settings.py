"""Guild settings in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from typing import Final, final

from twi_core.kernel.faults import Conflict
from twi_core.kernel.ids import GuildId
from twi_core.settings import SETTINGS
from twi_core.settings.domain import ChangeId, SettingChange
from twi_memory.storage.table import Rows, View
from twi_memory.storage.unit import MemoryUnit, Units


@final
@dataclass(frozen=True, slots=True)
class StoredSetting:
    """A guild's value for a key."""

    id: int
    guild: GuildId
    key: str
    value: str


SETTING_ROWS: Final = Rows[StoredSetting](
    "settings", number=lambda row: row.id, unique=lambda row: (row.guild, row.key), group=lambda row: row.guild
)


@final
@dataclass(frozen=True, slots=True)
class SettingsHead:
    """The last change in a guild; watching it serialises concurrent changes there."""

    guild: GuildId
    last: ChangeId


SETTING_HEAD_ROWS: Final = Rows[SettingsHead](
    "setting_heads", number=lambda head: head.guild, unique=lambda head: head.guild, group=lambda head: head.guild
)


SETTING_CHANGE_ROWS: Final = Rows[SettingChange](
    "setting_changes", number=lambda row: row.id, unique=lambda row: row.id, group=lambda row: row.guild
)


@final
class MemorySettings:
    """Guild settings in memory; see `StoredSettings` for what each call promises."""

    def __init__(self, rows: View[StoredSetting], changes: View[SettingChange], heads: View[SettingsHead]) -> None:
        self._rows = rows
        self._changes = changes
        self._heads = heads

    async def of_guild(self, guild: GuildId, /) -> Mapping[str, str]:
        """See `StoredSettings`."""
        return {row.key: row.value for row in self._rows.group(guild)}

    async def of_guild_to_change(self, guild: GuildId, /) -> Mapping[str, str]:
        """See `StoredSettings`."""
        self._heads.watch(SettingsHead(guild, ChangeId(1)))
        return await self.of_guild(guild)

    async def put(self, change: SettingChange, /) -> None:
        """See `StoredSettings`."""
        row = self._rows.find((change.guild, change.key))
        if (None if row is None else row.value) != change.before:
            raise Conflict("the setting was changed meanwhile")
        if change.after is None:
            if row is not None:
                self._rows.remove(row)
        elif row is None:
            self._rows.insert(StoredSetting(change.id, change.guild, change.key, change.after))
        else:
            self._rows.replace(replace(row, value=change.after))
        if not self._changes.insert(change):
            raise Conflict("the id is taken")
        head = SettingsHead(change.guild, change.id)
        if not self._heads.insert(head):
            self._heads.replace(head)

    async def history(
        self, guild: GuildId, key: str | None, /, *, before: int | None, limit: int
    ) -> Sequence[SettingChange]:
        """See `StoredSettings`."""
        found = (
            change
            for change in self._changes.group(guild)
            if (key is None or change.key == key) and (before is None or change.id < before)
        )
        return nlargest(limit, found, key=lambda change: change.id)


@final
class MemorySettingsUnit(MemoryUnit):
    """A unit of work over settings."""

    @property
    def settings(self) -> MemorySettings:
        """See `SettingsUnit`."""
        return MemorySettings(self.view(SETTING_ROWS), self.view(SETTING_CHANGE_ROWS), self.view(SETTING_HEAD_ROWS))


UNITS: Final = Units(SETTINGS, MemorySettingsUnit)
