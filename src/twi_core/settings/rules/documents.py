"""Settings as one document: a JSON object with a key and a value for each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

from twi_core.kernel.errors import AppError
from twi_core.kernel.settings import AnySetting, SettingKind, declared_settings
from twi_core.settings.errors import UNUSABLE_DOCUMENT
from twi_core.settings.rules.values import UnusableValue, Value, parsed, stored, takes

PROBLEMS_SHOWN: Final = 50
"""More than that many are only counted; it is more than there are settings."""
_KEY_SHOWN: Final = 64


@final
@dataclass(frozen=True, slots=True)
class Reading:
    """Hold what a document asks for, as stored texts by key, and what is wrong with the rest of it, by key."""

    texts: Mapping[str, str | None]
    rejected: Mapping[str, str]

    @property
    def problems(self) -> Sequence[str]:
        """Tell what is wrong, in the order of the document."""
        return [problem(key, reason) for key, reason in self.rejected.items()]


def read_document(document: Mapping[str, object]) -> Reading:
    """Read a document; null stands for the default. Everything that is wrong with it is noted."""
    settings = declared_settings()
    texts: dict[str, str | None] = {}
    rejected: dict[str, str] = {}
    for key, value in document.items():
        setting = settings.get(key)
        if setting is None:
            rejected[key] = "there is no such setting"
            continue
        try:
            texts[key] = None if value is None else stored(parsed(setting, _as_text(setting, value)))
        except UnusableValue as error:
            rejected[key] = f"it takes {error}"
    return Reading(texts, rejected)


def problem(key: str, reason: str) -> str:
    """Return what is wrong with a key, which is shown in part where it is long."""
    return f"{key if len(key) <= _KEY_SHOWN else f'{key[:_KEY_SHOWN]}…'}: {reason}"


def unusable(problems: Sequence[str]) -> AppError:
    """Refuse a document for what is wrong with it."""
    more = len(problems) - PROBLEMS_SHOWN
    return AppError(
        UNUSABLE_DOCUMENT,
        {"problems": (*problems[:PROBLEMS_SHOWN], *((f"and {more} more",) if more > 0 else ()))},
    )


def write_document(values: Mapping[str, Value]) -> str:
    """Write values as a document, one setting a line, in the order of the alphabet."""
    lines = [f"  {json.dumps(key)}: {json.dumps(_plain(value))}" for key, value in sorted(values.items())]
    return "{\n" + ",\n".join(lines) + "\n}" if lines else "{}"


def _as_text(setting: AnySetting, value: object) -> str:
    """Return a value of a document as people would write it.

    Raises:
        UnusableValue: nobody would.
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
    """Return a value as JSON has it; ids are texts, since many a reader rounds large numbers."""
    match value:
        case bool() | None:
            return value
        case tuple():
            return [str(role) for role in value]
        case _:
            return value if type(value) is int else str(value)
