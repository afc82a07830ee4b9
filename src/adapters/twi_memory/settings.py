"""Settings of guilds in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from twi_core.kernel.ids import GuildId
from twi_memory.table import Table, View


@final
@dataclass(frozen=True, slots=True)
class StoredSetting:
    """Hold what a guild has set for a key."""

    id: int
    guild: GuildId
    key: str
    value: str


def settings_table() -> Table[StoredSetting]:
    """Make the table of settings: a guild has one value for a key."""
    return Table(lambda row: row.id, lambda row: (row.guild, row.key), lambda row: row.guild)


@final
class MemorySettings:
    """Keep settings; see `StoredSettings` for what each call promises."""

    def __init__(self, rows: View[StoredSetting]) -> None:
        self._rows = rows

    async def of_guild(self, guild: GuildId, /) -> Mapping[str, str]:
        """See `StoredSettings`."""
        return {row.key: row.value for row in self._rows.group(guild)}
