"""Settings of guilds in PostgreSQL: the table, the mapping, the statements."""

from collections.abc import Mapping
from typing import final

from sqlalchemy import CheckConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from twi_core.kernel.ids import GuildId
from twi_postgres.metadata import Base, Key, Snowflake
from twi_postgres.transaction import Transaction


class SettingRow(Base):
    """Hold what a guild has set for a key."""

    __tablename__ = "guild_settings"

    guild_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[Key] = mapped_column(primary_key=True)
    value: Mapped[str]

    __table_args__ = (CheckConstraint("char_length(key) BETWEEN 1 AND 100", "key"),)


@final
class PostgresSettings:
    """Keep settings; see `StoredSettings` for what each call promises."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_guild(self, guild: GuildId, /) -> Mapping[str, str]:
        """See `StoredSettings`."""
        statement = select(SettingRow.key, SettingRow.value).where(SettingRow.guild_id == guild)
        return {row.key: row.value for row in await self._transaction.rows(statement)}
