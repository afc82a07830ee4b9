"""A pseudo-language: each letter of each message gets an accent, and each message grows by a third.

It is compiled from what `docs/catalogue.py` collects, so a plain letter in an answer stands in a sentence that is not
looked up, or not collected; or in someone's text, a code or a command.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from babel.messages import Catalog
from babel.messages.mofile import write_mo

from tests.architecture.generator import collected
from twi_core.kernel.language import Language
from twi_runtime.languages import Catalogues

TAG: Final = "da"
"""The language that the pseudo-language passes for; it has two forms, as English does."""
GROWTH: Final = 3
"""A message grows by one letter in so many, as translations do."""

_PLAIN: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ACCENTED: Final = "áƀçđéƒğĥíĵķłɱñóþǫřšŧúṽŵẋýžÁƁÇĐÉƑĞĤÍĴĶŁṀÑÓÞǪŘŠŦÚṼŴẊÝŽ"
_LETTERS: Final = str.maketrans(_PLAIN, _ACCENTED)
_KEPT: Final = re.compile(r"(\{[^{}]*\}|`[^`]*`|<[^<>]*>|https?://\S+|\bTWI_[A-Z_]+)")
"""What translators leave as it is: placeholders, code, mentions, addresses, names of variables."""
_WORD: Final = re.compile(r"[A-Za-z]{2,}")
_LAST_LETTER: Final = re.compile(r"[^\W\d_](?=[\W\d_]*\Z)")


def accented(message: str) -> str:
    """Return a message in the pseudo-language; a name of Discord's stays a name."""
    if message.startswith(("command:", "option:", "choice:")):
        return message.partition(":")[2].translate(_LETTERS)
    parts = _KEPT.split(message)
    return "".join(part if at % 2 else _grown(part) for at, part in enumerate(parts))


def _grown(part: str) -> str:
    """Accent a part; it grows in its last word, so that blanks and marks at its ends stay what they are."""
    found = part.translate(_LETTERS)
    last = _LAST_LETTER.search(found)
    return found if last is None else found[: last.end()] + "ó" * (len(part) // GROWTH) + found[last.end() :]


def compile_pseudo(folder: Path) -> None:
    """Compile the pseudo-language as the one catalogue of a folder."""
    catalog = Catalog(locale=TAG)
    for message in collected():
        key: Any = message.text if message.many is None else (message.text, message.many)
        catalog.add(key, accented(key) if isinstance(key, str) else tuple(map(accented, key)))
    path = folder / TAG / "LC_MESSAGES" / "twi.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalog)


class PseudoOnly:
    """Everybody is answered in the pseudo-language."""

    def __init__(self, folder: Path) -> None:
        compile_pseudo(folder)
        self._languages = Catalogues.read(folder)

    def find(self, *_: str) -> Language:
        """See `Languages`."""
        return self._languages.find(TAG)


def english(shown: str, known: str) -> Iterator[str]:
    """Yield the words of what is shown that were not looked up, and are not in `known` either."""
    words = {word.lower() for word in _WORD.findall(known)}
    yield from (word for word in _WORD.findall(_KEPT.sub(" ", shown)) if word.lower() not in words)
