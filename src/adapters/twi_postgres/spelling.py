"""Words in a spelling that `pg_trgm` takes apart in the same way on every server."""

from typing import Final

from twi_core.kernel.text import words

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_CODES: Final = 36**3
_SCATTER: Final = (
    28_835  # about the golden part of 36**3, and prime to it: neighbours in an alphabet differ in all places
)


def spelled(text: str) -> str:
    """Write the words of a text in a-z and 0-9, with single blanks between; a letter beyond ASCII becomes three.

    `pg_trgm` asks the locale of the server what a letter is, and most letters are none for the locale C.
    """
    return " ".join("".join(c if c.isascii() else _code(ord(c)) for c in word) for word in words(text))


def _code(point: int) -> str:
    number = point * _SCATTER % _CODES
    return _DIGITS[number // 1296] + _DIGITS[number // 36 % 36] + _DIGITS[number % 36]
