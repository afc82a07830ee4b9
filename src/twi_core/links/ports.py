"""What links need from a storage."""

from collections.abc import Sequence
from typing import Protocol

from twi_core.kernel.ids import GuildId
from twi_core.kernel.paging import Position
from twi_core.kernel.unit import Unit
from twi_core.links.domain import Link, Suggestion, Tag


class Links(Protocol):
    """The stored links; each call only sees one guild's.

    Every call sees what its own unit has written. Lists are ordered by `Link.position`.
    """

    async def add(self, link: Link, /) -> bool:
        """Store a new link; return False, storing nothing, if its guild already has the title key."""
        ...

    async def find(self, guild: GuildId, key: str, /) -> Link | None:
        """Return the link with a title key."""
        ...

    async def find_to_change(self, guild: GuildId, key: str, /) -> Link | None:
        """Return the link with a title key, protected from lost updates by other units until the commit."""
        ...

    async def replace(self, link: Link, /) -> bool:
        """Store a new state of a link returned by `find_to_change`; return False if its new title is taken.

        Raises:
            Conflict: it was deleted meanwhile.
        """
        ...

    async def remove(self, link: Link, /) -> None:
        """Delete a link returned by `find_to_change`.

        Raises:
            Conflict: it was deleted meanwhile.
        """
        ...

    async def tags(self, guild: GuildId, /, *, after: Position | None, limit: int) -> Sequence[Tag]:
        """Return the tags with their numbers of links, by tag key, links without a tag last.

        A position is `(tag key, 0)`. The spelling shown for a tag is that of its link with the smallest id.
        """
        ...

    async def of_tag(
        self, guild: GuildId, tag_key: str | None, /, *, after: Position | None, limit: int
    ) -> Sequence[Link]:
        """Return the links with a tag key (None: those without a tag) after a position."""
        ...

    async def search(
        self, guild: GuildId, words: Sequence[str], /, *, after: Position | None, limit: int
    ) -> Sequence[Link]:
        """Return the links in which each of `words` begins some word of the title, tag or content."""
        ...

    async def tags_beginning(self, guild: GuildId, key: str, /, *, limit: int) -> Sequence[Tag]:
        """Return the tags whose key begins with `key`, with their numbers of links, by tag key."""
        ...

    async def resembling(self, guild: GuildId, key: str, /, *, limit: int) -> Sequence[Suggestion]:
        """Preselect titles that a typed key may mean, in any order.

        They are the first `limit`, by key, of those whose key begins with `key`. If these are fewer than `limit` and
        `key` has three or more letters or digits in a row, also the `limit` most recently changed that contain it; if
        all these are still fewer, also the `limit` most similar ones with a trigram similarity of `kernel.text.SIMILAR`
        or more (ties: recently changed, then larger id). For an empty key they are the `limit` most recently changed.
        """
        ...


class LinksUnit(Unit, Protocol):
    """A unit of work over links."""

    @property
    def links(self) -> Links:
        """Return the links as this unit sees them."""
        ...
