"""Words as a shell reads them back: bash and zsh, also where the line is pasted into an interactive one."""

import shlex
from collections.abc import Sequence
from typing import Final

from twi_runtime.plain import plain

_NAMED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "'": "\\x27", "!": "\\x21"}
"""Characters with an escape of their own; the last two by number, as older shells don't skip them when escaped."""


def shell_line(words: Sequence[str]) -> str:
    """Return words as they are typed in a shell, each quoted where it needs that, and harmless in a terminal."""
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    r"""Return a word in quotes if it needs them: as `$'a\nb'` if it holds what a terminal must not be sent."""
    if plain(word) != word:
        return f"$'{''.join(map(_escaped, word))}'"
    quoted = shlex.quote(word)
    return f"'{quoted}'" if quoted.startswith("=") else quoted  # zsh expands `=ls`


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of an argument that isn't UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if character in _NAMED:
        return _NAMED[character]
    if plain(character) == character:
        return character
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
