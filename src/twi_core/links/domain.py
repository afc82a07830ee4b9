"""A link, its limits, and the rules for what it may hold."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, final
from urllib.parse import SplitResult, urlsplit, urlunsplit

from twi_core.kernel.ids import GuildId, Snowflake, UserId
from twi_core.kernel.text import name_key, natural_key

TITLE_LIMIT: Final = 100
"""In UTF-16 units; a choice of Discord's autocomplete holds no more."""
TAG_LIMIT: Final = 50
"""In UTF-16 units, as the predecessor had it."""
CONTENT_LIMIT: Final = 1500
"""In UTF-16 units: with every character escaped, title and content still fit one embed."""

UNTAGGED: Final = "Uncategorized"
"""The category of links without a tag; no tag may have this name."""


class LinkId(Snowflake):
    """Identify a link."""

    __slots__ = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Hold what is saved under a title in a guild.

    `title` is unique in its guild by `key`. `content` is an address or any text, as written. `embed` asks that a door
    shows a preview of the address. `added_by` is its owner, none where the bot's operator added it.
    """

    id: LinkId
    guild: GuildId
    title: str
    content: str
    tag: str | None
    embed: bool
    added_by: UserId | None
    added_at: datetime
    changed_by: UserId | None
    changed_at: datetime

    @property
    def key(self) -> str:
        """Give what makes the title unique in its guild."""
        return name_key(self.title)

    @property
    def position(self) -> tuple[str, int]:
        """Give where it stands in a list: numbers in titles sort as numbers."""
        return natural_key(self.title), self.id


@final
@dataclass(frozen=True, slots=True)
class Category:
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


# A blank behind the colon makes it a sentence ("About: our rules"), but never a harmless script.
_SCHEME: Final = re.compile(r"(?:[a-z][a-z0-9+.\-]*:)?//(?!\s)", re.IGNORECASE)
_OPAQUE: Final = re.compile(r"(?:javascript|vbscript):|(?:data|file|blob|about):(?!\s)", re.IGNORECASE)
_WEB: Final = re.compile(r"https?:(?!\s)", re.IGNORECASE)
_UNSEEN_BY_BROWSERS: Final = re.compile(r"\A[\x00-\x20]+|[\t\n\r]")
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_\-]{0,61}[a-z0-9_])?"
_HOST: Final = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*{_LABEL}\.?", re.IGNORECASE)
_BRACKETED: Final = re.compile(r"\[[0-9a-f:.]+\](?::[0-9]*)?", re.IGNORECASE)


def url_problem(content: str) -> str | None:
    """Say what is wrong with a content that looks like an address; none for a sound one and for plain text.

    Only http and https are taken, with a host, without user and password, blanks, backslashes or controls
    (spec, reliability 5-F rows 61, 62, 63, 71).
    """
    seen = _UNSEEN_BY_BROWSERS.sub("", content)
    if not _WEB.match(seen):
        other = _SCHEME.match(content) or _OPAQUE.match(seen)
        return "only http and https addresses can be saved" if other else None
    if any(character.isspace() or character == "\\" or not character.isprintable() for character in content):
        return "an address holds no blanks, backslashes or control characters"
    try:
        parts = urlsplit(content)
        port = parts.port
    except ValueError:
        return "it cannot be read as an address"
    if parts.netloc == "" or parts.hostname is None or port == 0:
        return "it names no host"
    if "@" in parts.netloc:
        return "an address must not hold a user name or password"
    return None if _ascii_host(parts) else "its host is not a valid name"


def shown_url(content: str) -> str | None:
    """Give an address as it is shown, its host in ASCII so that look-alike letters are seen; none for plain text."""
    if not _WEB.match(content) or url_problem(content):
        return None
    parts = urlsplit(content)
    host = _ascii_host(parts)
    netloc = host if parts.port is None else f"{host}:{parts.port}"
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, parts.fragment))


def _ascii_host(parts: SplitResult) -> str:
    """Give the host in ASCII (punycode), or an empty text where it is none."""
    host = parts.hostname or ""
    if "[" in parts.netloc:
        return f"[{host}]" if _BRACKETED.fullmatch(parts.netloc) else ""  # urlsplit has checked the address within
    if len(host) > 253 or "ß" in host or "ς" in host:
        return ""  # those two letters name another host here (IDNA 2003) than in a browser
    try:
        name = host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return name if _HOST.fullmatch(name) else ""
