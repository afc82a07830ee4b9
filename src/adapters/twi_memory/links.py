"""Links in memory."""

from collections.abc import Iterable, Sequence
from heapq import nlargest, nsmallest
from typing import Final, final

from twi_core.kernel.ids import GuildId
from twi_core.kernel.paging import Position
from twi_core.kernel.text import SIMILAR, name_key, similarity, trigrams, words
from twi_core.links import LINKS
from twi_core.links.domain import Link, Suggestion, Tag
from twi_memory.storage.table import Rows, View
from twi_memory.storage.unit import MemoryUnit, Units

LINK_ROWS: Final = Rows[Link](
    "links", number=lambda link: link.id, unique=lambda link: (link.guild, link.key), group=lambda link: link.guild
)


@final
class MemoryLinks:
    """Links in memory; see `Links` for what each call promises."""

    def __init__(self, rows: View[Link]) -> None:
        self._rows = rows

    async def add(self, link: Link, /) -> bool:
        """See `Links`."""
        return self._rows.insert(link)

    async def find(self, guild: GuildId, key: str, /) -> Link | None:
        """See `Links`."""
        return self._rows.find((guild, key))

    async def find_to_change(self, guild: GuildId, key: str, /) -> Link | None:
        """See `Links`."""
        link = self._rows.find((guild, key))
        if link is not None:
            self._rows.watch(link)
        return link

    async def replace(self, link: Link, /) -> bool:
        """See `Links`."""
        return self._rows.replace(link)

    async def remove(self, link: Link, /) -> None:
        """See `Links`."""
        self._rows.remove(link)

    async def tags(self, guild: GuildId, /, *, after: Position | None, limit: int) -> Sequence[Tag]:
        """See `Links`."""
        counted = self._counted(guild)
        places = sorted(counted, key=_place)
        start = 0 if after is None else sum(_place(key) <= _place(after[0] or None) for key in places)
        return [counted[key] for key in places[start : start + limit]]

    async def of_tag(
        self, guild: GuildId, tag_key: str | None, /, *, after: Position | None, limit: int
    ) -> Sequence[Link]:
        """See `Links`."""
        return _in_order((link for link in self._rows.group(guild) if _tag_key(link) == tag_key), after, limit)

    async def search(
        self, guild: GuildId, words: Sequence[str], /, *, after: Position | None, limit: int
    ) -> Sequence[Link]:
        """See `Links`."""
        return _in_order((link for link in self._rows.group(guild) if _holds(link, words)), after, limit)

    async def tags_beginning(self, guild: GuildId, key: str, /, *, limit: int) -> Sequence[Tag]:
        """See `Links`."""
        counted = self._counted(guild)
        found = sorted(tag for tag in counted if tag is not None and tag.startswith(key))
        return [counted[tag] for tag in found[:limit]]

    async def resembling(self, guild: GuildId, key: str, /, *, limit: int) -> Sequence[Suggestion]:
        """See `Links`."""
        links = list(self._rows.group(guild))
        if not key:
            return [_suggestion(link) for link in nlargest(limit, links, key=_recency)]
        found = nsmallest(limit, (link for link in links if link.key.startswith(key)), key=lambda link: link.key)
        if len(found) < limit and any(len(word) >= 3 for word in words(key)):
            found += nlargest(limit, (link for link in links if key in link.key), key=_recency)
            if len({link.id for link in found}) < limit:
                wanted = trigrams(key)
                alike = [(similarity(wanted, trigrams(link.key)), *_recency(link), link) for link in links]
                near = nlargest(limit, (entry for entry in alike if entry[0] >= SIMILAR), key=lambda entry: entry[:3])
                found += [entry[-1] for entry in near]
        return [_suggestion(link) for link in {link.id: link for link in found}.values()]

    def _counted(self, guild: GuildId) -> dict[str | None, Tag]:
        first: dict[str | None, Link] = {}
        counts: dict[str | None, int] = {}
        for link in self._rows.group(guild):
            key = _tag_key(link)
            counts[key] = counts.get(key, 0) + 1
            if key not in first or link.id < first[key].id:
                first[key] = link
        return {key: Tag(first[key].tag, count) for key, count in counts.items()}


def _tag_key(link: Link) -> str | None:
    return None if link.tag is None else name_key(link.tag)


def _place(tag_key: str | None) -> tuple[bool, str]:
    return (tag_key is None, tag_key or "")


def _recency(link: Link) -> tuple[float, int]:
    return (link.changed_at.timestamp(), link.id)


def _suggestion(link: Link) -> Suggestion:
    return Suggestion(link.title, link.tag, link.changed_at)


def _holds(link: Link, wanted: Sequence[str]) -> bool:
    found = [word for text in (link.title, link.tag or "", link.content) for word in words(text)]
    return all(any(word.startswith(beginning) for word in found) for beginning in wanted)


def _in_order(links: Iterable[Link], after: Position | None, limit: int) -> Sequence[Link]:
    following = (link for link in links if after is None or link.position > after)
    return nsmallest(limit, following, key=lambda link: link.position)


@final
class MemoryLinksUnit(MemoryUnit):
    """A unit of work over links."""

    @property
    def links(self) -> MemoryLinks:
        """See `LinksUnit`."""
        return MemoryLinks(self.view(LINK_ROWS))


UNITS: Final = Units(LINKS, MemoryLinksUnit)
