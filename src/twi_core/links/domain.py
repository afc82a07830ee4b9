"""A link, its limits, and the rules for what it may hold."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, final

from twi_core.kernel.ids import GuildId, Snowflake, UserId
from twi_core.kernel.text import name_key, natural_key

TITLE_LIMIT: Final = 100
"""In UTF-16 units; a choice of Discord's autocomplete holds no more."""
TAG_LIMIT: Final = 50
"""In UTF-16 units, as the predecessor had it."""
CONTENT_LIMIT: Final = 1500
"""In UTF-16 units: with every character escaped, title and content still fit one embed."""

UNTAGGED: Final = "Untagged"
"""What links without a tag are listed under; no tag may have this name."""


class LinkId(Snowflake):
    """Identify a link."""

    __slots__ = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Hold what is saved under a title in a guild.

    `title` is unique in its guild by `key`. `content` is an address or any text, as written. `preview` asks that an
    entrypoint shows a preview of the address. `added_by` is its owner, none where the bot's operator added it.
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
        """Return what makes the title unique in its guild."""
        return name_key(self.title)

    @property
    def position(self) -> tuple[str, int]:
        """Return where it stands in a list: numbers in titles sort as numbers."""
        return natural_key(self.title), self.id


@final
@dataclass(frozen=True, slots=True)
class Tag:
    """Count the links of one tag; `tag` is none for links without one."""

    tag: str | None
    links: int


@final
@dataclass(frozen=True, slots=True)
class Suggestion:
    """Name a link that may be meant. `changed_at` breaks ties: the later one first."""

    title: str
    tag: str | None
    changed_at: datetime
