"""Settings as texts: how they are stored, written and read."""

import re
from typing import Final

from twi_core.kernel.ids import ChannelId, RoleId
from twi_core.kernel.settings import ROLES_LIMIT, AnySetting, SettingKind

_ON: Final = frozenset({"true", "yes", "on", "1"})
_OFF: Final = frozenset({"false", "no", "off", "0"})
_WHOLE: Final = re.compile(r"-?[0-9]{1,10}", re.ASCII)
_CHANNEL: Final = re.compile(r"<#([0-9]{1,19})>|([0-9]{1,19})", re.ASCII)
_ROLE: Final = re.compile(r"<@&([0-9]{1,19})>|([0-9]{1,19})", re.ASCII)
_BETWEEN: Final = re.compile(r"[\s,]+")


Value = bool | int | ChannelId | tuple[RoleId, ...] | None
"""What a setting can hold."""


class UnusableValue(ValueError):
    """Tell what a setting takes instead; the text completes "it takes …"."""


def written(value: object) -> str:
    """Write a value as the text that is stored: `true`, `20`, an id, or ids with commas between; blank for none."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case tuple():
            return ",".join(str(item) for item in value)
        case _:
            return str(value)


def parsed(setting: AnySetting, text: str) -> Value:
    """Read a text as a setting's value, as people write it: `yes`, `20`, a mention or an id, several with commas.

    Raises:
        UnusableValue: the setting does not take that.
    """
    text = text.strip()
    match setting.kind:
        case SettingKind.BOOLEAN:
            if text.casefold() not in _ON | _OFF:
                raise UnusableValue("yes or no")
            return text.casefold() in _ON
        case SettingKind.INTEGER:
            return _number(setting, text)
        case SettingKind.CHANNEL:
            found = _CHANNEL.fullmatch(text)
            if text and found is None:
                raise UnusableValue("a channel, as a mention or an id")
            return None if found is None else ChannelId(_id(found, "a channel, as a mention or an id"))
        case SettingKind.ROLES:
            return _roles(text)


def _number(setting: AnySetting, text: str) -> int:
    low, high = setting.minimum or 0, setting.maximum or 0
    if not _WHOLE.fullmatch(text) or not low <= int(text) <= high:
        raise UnusableValue(f"a whole number from {low} to {high}")
    return int(text)


def _roles(text: str) -> tuple[RoleId, ...]:
    what = f"up to {ROLES_LIMIT} roles, as mentions or ids with commas between"
    found: list[RoleId] = []
    for part in _BETWEEN.split(text) if text else []:
        match = _ROLE.fullmatch(part)
        if match is None:
            raise UnusableValue(what)
        found.append(RoleId(_id(match, what)))
    if len(set(found)) > ROLES_LIMIT:
        raise UnusableValue(what)
    return tuple(sorted(set(found)))


def _id(match: re.Match[str], what: str) -> int:
    number = int(match[1] or match[2])
    if not 1 <= number < 2**63:
        raise UnusableValue(what)
    return number
