"""A link, its limits, and the rules for its content."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, final

from twi_core.kernel.ids import GuildId, Snowflake, UserId
from twi_core.kernel.text import name_key, natural_key

TITLE_LIMIT: Final = 100
"""In UTF-16 units; a choice in Discord's autocomplete can't be longer."""
TAG_LIMIT: Final = 50
"""In UTF-16 units, as in the predecessor."""
CONTENT_LIMIT: Final = 1500
"""In UTF-16 units: even with every character escaped, title and content fit one embed."""

UNTAGGED: Final = "Untagged"
"""The heading for links without a tag; no tag may have this name."""


class LinkId(Snowflake):
    """The id of a link."""

    __slots__ = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that a guild saved under a title.

    `title` is unique in its guild by `key`. `content` is an address or any text, as written. `preview` asks entrypoints
    to show a preview of the address. `added_by` is the owner, None if the bot's operator added the link.
    """

    id: LinkId
    guild: GuildId
    title: str
    content: str
    tag: str | None
    preview: bool
    added_by: UserId | None
    added_at: datetime
    changed_by: UserId | None
    changed_at: datetime

    @property
    def key(self) -> str:
        """Return the key of the title, unique in its guild."""
        return name_key(self.title)

    @property
    def position(self) -> tuple[str, int]:
        """Return the sort position in lists: numbers in titles sort as numbers."""
        return natural_key(self.title), self.id


@final
@dataclass(frozen=True, slots=True)
class Tag:
    """A tag and its number of links; `tag` is None for links without one."""

    tag: str | None
    links: int


@final
@dataclass(frozen=True, slots=True)
class Suggestion:
    """A title that may be meant. `changed_at` breaks ties: the latest first."""

    title: str
    tag: str | None
    changed_at: datetime
