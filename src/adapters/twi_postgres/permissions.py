"""Permission rules in PostgreSQL: the table, the mapping, the statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, final

from sqlalchemy import CheckConstraint, ColumnElement, Row, UniqueConstraint, and_, delete, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from twi_core.kernel.ids import GuildId, Snowflake, UserId
from twi_core.permissions import PERMISSIONS
from twi_core.permissions.domain import Effect, Rule, RuleId, Subject, SubjectKind
from twi_postgres.database.faults import reading
from twi_postgres.database.metadata import Base, Key, Moment
from twi_postgres.database.metadata import Snowflake as Id
from twi_postgres.database.transaction import Transaction
from twi_postgres.database.unit import PostgresUnit, Units


class PermissionRuleRow(Base):
    """The row of a permission rule."""

    __tablename__ = "permission_rules"

    guild_id: Mapped[Id] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[Id] = mapped_column(primary_key=True, autoincrement=False)
    subject_kind: Mapped[str]
    subject_id: Mapped[Id]
    pattern: Mapped[Key]
    effect: Mapped[str]
    reason: Mapped[str | None]
    set_by: Mapped[Id | None]
    set_at: Mapped[Moment]
    expires_at: Mapped[Moment | None]

    __table_args__ = (
        UniqueConstraint("guild_id", "subject_kind", "subject_id", "pattern", name="permission_rules_subject_key"),
        CheckConstraint("subject_kind IN ('user', 'role', 'channel')", "subject_kind"),
        CheckConstraint("effect IN ('allow', 'deny')", "effect"),
        CheckConstraint("char_length(pattern) BETWEEN 1 AND 100", "pattern"),
        CheckConstraint("char_length(reason) BETWEEN 1 AND 200", "reason"),
    )


_RULE: Final = (
    PermissionRuleRow.id,
    PermissionRuleRow.guild_id,
    PermissionRuleRow.subject_kind,
    PermissionRuleRow.subject_id,
    PermissionRuleRow.pattern,
    PermissionRuleRow.effect,
    PermissionRuleRow.reason,
    PermissionRuleRow.set_by,
    PermissionRuleRow.set_at,
    PermissionRuleRow.expires_at,
)


@final
class PostgresPermissionRules:
    """Permission rules in PostgreSQL; see `PermissionRules` for what each call promises."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_guild(self, guild: GuildId, /) -> Sequence[Rule]:
        """See `PermissionRules`."""
        statement = select(*_RULE).where(PermissionRuleRow.guild_id == guild).order_by(PermissionRuleRow.id)
        return [_rule(row) for row in await self._transaction.rows(statement)]

    async def put(self, rule: Rule, /) -> Rule | None:
        """See `PermissionRules`."""
        before = await self.remove(rule.guild, rule.subject, rule.pattern)
        values = {
            "id": rule.id,
            "guild_id": rule.guild,
            "subject_kind": rule.subject.kind.value,
            "subject_id": rule.subject.id,
            "pattern": rule.pattern,
            "effect": rule.effect.value,
            "reason": rule.reason,
            "set_by": rule.set_by,
            "set_at": rule.set_at,
            "expires_at": rule.expires_at,
        }
        await self._transaction.rows(insert(PermissionRuleRow).values(values).returning(PermissionRuleRow.id))
        return before

    async def count_to_add(self, guild: GuildId, /) -> int:
        """See `PermissionRules`; a lock is held until the unit ends, as rows that don't exist yet can't be locked."""
        await self._transaction.advisory_lock("permission_rules", guild)
        counted = select(func.count()).where(PermissionRuleRow.guild_id == guild)
        ((count,),) = await self._transaction.rows(counted)
        return count

    async def remove(self, guild: GuildId, subject: Subject, pattern: str, /) -> Rule | None:
        """See `PermissionRules`."""
        statement = delete(PermissionRuleRow).where(_is(guild, subject, pattern)).returning(*_RULE)
        rows = await self._transaction.rows(statement)
        return _rule(rows[0]) if rows else None

    async def remove_ended(self, guild: GuildId, before: datetime, /) -> None:
        """See `PermissionRules`."""
        ended = and_(PermissionRuleRow.guild_id == guild, PermissionRuleRow.expires_at < before)
        await self._transaction.changed(delete(PermissionRuleRow).where(ended))


def _is(guild: GuildId, subject: Subject, pattern: str) -> ColumnElement[bool]:
    return and_(
        PermissionRuleRow.guild_id == guild,
        PermissionRuleRow.subject_kind == subject.kind.value,
        PermissionRuleRow.subject_id == subject.id,
        PermissionRuleRow.pattern == pattern,
    )


def _rule(
    row: Row[int, int, str, int, str, str, str | None, int | None, datetime, datetime | None],
) -> Rule:
    number, guild, kind, subject, pattern, effect, reason, set_by, set_at, expires_at = row
    with reading():
        return Rule(
            id=RuleId(number),
            guild=GuildId(guild),
            subject=Subject(SubjectKind(kind), Snowflake(subject)),
            pattern=pattern,
            effect=Effect(effect),
            reason=reason,
            set_by=None if set_by is None else UserId(set_by),
            set_at=set_at,
            expires_at=expires_at,
        )


@final
class PostgresPermissionsUnit(PostgresUnit):
    """A unit of work over permission rules."""

    @property
    def permission_rules(self) -> PostgresPermissionRules:
        """See `PermissionsUnit`."""
        return PostgresPermissionRules(self.usable())


UNITS: Final = Units(PERMISSIONS, PostgresPermissionsUnit)
