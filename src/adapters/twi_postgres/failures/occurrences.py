"""Occurrences of failures in PostgreSQL: the tables, the mapping, the statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias, final

from sqlalchemy import CheckConstraint, Index, Row, case, delete, func, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Mapped, mapped_column

from twi_core.failures.domain import Occurrence
from twi_core.kernel.context import Origin
from twi_core.kernel.errors import Kind
from twi_core.kernel.ids import ChannelId, GuildId, UserId
from twi_postgres.database.faults import reading
from twi_postgres.database.metadata import Base, Key, Moment, Snowflake
from twi_postgres.database.transaction import Transaction

WideRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row of more columns than SQLAlchemy has types for."""


class OccurrenceRow(Base):
    """The row of one failure that was reported to a person."""

    __tablename__ = "failure_occurrences"

    reference: Mapped[Key] = mapped_column(primary_key=True)
    at: Mapped[Moment]
    guild_id: Mapped[Snowflake | None]
    actor: Mapped[Snowflake | None]
    channel: Mapped[Snowflake | None]
    origin: Mapped[str]
    operation: Mapped[str | None]
    code: Mapped[str]
    kind: Mapped[str]
    fingerprint: Mapped[str | None]
    more: Mapped[int]

    __table_args__ = (Index(None, "at"), CheckConstraint("char_length(reference) BETWEEN 2 AND 40", "reference"))


class BatchRow(Base):
    """The row that records that a batch was written."""

    __tablename__ = "failure_batches"

    name: Mapped[Key] = mapped_column(primary_key=True)
    at: Mapped[Moment]

    __table_args__ = (Index(None, "at"),)


@final
class PostgresOccurrences:
    """Occurrences in PostgreSQL; see `Occurrences` for what each call promises."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def begin(self, batch: str, now: datetime, /) -> bool:
        """See `Occurrences`."""
        statement = insert(BatchRow).values(name=batch, at=now).on_conflict_do_nothing(index_elements=[BatchRow.name])
        return len(await self._transaction.rows(statement.returning(BatchRow.name))) == 1

    async def keep(self, occurrences: Sequence[Occurrence], /) -> None:
        """See `Occurrences`."""
        if occurrences:
            statement = _united(insert(OccurrenceRow).values([_values(each) for each in occurrences]))
            await self._transaction.rows(statement.returning(OccurrenceRow.reference))

    async def find(self, reference: str, /) -> Occurrence | None:
        """See `Occurrences`."""
        statement = select(OccurrenceRow.__table__).where(OccurrenceRow.reference == reference)
        rows = await self._transaction.rows(statement)
        return _occurrence(rows[0]) if rows else None

    async def remove(self, before: datetime, batches_before: datetime, /, *, limit: int) -> int:
        """See `Occurrences`."""
        old = select(OccurrenceRow.reference).where(OccurrenceRow.at < before).order_by(OccurrenceRow.at).limit(limit)
        batches = select(BatchRow.name).where(BatchRow.at < batches_before).order_by(BatchRow.at).limit(limit)
        # First found, then deleted: in one statement the planner may read a whole table for a few hundred rows.
        references = [reference for (reference,) in await self._transaction.rows(old)]
        names = [name for (name,) in await self._transaction.rows(batches)]
        return max(
            await self._transaction.changed(delete(OccurrenceRow).where(OccurrenceRow.reference.in_(references))),
            await self._transaction.changed(delete(BatchRow).where(BatchRow.name.in_(names))),
        )


def _united(statement: Insert) -> Insert:
    """Merge new facts about a reference into the known row, as `Occurrence` does."""
    new, known = statement.excluded, OccurrenceRow
    later = new.at >= known.at
    latest = {name: case((later, new[name]), else_=getattr(known, name)) for name in ("origin", "code", "kind")}
    completed = {
        name: func.coalesce(case((later, new[name])), getattr(known, name), new[name])
        for name in ("guild_id", "actor", "channel", "operation", "fingerprint")
    }
    return statement.on_conflict_do_update(
        index_elements=[known.reference],
        set_={"at": func.greatest(known.at, new.at), **latest, **completed, "more": known.more + new.more},
    )


def _values(occurrence: Occurrence) -> dict[str, object]:
    return {
        "reference": occurrence.reference,
        "at": occurrence.at,
        "guild_id": occurrence.guild,
        "actor": occurrence.actor,
        "channel": occurrence.channel,
        "origin": occurrence.origin.value,
        "operation": occurrence.operation,
        "code": occurrence.code,
        "kind": occurrence.kind.value,
        "fingerprint": occurrence.fingerprint,
        "more": occurrence.more,
    }


def _occurrence(row: WideRow) -> Occurrence:
    with reading():
        return Occurrence(
            reference=row.reference,
            at=row.at,
            guild=None if row.guild_id is None else GuildId(row.guild_id),
            actor=None if row.actor is None else UserId(row.actor),
            channel=None if row.channel is None else ChannelId(row.channel),
            origin=Origin(row.origin),
            operation=row.operation,
            code=row.code,
            kind=Kind(row.kind),
            fingerprint=row.fingerprint,
            more=row.more,
        )
