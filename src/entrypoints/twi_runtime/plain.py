"""Text made harmless for terminals and logs: characters that could move, hide, colour or reorder it are escaped."""

import unicodedata
from typing import Final

_UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS: Final = frozenset("\u200c\u200d")
"""Some scripts and emoji need them, and they neither move nor hide anything."""


def plain(text: str, *, keep_lines: bool = False) -> str:
    r"""Return the text with control, direction, hidden and unassigned characters escaped, such as `\x1b`.

    `keep_lines` keeps line feeds and tabs, for prose of several lines.
    """
    if text.isascii() and text.isprintable():
        return text
    kept = "\n\t" if keep_lines else ""
    return "".join(
        character if character in kept or not _unsafe(character) else _escaped(character) for character in text
    )


def _unsafe(character: str) -> bool:
    return unicodedata.category(character) in _UNSAFE and character not in _JOINERS


def _escaped(character: str) -> str:
    code = ord(character)
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    if named:
        return named
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
