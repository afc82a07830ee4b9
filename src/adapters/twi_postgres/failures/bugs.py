"""Bugs in PostgreSQL: the table, the mapping, the statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, final

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ColumnElement,
    Index,
    SQLColumnExpression,
    Text,
    and_,
    case,
    delete,
    func,
    null,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Mapped, mapped_column

from twi_core.failures.domain import NOTIFIED_EVERY, NOTIFIED_WITHIN, REFERENCES_LIMIT, Bug, Place
from twi_core.kernel.ids import UserId
from twi_postgres.database.faults import reading
from twi_postgres.database.metadata import Base, Key, Moment, Snowflake
from twi_postgres.database.transaction import Transaction
from twi_postgres.failures.occurrences import WideRow


class BugRow(Base):
    """The row of a bug."""

    __tablename__ = "bugs"

    fingerprint: Mapped[Key] = mapped_column(primary_key=True)
    happened_in: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    trace: Mapped[str]
    seen: Mapped[Snowflake]
    first_seen_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]
    last_references: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reopened: Mapped[int]
    resolved_at: Mapped[Moment | None]
    resolved_by: Mapped[Snowflake | None]
    notified_at: Mapped[Moment | None]
    notified_count: Mapped[Snowflake]

    __table_args__ = (
        Index(None, "last_seen_at", "fingerprint"),
        CheckConstraint("seen > 0", "seen"),
        CheckConstraint("resolved_at IS NOT NULL OR resolved_by IS NULL", "resolved_by"),
    )


_TABLE: Final = BugRow.__table__


@final
class PostgresBugs:
    """Bugs in PostgreSQL; see `Bugs` for what each call promises."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def count(self, seen: Sequence[Bug], /) -> None:
        """See `Bugs`."""
        if seen:
            statement = _added(insert(BugRow).values([_values(bug) for bug in seen]))
            await self._transaction.rows(statement.returning(BugRow.fingerprint))

    async def find(self, fingerprint: str, /) -> Bug | None:
        """See `Bugs`."""
        rows = await self._transaction.rows(select(_TABLE).where(BugRow.fingerprint == fingerprint))
        return _bug(rows[0]) if rows else None

    async def list(self, *, resolved: bool, after: Place | None, limit: int) -> Sequence[Bug]:
        """See `Bugs`."""
        statement = select(_TABLE).order_by(BugRow.last_seen_at.desc(), BugRow.fingerprint.desc()).limit(limit)
        if not resolved:
            statement = statement.where(BugRow.resolved_at.is_(None))
        if after is not None:
            statement = statement.where(tuple_(BugRow.last_seen_at, BugRow.fingerprint) < after)
        return [_bug(row) for row in await self._transaction.rows(statement)]

    async def resolve(self, fingerprint: str, by: UserId | None, at: datetime, /) -> Bug | None:
        """See `Bugs`."""
        statement = update(BugRow).where(BugRow.fingerprint == fingerprint, BugRow.resolved_at.is_(None))
        resolved = statement.values(resolved_at=at, resolved_by=by).returning(_TABLE)
        rows = await self._transaction.rows(resolved)
        return _bug(rows[0]) if rows else await self.find(fingerprint)

    async def notification_due(self, now: datetime, /, *, limit: int) -> Sequence[Bug]:
        """See `Bugs`."""
        newest = (BugRow.last_seen_at.desc(), BugRow.fingerprint.desc())
        rows = await self._transaction.rows(select(_TABLE).where(_due(now)).order_by(*newest).limit(limit))
        return [_bug(row) for row in rows]

    async def claim(self, fingerprint: str, now: datetime, /) -> Bug | None:
        """See `Bugs`; a second claim waits for the first and then finds the bug notified."""
        statement = update(BugRow).where(BugRow.fingerprint == fingerprint, _due(now))
        claimed = statement.values(notified_at=now, notified_count=BugRow.seen).returning(_TABLE)
        rows = await self._transaction.rows(claimed)
        return _bug(rows[0]) if rows else None

    async def release(self, before: Bug, claimed: Bug, /) -> None:
        """See `Bugs`."""
        statement = update(BugRow).where(
            BugRow.fingerprint == claimed.fingerprint, BugRow.notified_at == claimed.notified_at
        )
        await self._transaction.changed(
            statement.values(notified_at=before.notified_at, notified_count=before.notified_count)
        )

    async def remove(self, before: datetime, /, *, limit: int) -> int:
        """See `Bugs`."""
        old = select(BugRow.fingerprint).where(BugRow.last_seen_at < before).order_by(BugRow.last_seen_at).limit(limit)
        found = [fingerprint for (fingerprint,) in await self._transaction.rows(old)]
        unseen = and_(BugRow.fingerprint.in_(found), BugRow.last_seen_at < before)  # it may be seen again meanwhile
        return await self._transaction.changed(delete(BugRow).where(unseen))


def _due(now: datetime) -> ColumnElement[bool]:
    """Return the condition of `Bug.notification_due` in SQL."""
    return and_(
        BugRow.resolved_at.is_(None),
        BugRow.last_seen_at > now - NOTIFIED_WITHIN,
        BugRow.seen > BugRow.notified_count,
        or_(BugRow.notified_at.is_(None), BugRow.notified_at <= now - NOTIFIED_EVERY),
    )


def _added(statement: Insert) -> Insert:
    """Merge new sightings into the known row, as `Bug` does."""
    new, known = statement.excluded, BugRow
    newer = new.last_seen_at >= known.last_seen_at
    again = and_(known.resolved_at.is_not(None), new.last_seen_at > known.resolved_at)
    references = case(
        (newer, _last(new.last_references, known.last_references)),
        else_=_last(known.last_references, new.last_references),
    )
    return statement.on_conflict_do_update(
        index_elements=[known.fingerprint],
        set_={
            "trace": case((or_(again, newer), new.trace), else_=known.trace),
            "seen": case((again, new.seen), else_=known.seen + new.seen),
            "first_seen_at": case((again, new.first_seen_at), else_=func.least(known.first_seen_at, new.first_seen_at)),
            "last_seen_at": case((again, new.last_seen_at), else_=func.greatest(known.last_seen_at, new.last_seen_at)),
            "last_references": references,
            "reopened": case((again, known.reopened + 1), else_=known.reopened),
            "resolved_at": case((again, null()), else_=known.resolved_at),
            "resolved_by": case((again, null()), else_=known.resolved_by),
            "notified_at": case((again, null()), else_=known.notified_at),
            "notified_count": case((again, 0), else_=known.notified_count),
        },
    )


def _last(later: SQLColumnExpression[list[str]], earlier: SQLColumnExpression[list[str]]) -> ColumnElement[list[str]]:
    joined = func.array_cat(later, earlier, type_=ARRAY(Text))
    return joined[1:REFERENCES_LIMIT]


def _values(bug: Bug) -> dict[str, object]:
    return {
        "fingerprint": bug.fingerprint,
        "happened_in": bug.where,
        "kinds": list(bug.kinds),
        "trace": bug.trace,
        "seen": bug.count,
        "first_seen_at": bug.first_seen_at,
        "last_seen_at": bug.last_seen_at,
        "last_references": list(bug.references),
        "reopened": bug.reopened,
        "resolved_at": bug.resolved_at,
        "resolved_by": bug.resolved_by,
        "notified_at": bug.notified_at,
        "notified_count": bug.notified_count,
    }


def _bug(row: WideRow) -> Bug:
    with reading():
        return Bug(
            fingerprint=row.fingerprint,
            where=row.happened_in,
            kinds=tuple(row.kinds),
            trace=row.trace,
            count=row.seen,
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            references=tuple(row.last_references),
            reopened=row.reopened,
            resolved_at=row.resolved_at,
            resolved_by=None if row.resolved_by is None else UserId(row.resolved_by),
            notified_at=row.notified_at,
            notified_count=row.notified_count,
        )
