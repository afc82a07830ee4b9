"""Guild settings in PostgreSQL: the tables, the mapping, the statements."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, final

from sqlalchemy import CheckConstraint, Index, Row, and_, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from twi_core.kernel.faults import Conflict
from twi_core.kernel.ids import GuildId, UserId
from twi_core.settings import SETTINGS
from twi_core.settings.domain import ChangeId, SettingChange
from twi_postgres.database.faults import reading
from twi_postgres.database.metadata import Base, Key, Moment, Snowflake
from twi_postgres.database.transaction import Transaction
from twi_postgres.database.unit import PostgresUnit, Units


class SettingRow(Base):
    """The row of a guild's value for a key."""

    __tablename__ = "guild_settings"

    guild_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[Key] = mapped_column(primary_key=True)
    value: Mapped[str]

    __table_args__ = (CheckConstraint("char_length(key) BETWEEN 1 AND 100", "key"),)


class SettingChangeRow(Base):
    """The row of a change to a setting."""

    __tablename__ = "guild_setting_changes"

    guild_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[Key]
    before: Mapped[str | None]
    after: Mapped[str | None]
    changed_by: Mapped[Snowflake | None]
    changed_at: Mapped[Moment]

    __table_args__ = (
        CheckConstraint("char_length(key) BETWEEN 1 AND 100", "key"),
        CheckConstraint("before IS DISTINCT FROM after", "after"),
        Index(None, "guild_id", "key", "id"),
    )


_CHANGE: Final = (
    SettingChangeRow.id,
    SettingChangeRow.guild_id,
    SettingChangeRow.key,
    SettingChangeRow.before,
    SettingChangeRow.after,
    SettingChangeRow.changed_by,
    SettingChangeRow.changed_at,
)


@final
class PostgresSettings:
    """Guild settings in PostgreSQL; see `StoredSettings` for what each call promises."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_guild(self, guild: GuildId, /) -> Mapping[str, str]:
        """See `StoredSettings`."""
        statement = select(SettingRow.key, SettingRow.value).where(SettingRow.guild_id == guild)
        return {row.key: row.value for row in await self._transaction.rows(statement)}

    async def of_guild_to_change(self, guild: GuildId, /) -> Mapping[str, str]:
        """See `StoredSettings`; a lock is held until the unit ends, even on settings that have no value yet."""
        await self._transaction.advisory_lock("guild_settings", guild)
        return await self.of_guild(guild)

    async def put(self, change: SettingChange, /) -> None:
        """See `StoredSettings`."""
        if change.before is None and change.after is not None:
            values = {"guild_id": change.guild, "key": change.key, "value": change.after}
            # If another transaction set it first, the primary key makes that a conflict.
            await self._transaction.rows(insert(SettingRow).values(values).returning(SettingRow.key))
        else:
            await self._replace(change)
        await self._transaction.rows(insert(SettingChangeRow).values(_values(change)).returning(SettingChangeRow.id))

    async def history(
        self, guild: GuildId, key: str | None, /, *, before: int | None, limit: int
    ) -> Sequence[SettingChange]:
        """See `StoredSettings`."""
        statement = select(*_CHANGE).where(SettingChangeRow.guild_id == guild)
        if key is not None:
            statement = statement.where(SettingChangeRow.key == key)
        if before is not None:
            statement = statement.where(SettingChangeRow.id < before)
        rows = await self._transaction.rows(statement.order_by(SettingChangeRow.id.desc()).limit(limit))
        return [_change(row) for row in rows]

    async def _replace(self, change: SettingChange) -> None:
        was = and_(SettingRow.guild_id == change.guild, SettingRow.key == change.key, SettingRow.value == change.before)
        statement = delete(SettingRow) if change.after is None else update(SettingRow).values(value=change.after)
        if await self._transaction.changed(statement.where(was)) == 0:
            raise Conflict("the setting was changed meanwhile")


def _values(change: SettingChange) -> Mapping[str, object]:
    return {
        "id": change.id,
        "guild_id": change.guild,
        "key": change.key,
        "before": change.before,
        "after": change.after,
        "changed_by": change.changed_by,
        "changed_at": change.changed_at,
    }


def _change(row: Row[int, int, str, str | None, str | None, int | None, datetime]) -> SettingChange:
    number, guild, key, before, after, changed_by, changed_at = row
    with reading():
        return SettingChange(
            id=ChangeId(number),
            guild=GuildId(guild),
            key=key,
            before=before,
            after=after,
            changed_by=None if changed_by is None else UserId(changed_by),
            changed_at=changed_at,
        )


@final
class PostgresSettingsUnit(PostgresUnit):
    """A unit of work over settings."""

    @property
    def settings(self) -> PostgresSettings:
        """See `SettingsUnit`."""
        return PostgresSettings(self.usable())


UNITS: Final = Units(SETTINGS, PostgresSettingsUnit)
