"""Show settings of a server as text that a terminal can be trusted with."""

from collections.abc import Mapping

from twi_cli.output.cells import moment, person
from twi_core.kernel.settings import declared_settings
from twi_core.settings.domain import SettingChange
from twi_core.settings.rules.changing import ChangedSetting, Difference
from twi_core.settings.rules.states import SettingState
from twi_core.settings.rules.values import spoken_value
from twi_runtime.plain import plain


def setting_state(setting: SettingState, brief: bool) -> Mapping[str, str]:
    """Show what a setting is at, as one row among others without what it takes."""
    facts = {
        "setting": plain(setting.key),
        "value": _told(setting.key, setting.value) + ("" if setting.is_set else " (default)"),
        "changed with": f"{setting.permission} ({setting.level.label})",
        "for": plain(setting.summary),
    }
    return facts if brief else facts | {"takes": setting.takes, "default": _told(setting.key, setting.default)}


def changed_setting(done: ChangedSetting, _: bool) -> Mapping[str, str]:
    """Show what a setting is at now, and was at before."""
    key = done.setting.key
    before = {"before": _told(key, done.before)} if done.changed else {"unchanged": "it was so already"}
    return {"setting": plain(key), "value": _told(key, done.setting.value), **before}


def setting_change(change: SettingChange, _: bool) -> Mapping[str, str]:
    """Show who changed what, and when."""
    when = {"when": moment(change.changed_at), "by": person(change.changed_by)}
    return {**when, **difference(Difference(change.key, change.before, change.after), False)}


def difference(found: Difference, _: bool) -> Mapping[str, str]:
    """Show what an import changes."""
    return {
        "setting": plain(found.key),
        "before": _told(found.key, found.before),
        "after": _told(found.key, found.after),
    }


def _told(key: str, text: str | None) -> str:
    if text is None:
        return "the default"
    setting = declared_settings().get(key)
    return plain(text if setting is None else spoken_value(setting.kind, text)) or "none"
