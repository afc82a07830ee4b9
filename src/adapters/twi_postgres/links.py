"""Links in PostgreSQL: the table, the mapping, the statements. `docs/indexes.md` shows which index serves which."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeAlias, final

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Index,
    Row,
    Select,
    UniqueConstraint,
    delete,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, aliased, mapped_column

from twi_core.kernel.faults import Conflict
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.paging import Position
from twi_core.kernel.text import name_key, natural_key, spelled, words
from twi_core.links import LINKS
from twi_core.links.domain import Link, LinkId, Suggestion, Tag
from twi_postgres.database.faults import Duplicate, reading
from twi_postgres.database.metadata import Base, Key, Moment, Snowflake
from twi_postgres.database.patterns import beginning_with, containing
from twi_postgres.database.spelling import beginning, searched
from twi_postgres.database.transaction import Transaction
from twi_postgres.database.unit import PostgresUnit, Units

TITLE_TAKEN: Final = "links_guild_id_title_key_key"


class LinkRow(Base):
    """The row of a link, with what its title, tag and content are found by."""

    __tablename__ = "links"

    guild_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str]
    title_key: Mapped[Key]
    title_words: Mapped[Key]
    sort_key: Mapped[Key]
    content: Mapped[str]
    tag: Mapped[str | None]
    tag_key: Mapped[Key | None]
    words: Mapped[Key]
    preview: Mapped[bool]
    added_by: Mapped[Snowflake | None]
    added_at: Mapped[Moment]
    changed_by: Mapped[Snowflake | None]
    changed_at: Mapped[Moment]

    __table_args__ = (
        UniqueConstraint("guild_id", "title_key"),
        CheckConstraint("char_length(title) BETWEEN 1 AND 100", "title"),
        CheckConstraint("char_length(content) BETWEEN 1 AND 1500", "content"),
        CheckConstraint("char_length(tag) BETWEEN 1 AND 50", "tag"),
        CheckConstraint("(tag IS NULL) = (tag_key IS NULL)", "tag_key"),
        Index(None, "guild_id", "tag_key", "sort_key", "id"),
        Index(None, "guild_id", "sort_key", "id"),
        Index(None, "guild_id", "changed_at", "id"),
        Index(None, "title_words", postgresql_using="gin", postgresql_ops={"title_words": "gin_trgm_ops"}),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )


_LINK: Final = (
    LinkRow.id,
    LinkRow.guild_id,
    LinkRow.title,
    LinkRow.content,
    LinkRow.tag,
    LinkRow.preview,
    LinkRow.added_by,
    LinkRow.added_at,
    LinkRow.changed_by,
    LinkRow.changed_at,
)
LinkSelect: TypeAlias = Select[int, int, str, str, str | None, bool, int | None, datetime, int | None, datetime]
LinkRecord: TypeAlias = Row[int, int, str, str, str | None, bool, int | None, datetime, int | None, datetime]
_SUGGESTION: Final = (LinkRow.id, LinkRow.title, LinkRow.tag, LinkRow.changed_at)


@final
class PostgresLinks:
    """Links in PostgreSQL; see `Links` for what each call promises."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, link: Link, /) -> bool:
        """See `Links`."""
        statement = insert(LinkRow).values(guild_id=link.guild, id=link.id, **_values(link))
        statement = statement.on_conflict_do_nothing(constraint=TITLE_TAKEN)
        return len(await self._transaction.rows(statement.returning(LinkRow.id))) == 1

    async def find(self, guild: GuildId, key: str, /) -> Link | None:
        """See `Links`."""
        return await self._one(_found(guild, key))

    async def find_to_change(self, guild: GuildId, key: str, /) -> Link | None:
        """See `Links`; the row stays locked until the unit ends."""
        return await self._one(_found(guild, key).with_for_update())

    async def replace(self, link: Link, /) -> bool:
        """See `Links`."""
        statement = update(LinkRow).where(*_identity(link)).values(**_values(link))
        try:
            async with self._transaction.savepoint():
                changed = await self._transaction.changed(statement)
        except Duplicate as error:
            if error.constraint != TITLE_TAKEN:
                raise
            return False
        _check_there(changed)
        return True

    async def remove(self, link: Link, /) -> None:
        """See `Links`."""
        _check_there(await self._transaction.changed(delete(LinkRow).where(*_identity(link))))

    async def tags(self, guild: GuildId, /, *, after: Position | None, limit: int) -> Sequence[Tag]:
        """See `Links`."""
        if after is not None and not after[0]:
            return []
        following = LinkRow.tag_key.is_not(None) if after is None else LinkRow.tag_key > after[0]
        found = await self._counted(guild, following, limit)
        if len(found) < limit:
            untagged = select(func.count()).where(LinkRow.guild_id == guild, LinkRow.tag_key.is_(None))
            ((links,),) = await self._transaction.rows(untagged)
            found += [Tag(None, links)] if links else []
        return found

    async def of_tag(
        self, guild: GuildId, tag_key: str | None, /, *, after: Position | None, limit: int
    ) -> Sequence[Link]:
        """See `Links`."""
        filed = LinkRow.tag_key.is_(None) if tag_key is None else LinkRow.tag_key == tag_key
        return await self._listed(guild, (filed,), after, limit)

    async def search(
        self, guild: GuildId, words: Sequence[str], /, *, after: Position | None, limit: int
    ) -> Sequence[Link]:
        """See `Links`."""
        starts = [beginning(word) for word in words]
        if None in starts:
            return []
        held = [containing(LinkRow.words, start) for start in starts if start is not None]
        return await self._listed(guild, held, after, limit)

    async def tags_beginning(self, guild: GuildId, key: str, /, *, limit: int) -> Sequence[Tag]:
        """See `Links`."""
        return await self._counted(guild, beginning_with(LinkRow.tag_key, key), limit)

    async def resembling(self, guild: GuildId, key: str, /, *, limit: int) -> Sequence[Suggestion]:
        """See `Links`."""
        here = select(*_SUGGESTION).where(LinkRow.guild_id == guild).limit(limit)
        recent = (LinkRow.changed_at.desc(), LinkRow.id.desc())
        if not key:
            return list((await self._suggested(here.order_by(*recent))).values())
        started = here.where(beginning_with(LinkRow.title_key, key)).order_by(LinkRow.title_key)
        found = await self._suggested(started)
        if len(found) >= limit or not any(len(word) >= 3 for word in words(key)):
            return list(found.values())
        typed = spelled(key)
        held = here.where(containing(LinkRow.title_words, typed), containing(LinkRow.title_key, key))
        found |= await self._suggested(held.order_by(*recent))
        if len(found) < limit:
            trigrams = await self._transaction.trigrams()
            alike = here.where(trigrams.alike(LinkRow.title_words, typed))
            nearest = trigrams.distance(LinkRow.title_words, typed)
            found |= await self._suggested(alike.order_by(nearest, *recent))
        return list(found.values())

    async def _one(self, statement: LinkSelect) -> Link | None:
        rows = await self._transaction.rows(statement)
        return _link(rows[0]) if rows else None

    async def _listed(
        self, guild: GuildId, conditions: Sequence[ColumnElement[bool]], after: Position | None, limit: int
    ) -> Sequence[Link]:
        statement = select(*_LINK).where(LinkRow.guild_id == guild, *conditions)
        if after is not None:
            statement = statement.where(tuple_(LinkRow.sort_key, LinkRow.id) > after)
        rows = await self._transaction.rows(statement.order_by(LinkRow.sort_key, LinkRow.id).limit(limit))
        return [_link(row) for row in rows]

    async def _counted(self, guild: GuildId, condition: ColumnElement[bool], limit: int) -> list[Tag]:
        """Count by tag key within an index, then fetch each tag's spelling from its link with the smallest id."""
        counted = (
            select(LinkRow.tag_key, func.min(LinkRow.id).label("first"), func.count().label("links"))
            .where(LinkRow.guild_id == guild, LinkRow.tag_key.is_not(None), condition)
            .group_by(LinkRow.tag_key)
            .order_by(LinkRow.tag_key)
            .limit(limit)
            .subquery()
        )
        first = aliased(LinkRow)
        statement = (
            select(first.tag, counted.c.links)
            .join(counted, first.id == counted.c.first)
            .where(first.guild_id == guild)
            .order_by(counted.c.tag_key)
        )
        return [Tag(tag, links) for tag, links in await self._transaction.rows(statement)]

    async def _suggested(self, statement: Select[int, str, str | None, datetime]) -> dict[int, Suggestion]:
        rows = await self._transaction.rows(statement)
        return {number: Suggestion(title, tag, changed_at) for number, title, tag, changed_at in rows}


def _found(guild: GuildId, key: str) -> LinkSelect:
    return select(*_LINK).where(LinkRow.guild_id == guild, LinkRow.title_key == key)


def _identity(link: Link) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (LinkRow.guild_id == link.guild, LinkRow.id == link.id)


def _check_there(changed: int) -> None:
    if changed == 0:
        raise Conflict("the link was deleted meanwhile")


def _values(link: Link) -> dict[str, object]:
    return {
        "title": link.title,
        "title_key": link.key,
        "title_words": spelled(link.title),
        "sort_key": natural_key(link.title),
        "content": link.content,
        "tag": link.tag,
        "tag_key": None if link.tag is None else name_key(link.tag),
        "words": searched(link.title, link.tag or "", link.content),
        "preview": link.preview,
        "added_by": link.added_by,
        "added_at": link.added_at,
        "changed_by": link.changed_by,
        "changed_at": link.changed_at,
    }


def _link(row: LinkRecord) -> Link:
    number, guild, title, content, tag, preview, added_by, added_at, changed_by, changed_at = row
    with reading():
        return Link(
            id=LinkId(number),
            guild=GuildId(guild),
            title=title,
            content=content,
            tag=tag,
            preview=preview,
            added_by=None if added_by is None else UserId(added_by),
            added_at=added_at,
            changed_by=None if changed_by is None else UserId(changed_by),
            changed_at=changed_at,
        )


@final
class PostgresLinksUnit(PostgresUnit):
    """A unit of work over links."""

    @property
    def links(self) -> PostgresLinks:
        """See `LinksUnit`."""
        return PostgresLinks(self.usable())


UNITS: Final = Units(LINKS, PostgresLinksUnit)
