"""A server's settings, their history, and export and import."""

from typing import TYPE_CHECKING, Final

from twi_core.kernel.contexts import Context

if TYPE_CHECKING:
    from twi_core.settings.api import SettingsApi
    from twi_core.settings.domain import ChangeId, SettingChange
    from twi_core.settings.permissions import SETTINGS_VIEW
    from twi_core.settings.ports import SettingsUnit
    from twi_core.settings.rules.changing import ChangedSetting, Difference
    from twi_core.settings.rules.states import SettingState
    from twi_core.settings.use_cases.add import AddToSetting
    from twi_core.settings.use_cases.export import ExportedSettings, ExportSettings
    from twi_core.settings.use_cases.history import SettingHistory
    from twi_core.settings.use_cases.import_ import ImportedSettings, ImportSettings
    from twi_core.settings.use_cases.list import ListSettings
    from twi_core.settings.use_cases.remove import RemoveFromSetting
    from twi_core.settings.use_cases.reset import ResetSetting
    from twi_core.settings.use_cases.set import SetSetting
    from twi_core.settings.use_cases.show import ShowSetting
    from twi_core.settings.use_cases.suggest import SuggestSettings

__all__ = [
    "SETTINGS",
    "SETTINGS_VIEW",
    "AddToSetting",
    "ChangeId",
    "ChangedSetting",
    "Difference",
    "ExportSettings",
    "ExportedSettings",
    "ImportSettings",
    "ImportedSettings",
    "ListSettings",
    "RemoveFromSetting",
    "ResetSetting",
    "SetSetting",
    "SettingChange",
    "SettingHistory",
    "SettingState",
    "SettingsApi",
    "SettingsUnit",
    "ShowSetting",
    "SuggestSettings",
]

SETTINGS: "Final[Context[SettingsApi, SettingsUnit]]" = Context(__name__)

if not TYPE_CHECKING:  # these names are all a type checker sees
    __getattr__ = SETTINGS.public_name
