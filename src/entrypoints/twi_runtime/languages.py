"""Catalogues of translations, as gettext and Babel keep them, and the rules of their languages."""

import logging
import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Final, final

from twi_core.kernel.errors import AppError, Kind, define_error
from twi_core.kernel.language import ENGLISH, Language, text
from twi_runtime.mo_files import Translations, Unusable, read_mo
from twi_runtime.process.exits import Exit, RuntimeFailure

if TYPE_CHECKING:
    from babel import Locale

DOMAIN: Final = "twi"
NO_CATALOGUES: Final = "Name a folder of catalogues in TWI_CATALOGUES, or remove the setting for English only."
UNREADABLE: Final = define_error(
    "runtime.catalogue_unreadable",
    Kind.INVALID,
    message="The catalogue {file} can't be read: {reason}.",
    hint="Correct it and run `pybabel compile --domain twi --directory {folder}`, or remove it from TWI_CATALOGUES.",
    cause="The folder in TWI_CATALOGUES holds no catalogues, or one that isn't a sound compiled gettext file or isn't "
    "in a folder named after a language.",
    example={
        "file": "de/LC_MESSAGES/twi.mo",
        "reason": "it isn't a compiled gettext catalogue",
        "folder": "catalogues",
    },
    other_hints=(NO_CATALOGUES,),
)

_WANTED: Final = 10
"""Tags of a caller that are looked at; more are noise."""
_NO_LANGUAGE: Final = ("C", "POSIX")

_log: Final = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())  # the command line reads catalogues before there is a log


@final
class Catalogue:
    """The translations into one language."""

    def __init__(self, tag: str, found: Translations) -> None:
        self._tag = tag
        self._found = found
        self._locale: Locale | None = None

    @property
    def tag(self) -> str:
        """See `Language`."""
        return self._tag

    def text(self, message: str, /) -> str:
        """See `Language`."""
        return self._found.texts.get(message, message)

    def plural(self, one: str, many: str, count: int, /) -> str:
        """See `Language`."""
        return self._found.form(one, count) or ENGLISH.plural(one, many, count)

    def number(self, value: int, /) -> str:
        """See `Language`."""
        from babel.numbers import format_decimal

        return format_decimal(value, locale=self._rules())

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
            raise _no_catalogues(folder, text("it contains no {file}", file=f"<language>/LC_MESSAGES/{DOMAIN}.mo"))
        return cls(found)

    @property
    def tags(self) -> Sequence[str]:
        """Return the tags of the languages, English among them."""
        return sorted(language.tag for language in self._languages.values())

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
    """Return the languages that the variables of a terminal ask for, as GNU gettext reads them; `de_DE` is `de-DE`.

    LC_ALL goes before LC_MESSAGES and LANG. LANGUAGE is a list that goes before them all, but only where they ask for
    a language: `C`, `POSIX` or nothing is English.
    """
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    tag = _tag(locale)
    if not tag or tag in _NO_LANGUAGE:
        return (tag,) if tag else ()
    if listed := environment.get("LANGUAGE"):
        return tuple(takewhile(lambda each: each not in _NO_LANGUAGE, filter(None, map(_tag, listed.split(":")))))
    return (tag,)


def _tag(locale: str) -> str:
    return locale.partition(".")[0].partition("@")[0].replace("_", "-")


def _read(folder: Path) -> Iterator[Language]:
    try:
        paths = sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))
    except OSError as error:  # such as a name that is too long
        raise _no_catalogues(folder, error.strerror or type(error).__name__) from error
    for path in paths:
        shown = str(path.relative_to(folder))
        try:
            tag, found = _language_of(path), read_mo(path)
        except Unusable as error:
            params = {"file": shown, "reason": error.reason, "folder": shlex.quote(str(folder))}
            raise RuntimeFailure(AppError(UNREADABLE, params), Exit.SETTINGS) from error
        for message in found.wrong:
            _log.warning("%s: a translation isn't used, as its braces differ from the message's: %r", shown, message)
        yield Catalogue(tag, found)


def _language_of(path: Path) -> str:
    from babel import Locale, UnknownLocaleError

    tag = path.parts[-3].replace("_", "-")
    try:
        Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError) as error:
        raise Unusable(text("its folder isn't named after a language")) from error
    return tag


def _no_catalogues(folder: Path, reason: str) -> RuntimeFailure:
    params = {"file": str(folder), "reason": reason}
    return RuntimeFailure(AppError(UNREADABLE, params, NO_CATALOGUES), Exit.SETTINGS)
