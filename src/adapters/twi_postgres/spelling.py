"""Words in spellings that `pg_trgm` takes apart in the same way on every server.

It asks the locale of the server what a letter is, and for the locale C there are none beyond ASCII.
"""

from typing import Final

from twi_core.kernel.text import words

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_CODES: Final = 36**3
_SCATTER: Final = (
    28_835  # about the golden part of 36**3, and prime to it: neighbours in an alphabet differ in all places
)


def spelled(text: str) -> str:
    """Write the words of a text for comparing: in a-z and 0-9, a letter beyond ASCII as three of them.

    Letters far apart may share a spelling.
    """
    return " ".join("".join(map(_alike, word)) for word in words(text))


def searched(*texts: str) -> str:
    """Write the words of texts for searching: a blank before each; no two words are spelled alike."""
    return "".join(f" {_exact(word)}" for text in texts for word in words(text))


def beginning(start: str) -> str | None:
    """Write what a word in `searched` begins with where it begins with `start`; none where no word can."""
    return f" {_exact(start)}" if not start or words(start) == (start,) else None


def _alike(letter: str) -> str:
    return letter if letter.isascii() else _number(ord(letter) * _SCATTER % _CODES, 3)


def _exact(word: str) -> str:
    return "".join(c if c.isascii() else f".{_number(ord(c), 4)}" for c in word)


def _number(number: int, places: int) -> str:
    return "".join(_DIGITS[number // 36**place % 36] for place in range(places - 1, -1, -1))
