"""Find settings by key, and describe them with what a guild has set."""

from dataclasses import dataclass
from typing import Final, final

from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.permissions import Level
from twi_core.kernel.settings import AnySetting, SettingKind, declared_settings
from twi_core.kernel.text import SIMILAR, similarity, trigrams
from twi_core.settings.errors import DID_YOU_MEAN, UNKNOWN_SETTING
from twi_core.settings.rules.values import effective, stored, takes, written

_NEAR_MISSES: Final = 3


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SettingState:
    """A setting, and its value in a guild.

    Values are texts: `true`, `20`, an id, ids separated by commas, empty for nothing. `takes` says what the setting can
    be set to, `level` who by default has the `permission` required to change it.
    """

    key: str
    summary: str
    kind: SettingKind
    takes: str
    value: str
    default: str
    is_set: bool
    permission: str
    level: Level


def state_of(setting: AnySetting, text: str | None) -> SettingState:
    """Describe a setting for which a guild has stored a text, or nothing."""
    value = effective(setting, text)
    return SettingState(
        key=setting.key,
        summary=setting.summary,
        kind=setting.kind,
        takes=takes(setting),
        value=written(value),
        default=written(setting.default),
        is_set=text is not None and text == stored(value),
        permission=setting.permission.name,
        level=setting.permission.default,
    )


def known_setting(key: str) -> Outcome[AnySetting, AppError]:
    """Return the setting with a key, or a refusal that names similar keys."""
    settings = declared_settings()
    if key in settings:
        return Success(settings[key])
    wanted = trigrams(key)
    alike = sorted((-similarity(wanted, trigrams(known)), known) for known in settings)
    near = tuple(known for score, known in alike if -score >= SIMILAR)[:_NEAR_MISSES]
    if not near:
        return Failure(AppError(UNKNOWN_SETTING, {"key": key}))
    return Failure(AppError(UNKNOWN_SETTING, {"key": key, "suggestions": near}, DID_YOU_MEAN))
