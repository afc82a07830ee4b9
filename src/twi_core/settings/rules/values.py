"""Settings as texts: how they are stored, written and parsed."""

import re
from collections.abc import Sequence
from typing import Final, TypeAlias

from twi_core.kernel.ids import ChannelId, RoleId
from twi_core.kernel.language import text
from twi_core.kernel.settings import ROLES_LIMIT, AnySetting, SettingKind

_ON: Final = frozenset({"true", "yes", "on", "1"})
_OFF: Final = frozenset({"false", "no", "off", "0"})
_WHOLE: Final = re.compile(r"-?[0-9]{1,10}", re.ASCII)
_CHANNEL: Final = re.compile(r"<#([0-9]{1,19})>|([0-9]{1,19})", re.ASCII)
_ROLE: Final = re.compile(r"<@&([0-9]{1,19})>|([0-9]{1,19})", re.ASCII)
_BETWEEN: Final = re.compile(r"[\s,]+")


Value: TypeAlias = bool | int | ChannelId | tuple[RoleId, ...] | None
"""What a setting can hold."""


class UnusableValue(ValueError):
    """An unacceptable value; the text says what the setting takes instead and completes "It takes …"."""


def written(value: object) -> str:
    """Return a value as the text that is stored: `true`, `20`, an id, or ids separated by commas; empty for None."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case tuple():
            return ",".join(str(item) for item in value)
        case _:
            return str(value)


def stored(value: Value) -> str | None:
    """Return a value as the storage keeps it; an empty one isn't kept, since it is the default."""
    return written(value) or None


def spoken_value(kind: SettingKind, value: str) -> str:
    """Return a stored text as people read it: `yes` for `true`."""
    if kind is SettingKind.BOOLEAN and value.casefold() in _ON | _OFF:
        return text("yes") if value.casefold() in _ON else text("no")
    return value


def takes(setting: AnySetting) -> str:
    """Return what a setting takes, to complete "It takes …"."""
    match setting.kind:
        case SettingKind.BOOLEAN:
            return text("{yes} or {no}", yes="yes", no="no")
        case SettingKind.INTEGER:
            return text("a whole number from {least} to {most}", least=setting.minimum or 0, most=setting.maximum or 0)
        case SettingKind.CHANNEL:
            return text("a channel, as a mention or an id")
        case SettingKind.ROLES:
            return text("up to {most} roles, as mentions or ids separated by commas", most=ROLES_LIMIT)


def example_of(setting: AnySetting) -> str:
    """Return a value that a setting takes, as people write it; empty for roles and channels, which have ids."""
    if setting.kind is SettingKind.BOOLEAN:
        return "yes" if setting.default else "no"
    return str(setting.default) if setting.kind is SettingKind.INTEGER else ""


def parsed(setting: AnySetting, text: str) -> Value:
    """Parse a text as people write a setting's value: `yes`, `20`, a mention or an id, several separated by commas.

    Raises:
        UnusableValue: the setting doesn't take that.
    """
    text = text.strip()
    match setting.kind:
        case SettingKind.BOOLEAN:
            if text.casefold() not in _ON | _OFF:
                raise UnusableValue(takes(setting))
            return text.casefold() in _ON
        case SettingKind.INTEGER:
            return _number(setting, text)
        case SettingKind.CHANNEL:
            return ChannelId(_id(setting, _CHANNEL, text)) if text else None
        case SettingKind.ROLES:
            return _roles(setting, text)


def effective(setting: AnySetting, text: str | None) -> Value:
    """Return the value of a setting: the stored one, otherwise the default.

    A stored value that is no longer acceptable, for instance after bounds were narrowed, counts as not set.
    """
    if text is None:
        return setting.default
    try:
        return parsed(setting, text)
    except UnusableValue:
        return setting.default


def choices(setting: AnySetting, most: int) -> Sequence[str]:
    """Return every value that a setting can have, as people write them, if there are no more than `most`."""
    if setting.kind is SettingKind.BOOLEAN:
        return ("yes", "no")
    low, high = setting.minimum or 0, setting.maximum or 0
    if setting.kind is SettingKind.INTEGER and high - low < most:
        return [str(number) for number in range(low, high + 1)]
    return ()


def _number(setting: AnySetting, text: str) -> int:
    low, high = setting.minimum or 0, setting.maximum or 0
    if not _WHOLE.fullmatch(text) or not low <= int(text) <= high:
        raise UnusableValue(takes(setting))
    return int(text)


def _roles(setting: AnySetting, text: str) -> tuple[RoleId, ...]:
    found = {RoleId(_id(setting, _ROLE, part)) for part in (_BETWEEN.split(text) if text else ())}
    if len(found) > ROLES_LIMIT:
        raise UnusableValue(takes(setting))
    return tuple(sorted(found))


def _id(setting: AnySetting, pattern: re.Pattern[str], text: str) -> int:
    match = pattern.fullmatch(text)
    number = 0 if match is None else int(match[1] or match[2])
    if not 1 <= number < 2**63:
        raise UnusableValue(takes(setting))
    return number
