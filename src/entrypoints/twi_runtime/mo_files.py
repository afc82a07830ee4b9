"""Compiled catalogues: read whatever is in the file, and checked once, so that no translation can break an answer."""

import gettext
import io
import os
import re
import stat
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from twi_core.kernel.language import text

LARGEST: Final = 16
"""MiB that a catalogue may have; one of all our messages has a hundredth of it."""

_BRACES: Final = re.compile(r"\{[^{}]*\}|[{}]")
"""Placeholders, and braces that belong to none."""
_COUNT: Final = frozenset(("{count}",))
_COUNTS: Final = range(201)
"""Counts that a rule for plurals is tried with; those of all languages repeat after 100."""
_PLURAL: Final = b"\0"


@final
class Unusable(Exception):
    """A file that can't be used as a catalogue, and the reason in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@final
@dataclass(frozen=True, slots=True)
class Translations:
    """The translations of a catalogue that can be filled in like their messages; `wrong` are messages of the others."""

    texts: Mapping[str, str]
    forms: Mapping[tuple[str, int], str]
    number: Callable[[int], int]
    wrong: Sequence[str]

    def form(self, one: str, count: int) -> str | None:
        """Return the form that goes with a count, by the message for one."""
        return self.forms.get((one, self.number(count)))


def read_mo(path: Path) -> Translations:
    """Read a catalogue, and check each of its translations.

    Raises:
        Unusable: it isn't a regular file, is too large, isn't a compiled catalogue, or its rule for plurals fails.
    """
    try:
        found = _Parsed(_content(path))
    except OSError as error:  # gettext raises it too, without a number
        raise Unusable(os.strerror(error.errno) if error.errno else _not_compiled()) from error
    except (ValueError, LookupError, SyntaxError, struct.error) as error:
        raise Unusable(_not_compiled()) from error
    try:
        for count in _COUNTS:
            found.plural(count)
    except ZeroDivisionError as error:
        raise Unusable(text("its rule for plurals divides by zero")) from error
    return found.checked()


def _not_compiled() -> str:
    return text("it isn't a compiled gettext catalogue")


def _content(path: Path) -> bytes:
    """Read a regular file up to the limit; anything else, such as a pipe or a device, might never end."""
    with open(path, "rb", opener=_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Unusable(text("it isn't a regular file"))
        content = file.read(LARGEST * 2**20 + 1)
    if len(content) > LARGEST * 2**20:
        raise Unusable(text("it's larger than {size} MiB", size=LARGEST))
    return content


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


class _Parsed(gettext.GNUTranslations):
    """A catalogue as gettext parses it, with what it keeps to itself: texts by message, forms by message and number."""

    _catalog: dict[str | tuple[str, int], str]
    plural: Callable[[int], int]

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content))
        charset = self.charset() or "ascii"
        plurals = (message.split(_PLURAL) for message in _messages(content) if _PLURAL in message)
        self._many = {one.decode(charset): many.decode(charset) for one, many in plurals}

    def checked(self) -> Translations:
        """Return the translations that are sound; empty ones are none."""
        texts: dict[str, str] = {}
        forms: dict[tuple[str, int], str] = {}
        wrong: dict[str, None] = {}
        for key, found in self._catalog.items():
            if isinstance(key, tuple):
                least, most = _of_plural(key[0], self._many.get(key[0], key[0]))
                if found and least <= _braces(found) <= most:
                    forms[key] = found
                elif found:
                    wrong[key[0]] = None
            elif key and found:
                if _braces(found) == _braces(key):
                    texts[key] = found
                else:
                    wrong[key] = None
        return Translations(texts, forms, self.plural, tuple(wrong))


def _messages(content: bytes) -> Iterator[bytes]:
    """Yield the messages of a file that gettext has parsed, which forgets the second one of each plural."""
    order = "<" if content.startswith(struct.pack("<I", _Parsed.LE_MAGIC)) else ">"
    count, at = struct.unpack_from(f"{order}2I", content, 8)
    for length, begin in struct.iter_unpack(f"{order}2I", content[at : at + 8 * count]):
        yield content[begin : begin + length]


def _of_plural(one: str, many: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the braces that each form must have, and those that it may have; the count may be left out."""
    first, second = _braces(one), _braces(many)
    return (first & second) - _COUNT, first | second | _COUNT


def _braces(template: str) -> frozenset[str]:
    return frozenset(_BRACES.findall(template))
