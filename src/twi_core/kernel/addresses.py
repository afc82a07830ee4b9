"""Web addresses in text that people write: which are sound, and how to show them."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

from twi_core.kernel.language import text

_SCRIPT: Final = re.compile(r"(?:javascript|vbscript):", re.IGNORECASE)
_OTHER: Final = re.compile(r"(?:[a-z][a-z0-9+.\-]*:)?//|(?:data|file|blob|about):.", re.IGNORECASE)
_WEB: Final = re.compile(r"https?:", re.IGNORECASE)
_USER: Final = re.compile(r"https?:/*[^/?#]*@", re.IGNORECASE)
_UNSEEN_BY_BROWSERS: Final = re.compile(r"\A[\x00-\x20]+|[\t\n\r]")
_BLANK: Final = re.compile(r"[^\S\t\x1c-\x1f]+")
"""What ends an address in a text; not a tab, since browsers skip it and read on."""
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_\-]{0,61}[a-z0-9_])?"
_HOST: Final = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*{_LABEL}\.?", re.IGNORECASE)
_BRACKETED: Final = re.compile(r"\[[0-9a-f:.]+\](?::[0-9]*)?", re.IGNORECASE)


def url_problem(content: str) -> str | None:
    """Return what is wrong with a content that looks like an address, or None if it is sound or plain text.

    A content that starts like a script (`javascript:`, also with tabs or line breaks in the word) is always refused. A
    content of one word is an address if it starts like one (`scheme://`, `//`, `http:`, `data:`, `file:`, `blob:`,
    `about:`). Then it must be http or https, with a host, and without user, password, backslashes or controls. A
    content of several words is text, such as `About: our rules` or `https://example.org is the map`; but if it starts
    with a web address, that address can't have a user, password, backslash or control either.

    Hosts with `ß` or `ς` are refused: Python's IDNA turns them into a different host from the one a browser opens.
    Their ASCII form (`xn--`) is accepted. (Spec, reliability 5-F rows 61, 62, 63, 71.)
    """
    if _SCRIPT.match(_UNSEEN_BY_BROWSERS.sub("", content)):
        return _not_web()
    first, *more = _BLANK.split(content.strip(), maxsplit=1)
    seen = _UNSEEN_BY_BROWSERS.sub("", first)
    if not _WEB.match(seen):
        return _not_web() if not more and _OTHER.match(seen) else None
    if any(character == "\\" or not character.isprintable() for character in first):
        return text("it can't contain backslashes or control characters")
    if _USER.match(first):
        return text("it can't contain a user name or password")
    return None if more else _host_problem(first)


def _not_web() -> str:
    return text("it isn't an http or https address")


def _host_problem(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return text("it can't be read as an address")
    if parts.netloc == "" or parts.hostname is None or port == 0:
        return text("it has no host name")
    return None if _ascii_host(parts) else text("its host name isn't valid")


@lru_cache(maxsize=1024)  # the same links are looked up repeatedly
def shown_url(content: str) -> str | None:
    """Return an address as it is shown, with its host in ASCII to expose look-alike letters; None for plain text."""
    if not _WEB.match(content) or _BLANK.search(content) or url_problem(content):
        return None
    parts = urlsplit(content)
    host = _ascii_host(parts)
    netloc = host if parts.port is None else f"{host}:{parts.port}"
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, parts.fragment))


def _ascii_host(parts: SplitResult) -> str:
    """Return the host in ASCII (punycode), or an empty string if it isn't one."""
    host = parts.hostname or ""
    if "[" in parts.netloc:
        return f"[{host}]" if _BRACKETED.fullmatch(parts.netloc) else ""  # urlsplit has checked the address inside
    if len(host) > 253 or "ß" in host or "ς" in host:
        return ""  # IDNA 2003 maps these two letters to a different host than browsers do
    try:
        name = host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return name if _HOST.fullmatch(name) else ""
