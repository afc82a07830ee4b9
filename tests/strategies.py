# ruff: noqa: RUF001  # letters that look like others are the point
"""What hypothesis may throw at the text rules, the decoder and the use cases."""

import unicodedata
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.hostile import FAMILY, FLAG, HEART, KEYCAP, LIGATURE, RAINBOW, TONED, UNSTORABLE, ZALGO
from twi_core.kernel.addresses import url_problem
from twi_core.kernel.text import TextError, clean_name, clean_prose
from twi_core.links.domain import CONTENT_LIMIT, TAG_LIMIT, TITLE_LIMIT

_PIECES: Final = (
    *(FAMILY, FLAG, HEART, KEYCAP, RAINBOW, TONED, LIGATURE, ZALGO[:9]),
    *("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\ufe0f", "\u034f", "\u3164", "\u2800", "\u00a0"),
    *("\u0130", "\u0131", "ß", "\u1e9e", "Σ", "σ", "ς", "\u01f0", "\u0390", "\u0345", "ﬁ", "Å", "\u212b", "İ", "ǅ"),
    *("e\u0301", "\u00e9", "\u0301", "\u20dd", "ａ", "１", "①", "²", "١", "Ⅷ", "½", "㍿", "가", "\u1100\u1161"),
    *(
        "%",
        "_",
        "\\",
        "'",
        '"',
        "{",
        "}",
        "{title}",
        "%s",
        "@everyone",
        "<@1>",
        "`",
        "|",
        "&",
        "!",
        ":*",
        "(",
        "[",
        "*",
    ),
    *("\x00", "\x1b[2J", "\x07", "\n", "\r\n", "\t", "\u2028", "\u202e", "\u2066", "\ud800", "\udfff", "\U000e0041"),
    *("\ue000", "\uffff", "\U0010ffff", " ", "  ", "0", "00", "007", "9", "10", "a", "B", "map", "The", "wandering"),
)

hostile_text: Final[SearchStrategy[str]] = st.one_of(
    st.lists(st.sampled_from(_PIECES), max_size=12).map("".join),
    st.text(st.characters(), max_size=30),
    st.text(st.characters(exclude_categories=()), max_size=30),
    st.sampled_from([case.text for case in UNSTORABLE]),
)
"""Any text at all, halves of surrogate pairs included, rich in what has broken programs before."""

plain_words: Final[SearchStrategy[str]] = st.lists(
    st.sampled_from(
        ("map", "Map", "mapping", "world", "the", "Liscor", "part 9", "part 10", "ch. 3", "ß", "9", "１０")
    ),
    min_size=1,
    max_size=4,
).map(" ".join)
"""Words as people use them, often alike."""


def _accepted(text: str, limit: int) -> bool:
    try:
        clean_name(text, limit)
    except TextError:
        return False
    return True


def _repaired(text: str, limit: int) -> str:
    """Drop what a name may not contain, so that little is generated in vain."""
    kept = "".join(character for character in text if _accepted(f"a{character}", limit))[: limit // 2]
    return kept if _accepted(kept, limit) else "".join(character for character in kept if character.isalnum()) or "x"


def names(limit: int) -> SearchStrategy[str]:
    """Return texts that pass as a name, many of them strange."""
    repaired = hostile_text.map(lambda text: _repaired(text, limit))
    return st.one_of(plain_words, repaired).filter(lambda text: _accepted(text, limit))


titles: Final = names(TITLE_LIMIT)
tags: Final = names(TAG_LIMIT).filter(lambda text: "uncat" not in unicodedata.normalize("NFKC", text).casefold())


def _as_content(text: str) -> str:
    kept = "".join(character for character in text if character != "\x00" and not "\ud800" <= character <= "\udfff")
    try:
        return kept if url_problem(clean_prose(kept, CONTENT_LIMIT)) is None else f"see {kept}"
    except TextError:
        return f"see {kept}"


contents: Final[SearchStrategy[str]] = st.one_of(plain_words, hostile_text).map(_as_content)
"""Texts that pass as a content, many of them strange."""

_HOST_PIECES: Final = (
    *("a", "example", ".", "。", "@", ":", "[", "]", "::1", "%", "\\", "/", "?", "#", "ß", "é", "①", "８", "-", "_"),
    *("xn--", "\t", " ", "\u200d", "\u202e", "80", "0", "😀", "x" * 64, "v1.", "!", ",", "*", "{", "\ud800"),
)
_STARTS: Final = ("http://", "https://", "HTTPS://", "http:", "https:/", "https:///", "ht\ttp://", "\x01http://")
_ENDS: Final = ("", "/", "/path", "?q=1", "#part", ":80", ":", "/a b", "/a\\b", "/{x}")

addresses: Final[SearchStrategy[str]] = st.tuples(
    st.sampled_from(_STARTS),
    st.lists(st.sampled_from(_HOST_PIECES), max_size=9).map("".join),
    st.sampled_from(_ENDS),
).map("".join)
"""Texts that look like addresses, few of them sound."""

json_values: Final[SearchStrategy[object]] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(min_value=2**62, max_value=2**130),
        st.floats(),
        hostile_text,
        st.sampled_from(("1_000", " 12\n", "١٢٣", "+5", "0x10", "²", "175928847299117063", "9" * 5_000)),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(hostile_text, inner, max_size=4)),
    max_leaves=8,
)
"""Whatever a JSON parser may hand over."""
