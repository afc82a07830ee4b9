"""Settings as a document: a JSON object of keys and values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

from twi_core.kernel.errors import PROBLEMS, AppError
from twi_core.kernel.language import text
from twi_core.kernel.settings import AnySetting, SettingKind, declared_settings
from twi_core.settings.errors import UNUSABLE_DOCUMENT
from twi_core.settings.rules.values import UnusableValue, Value, parsed, stored, takes

PROBLEMS_SHOWN: Final = 50
"""How many problems are listed, more than there are settings; the rest are only counted."""
_KEY_SHOWN: Final = 64


@final
@dataclass(frozen=True, slots=True)
class Reading:
    """What a document asks for, as stored texts by key, and what is wrong with the rest, by key."""

    texts: Mapping[str, str | None]
    rejected: Mapping[str, str]

    @property
    def problems(self) -> Sequence[str]:
        """Return what is wrong, in the order of the document."""
        return [problem(key, reason) for key, reason in self.rejected.items()]


def read_document(document: Mapping[str, object]) -> Reading:
    """Parse a document, in which null stands for the default, and collect everything that is wrong with it."""
    settings = declared_settings()
    texts: dict[str, str | None] = {}
    rejected: dict[str, str] = {}
    for key, value in document.items():
        setting = settings.get(key)
        if setting is None:
            rejected[key] = text("There's no such setting.")
            continue
        try:
            texts[key] = None if value is None else stored(parsed(setting, _as_text(setting, value)))
        except UnusableValue as error:
            rejected[key] = text("It takes {takes}.", takes=str(error))
    return Reading(texts, rejected)


def problem(key: str, reason: str) -> str:
    """Return the problem with a key, which is shortened if it is long; the reason is a whole sentence."""
    return f"{key if len(key) <= _KEY_SHOWN else f'{key[:_KEY_SHOWN]}…'}: {reason}"


def unusable(problems: Sequence[str]) -> AppError:
    """Return the refusal of a document, with its problems."""
    more = len(problems) - PROBLEMS_SHOWN
    left = (text("And {count} more.", count=more),) if more > 0 else ()
    return AppError(UNUSABLE_DOCUMENT, {PROBLEMS: (*problems[:PROBLEMS_SHOWN], *left)})


def write_document(values: Mapping[str, Value]) -> str:
    """Return values as a document, one setting per line, in alphabetical order."""
    lines = [f"  {json.dumps(key)}: {json.dumps(_plain(value))}" for key, value in sorted(values.items())]
    return "{\n" + ",\n".join(lines) + "\n}" if lines else "{}"


def _as_text(setting: AnySetting, value: object) -> str:
    """Return a document's value as people would write it.

    Raises:
        UnusableValue: it can't be written that way.
    """
    if isinstance(value, list) and setting.kind is SettingKind.ROLES:
        return ",".join(_word(setting, item) for item in value)
    return _word(setting, value)


def _word(setting: AnySetting, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | str):
        return str(value)
    raise UnusableValue(takes(setting))


def _plain(value: Value) -> object:
    """Return a value as JSON; ids are texts, since many parsers round large numbers."""
    match value:
        case bool() | None:
            return value
        case tuple():
            return [str(role) for role in value]
        case _:
            return value if type(value) is int else str(value)
