"""What links need of a storage."""

from collections.abc import Sequence
from typing import Protocol

from twi_core.kernel.ids import GuildId
from twi_core.kernel.paging import Position
from twi_core.kernel.unit import Unit
from twi_core.links.domain import Link, Suggestion, Tag


class Links(Protocol):
    """Keep the links of every guild; each call sees one guild's only.

    All calls see what their own unit has written. Lists are ordered by `Link.position`.
    """

    async def add(self, link: Link, /) -> bool:
        """Store a new link; false where its guild has its title key already (nothing is stored then)."""
        ...

    async def find(self, guild: GuildId, key: str, /) -> Link | None:
        """Return the link of a title key."""
        ...

    async def find_to_change(self, guild: GuildId, key: str, /) -> Link | None:
        """Return the link of a title key; no other unit's change to it gets lost between this and the commit."""
        ...

    async def replace(self, link: Link, /) -> bool:
        """Store another state of a link that `find_to_change` gave; false where its new title is taken.

        Raises:
            Conflict: it was deleted meanwhile.
        """
        ...

    async def remove(self, link: Link, /) -> None:
        """Delete a link that `find_to_change` gave.

        Raises:
            Conflict: it was deleted meanwhile.
        """
        ...

    async def tags(self, guild: GuildId, /, *, after: Position | None, limit: int) -> Sequence[Tag]:
        """Count the links of each tag key, by tag key, those without a tag last.

        A position is `(tag key, 0)`. The spelling shown for a tag is that of its link with the smallest id.
        """
        ...

    async def of_tag(
        self, guild: GuildId, tag_key: str | None, /, *, after: Position | None, limit: int
    ) -> Sequence[Link]:
        """List the links of a tag key (none: those without a tag) that come after a position."""
        ...

    async def search(
        self, guild: GuildId, words: Sequence[str], /, *, after: Position | None, limit: int
    ) -> Sequence[Link]:
        """List the links in which each of `words` begins some word of title, tag or content."""
        ...

    async def tags_beginning(self, guild: GuildId, key: str, /, *, limit: int) -> Sequence[Tag]:
        """Count the links of each tag key that begins with `key`, by tag key; those without a tag are left out."""
        ...

    async def resembling(self, guild: GuildId, key: str, /, *, limit: int) -> Sequence[Suggestion]:
        """Preselect titles that may be meant by a key that was typed, in any order.

        They are the first `limit`, by key, of those whose key begins with `key`. Where these are fewer than `limit`
        and `key` holds three or more letters or digits in a row, also the `limit` most recently changed that contain
        it; and where all these are fewer still, also the `limit` most alike whose trigram similarity to it is
        `kernel.text.SIMILAR` or more (ties: recently changed, then larger id). An empty key gives the `limit` most
        recently changed.
        """
        ...


class LinksUnit(Unit, Protocol):
    """Be a unit of work over links."""

    @property
    def links(self) -> Links:
        """Return the links as this unit sees them."""
        ...
