"""Catalogues of translations, as gettext and Babel keep them, and the rules of their languages."""

import gettext
import logging
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, final

from twi_core.kernel.errors import AppError, Kind, define_error
from twi_core.kernel.language import ENGLISH, Language, text
from twi_runtime.process.exits import Exit, RuntimeFailure

if TYPE_CHECKING:
    from babel import Locale

DOMAIN: Final = "twi"
UNREADABLE: Final = define_error(
    "runtime.catalogue_unreadable",
    Kind.INVALID,
    message="The catalogue {file} can't be read: {reason}.",
    hint="Correct it and compile it again with `pybabel compile --domain twi`, or remove it from TWI_CATALOGUES.",
    cause="A catalogue of translations isn't a compiled gettext file, or its folder isn't named after a language.",
    example={"file": "de/LC_MESSAGES/twi.mo", "reason": "it isn't a compiled gettext catalogue"},
)

_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")
_LARGEST: Final = 10**15
"""What is no quantity, such as an id of Discord's, is written as it is."""
_WANTED: Final = 10
"""Tags of a caller that are looked at; more are noise."""

_log: Final = logging.getLogger(__name__)


@final
class Catalogue:
    """The translations into one language. One whose placeholders differ from the message's is left out."""

    def __init__(self, tag: str, texts: gettext.NullTranslations) -> None:
        self._tag = tag
        self._texts = texts
        self._locale: Locale | None = None

    @property
    def tag(self) -> str:
        """See `Language`."""
        return self._tag

    def text(self, message: str, /) -> str:
        """See `Language`."""
        return _sound(self._texts.gettext(message), message) if message else message

    def plural(self, one: str, many: str, count: int, /) -> str:
        """See `Language`; every form may leave out the count."""
        found = self._texts.ngettext(one, many, count)
        return found if _placeholders(found) <= _placeholders(one) | _placeholders(many) else many

    def number(self, value: int, /) -> str:
        """See `Language`."""
        from babel.numbers import format_decimal

        return format_decimal(value, locale=self._rules()) if abs(value) < _LARGEST else str(value)

    def listed(self, items: Sequence[str], /) -> str:
        """See `Language`."""
        from babel.lists import format_list

        return format_list(list(items), locale=self._rules()) if items else ""

    def either(self, items: Sequence[str], /) -> str:
        """See `Language`."""
        from babel.lists import format_list

        return format_list(list(items), "or", locale=self._rules()) if items else ""

    def moment(self, at: datetime, /) -> str:
        """See `Language`."""
        from babel.dates import format_datetime

        return f"{format_datetime(at.astimezone(UTC), 'short', locale=self._rules())} UTC"

    def _rules(self) -> "Locale":
        if self._locale is None:
            from babel import Locale

            self._locale = Locale.parse(self._tag, sep="-")
        return self._locale


@final
class Catalogues:
    """The languages of a folder: `<tag>/LC_MESSAGES/twi.mo` for each."""

    def __init__(self, languages: Mapping[str, Language] | None = None) -> None:
        self._languages = {tag.lower(): language for tag, language in (languages or {}).items()}
        self._languages.setdefault(ENGLISH.tag, ENGLISH)

    @classmethod
    def read(cls, folder: Path) -> "Catalogues":
        """Read every catalogue of a folder.

        Raises:
            RuntimeFailure: one of them can't be read, or the folder holds none.
        """
        found = {language.tag: language for language in _read(folder)}
        if not found:
            reason = text("it contains no {file}", file=f"<language>/LC_MESSAGES/{DOMAIN}.mo")
            raise RuntimeFailure(AppError(UNREADABLE, {"file": str(folder), "reason": reason}), Exit.SETTINGS)
        return cls(found)

    def find(self, *wanted: str) -> Language:
        """See `Languages`."""
        for tag in wanted[:_WANTED]:
            spelt = tag[:35].lower().replace("_", "-")
            while spelt:
                if spelt in self._languages:
                    return self._languages[spelt]
                spelt = spelt.rpartition("-")[0]
        return ENGLISH


def environment_languages(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the language that the variables of a terminal ask for, as gettext reads them: `de_DE.UTF-8` is `de-DE`."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if wanted := environment.get(name, ""):
            return (wanted.partition(".")[0].partition("@")[0].replace("_", "-"),)
    return ()


def _read(folder: Path) -> Iterator[Language]:
    from babel import Locale, UnknownLocaleError

    for path in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")):
        tag = path.parts[-3].replace("_", "-")
        try:
            Locale.parse(tag, sep="-")
            with path.open("rb") as file:
                yield Catalogue(tag, gettext.GNUTranslations(file))
        except (OSError, ValueError, struct.error, UnknownLocaleError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else _reason(error)
            shown = str(path.relative_to(folder))
            raise RuntimeFailure(AppError(UNREADABLE, {"file": shown, "reason": reason}), Exit.SETTINGS) from error


def _reason(error: Exception) -> str:
    from babel import UnknownLocaleError

    if isinstance(error, UnknownLocaleError):
        return text("its folder isn't named after a language")
    return text("it isn't a compiled gettext catalogue")


def _sound(translation: str, message: str) -> str:
    """Return a translation if it can be filled in like its message, else the message."""
    if translation is message or _placeholders(translation) == _placeholders(message):
        return translation
    _log.warning("a translation has other placeholders than its message: %r", message)
    return message


def _placeholders(template: str) -> frozenset[str]:
    return frozenset(_PLACEHOLDER.findall(template))
