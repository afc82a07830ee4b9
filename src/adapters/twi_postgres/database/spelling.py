"""Words in a spelling that `pg_trgm` splits the same way on every server, for searching.

The server's locale decides what a letter is, and the locale C knows none beyond ASCII.
"""

from typing import Final

from twi_core.kernel.text import words

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


def searched(*texts: str) -> str:
    """Return the words of texts spelled for searching, each after a blank; no two words are spelled alike."""
    return "".join(f" {_exact(word)}" for text in texts for word in words(text))


def beginning(start: str) -> str | None:
    """Return how words that begin with `start` begin in `searched`, or None if no word can."""
    return f" {_exact(start)}" if not start or words(start) == (start,) else None


def _exact(word: str) -> str:
    return "".join(c if c.isascii() else f".{_number(ord(c), 4)}" for c in word)


def _number(number: int, places: int) -> str:
    return "".join(_DIGITS[number // 36**place % 36] for place in range(places - 1, -1, -1))
