"""A pseudo-language: every letter of a message gets an accent, and the message grows by a third.

What people read and holds a plain letter was not looked up, unless it is somebody's text, a code or a command.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, final

from twi_core.kernel.language import ENGLISH, Language

PLAIN: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ACCENTED: Final = "áƀçđéƒğĥíĵķłɱñóþǫřšŧúṽŵẋýžÁƁÇĐÉƑĞĤÍĴĶŁṀÑÓÞǪŘŠŦÚṼŴẊÝŽ"
TAG: Final = "en-XA"
GROWTH: Final = 3
"""A message grows by one letter in so many, as translations do."""

_LETTERS: Final = str.maketrans(PLAIN, ACCENTED)
_KEPT: Final = re.compile(r"(\{[^{}]*\}|`[^`]*`|<[^<>]*>|https?://\S+|\bTWI_[A-Z_]+|^(?:command|option):)")
"""What translators leave as it is: placeholders, code, mentions, addresses, names of variables."""
_WORD: Final = re.compile(r"[A-Za-z]{2,}")


@final
class Pseudo:
    """The pseudo-language."""

    tag: Final = TAG

    def text(self, message: str, /) -> str:
        """See `Language`."""
        if message.startswith(("command:", "option:")):
            return message.partition(":")[2].translate(_LETTERS)
        parts = _KEPT.split(message)
        return "".join(part if at % 2 else _accented(part) for at, part in enumerate(parts))

    def plural(self, one: str, many: str, count: int, /) -> str:
        """See `Language`."""
        return self.text(ENGLISH.plural(one, many, count))

    def number(self, value: int, /) -> str:
        """See `Language`."""
        return ENGLISH.number(value)

    def listed(self, items: Sequence[str], /) -> str:
        """See `Language`."""
        return " ⁊ ".join(items)

    def moment(self, at: datetime, /) -> str:
        """See `Language`."""
        return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M ÚŦÇ")


def _accented(part: str) -> str:
    """Accent a part; it grows within its last word, so that blanks and marks at its ends stay what they are."""
    accented = part.translate(_LETTERS)
    letters = re.search(r"[^\W\d_](?=[\W\d_]*\Z)", accented)
    if letters is None:
        return accented
    return accented[: letters.end()] + "ó" * (len(part) // GROWTH) + accented[letters.end() :]


@final
class PseudoOnly:
    """Everybody is answered in the pseudo-language."""

    def find(self, *_: str) -> Language:
        """See `Languages`."""
        return Pseudo()


def english(shown: str, known: str) -> Iterator[str]:
    """Yield the words of what is shown that were not looked up and that are not in `known` either."""
    left = _KEPT.sub(" ", shown)
    words = {word.lower() for word in _WORD.findall(known)}
    yield from (word for word in _WORD.findall(left) if word.lower() not in words)
