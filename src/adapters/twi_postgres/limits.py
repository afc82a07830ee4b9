"""Limit rules in PostgreSQL: the table, the mapping, the statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, final

from sqlalchemy import CheckConstraint, ColumnElement, Row, UniqueConstraint, and_, delete, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from twi_core.kernel.ids import GuildId, Snowflake, UserId
from twi_core.kernel.policy import Scope
from twi_core.limits import LIMITS
from twi_core.limits.domain import LimitRule, LimitRuleId, Place, Subject, SubjectKind
from twi_postgres.database.faults import reading
from twi_postgres.database.metadata import Base, Key, Moment
from twi_postgres.database.metadata import Snowflake as Id
from twi_postgres.database.transaction import Transaction
from twi_postgres.database.unit import PostgresUnit, Units


class LimitRuleRow(Base):
    """The row of a limit rule."""

    __tablename__ = "limit_rules"

    guild_id: Mapped[Id] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[Id] = mapped_column(primary_key=True, autoincrement=False)
    subject_kind: Mapped[str]
    subject_id: Mapped[Id]
    pattern: Mapped[Key]
    scope: Mapped[str]
    amount: Mapped[int | None]
    seconds: Mapped[int | None]
    set_by: Mapped[Id | None]
    set_at: Mapped[Moment]

    __table_args__ = (
        UniqueConstraint("guild_id", "subject_kind", "subject_id", "pattern", "scope", name="limit_rules_place_key"),
        CheckConstraint("subject_kind IN ('everyone', 'role', 'user')", "subject_kind"),
        CheckConstraint("char_length(pattern) BETWEEN 1 AND 100", "pattern"),
        CheckConstraint("scope = 'member' OR (scope = 'guild' AND subject_kind = 'everyone')", "scope"),
        CheckConstraint("amount BETWEEN 1 AND 1000", "amount"),
        CheckConstraint("seconds BETWEEN 1 AND 86400", "seconds"),
        CheckConstraint("(amount IS NULL) = (seconds IS NULL)", "exemption"),
    )


_RULE: Final = (
    LimitRuleRow.id,
    LimitRuleRow.guild_id,
    LimitRuleRow.subject_kind,
    LimitRuleRow.subject_id,
    LimitRuleRow.pattern,
    LimitRuleRow.scope,
    LimitRuleRow.amount,
    LimitRuleRow.seconds,
    LimitRuleRow.set_by,
    LimitRuleRow.set_at,
)


@final
class PostgresLimitRules:
    """Limit rules in PostgreSQL; see `LimitRules` for what each call promises."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_guild(self, guild: GuildId, /) -> Sequence[LimitRule]:
        """See `LimitRules`."""
        statement = select(*_RULE).where(LimitRuleRow.guild_id == guild).order_by(LimitRuleRow.id)
        return [_rule(row) for row in await self._transaction.rows(statement)]

    async def put(self, rule: LimitRule, /) -> LimitRule | None:
        """See `LimitRules`."""
        before = await self.remove(rule.guild, rule.place)
        values = {
            "id": rule.id,
            "guild_id": rule.guild,
            "subject_kind": rule.subject.kind.value,
            "subject_id": rule.subject.id,
            "pattern": rule.pattern,
            "scope": rule.scope.value,
            "amount": rule.amount,
            "seconds": rule.seconds,
            "set_by": rule.set_by,
            "set_at": rule.set_at,
        }
        await self._transaction.rows(insert(LimitRuleRow).values(values).returning(LimitRuleRow.id))
        return before

    async def count_to_add(self, guild: GuildId, /) -> int:
        """See `LimitRules`; a lock is held until the unit ends, as rows that don't exist yet can't be locked."""
        await self._transaction.advisory_lock("limit_rules", guild)
        counted = select(func.count()).where(LimitRuleRow.guild_id == guild)
        ((count,),) = await self._transaction.rows(counted)
        return count

    async def remove(self, guild: GuildId, place: Place, /) -> LimitRule | None:
        """See `LimitRules`."""
        rows = await self._transaction.rows(delete(LimitRuleRow).where(_is(guild, place)).returning(*_RULE))
        return _rule(rows[0]) if rows else None


def _is(guild: GuildId, place: Place) -> ColumnElement[bool]:
    subject, pattern, scope = place
    return and_(
        LimitRuleRow.guild_id == guild,
        LimitRuleRow.subject_kind == subject.kind.value,
        LimitRuleRow.subject_id == subject.id,
        LimitRuleRow.pattern == pattern,
        LimitRuleRow.scope == scope.value,
    )


def _rule(row: Row[int, int, str, int, str, str, int | None, int | None, int | None, datetime]) -> LimitRule:
    number, guild, kind, subject, pattern, scope, amount, seconds, set_by, set_at = row
    with reading():
        return LimitRule(
            id=LimitRuleId(number),
            guild=GuildId(guild),
            subject=Subject(SubjectKind(kind), Snowflake(subject)),
            pattern=pattern,
            scope=Scope(scope),
            amount=amount,
            seconds=seconds,
            set_by=None if set_by is None else UserId(set_by),
            set_at=set_at,
        )


@final
class PostgresLimitsUnit(PostgresUnit):
    """A unit of work over limit rules."""

    @property
    def limit_rules(self) -> PostgresLimitRules:
        """See `LimitsUnit`."""
        return PostgresLimitRules(self.usable())


UNITS: Final = Units(LIMITS, PostgresLimitsUnit)
