"""The operations of settings."""

from typing import final

from twi_core.kernel.handling import Api, use
from twi_core.settings.use_cases.add import AddToSettingUseCase
from twi_core.settings.use_cases.export import ExportSettingsUseCase
from twi_core.settings.use_cases.history import SettingHistoryUseCase
from twi_core.settings.use_cases.import_ import ImportSettingsUseCase
from twi_core.settings.use_cases.list import ListSettingsUseCase
from twi_core.settings.use_cases.remove import RemoveFromSettingUseCase
from twi_core.settings.use_cases.reset import ResetSettingUseCase
from twi_core.settings.use_cases.set import SetSettingUseCase
from twi_core.settings.use_cases.show import ShowSettingUseCase
from twi_core.settings.use_cases.suggest import SuggestSettingsUseCase


@final
class SettingsApi(Api):
    """What a server has set."""

    list = use(ListSettingsUseCase)
    show = use(ShowSettingUseCase)
    set = use(SetSettingUseCase)
    reset = use(ResetSettingUseCase)
    add = use(AddToSettingUseCase)
    remove = use(RemoveFromSettingUseCase)
    history = use(SettingHistoryUseCase)
    export = use(ExportSettingsUseCase)
    import_ = use(ImportSettingsUseCase)
    suggest = use(SuggestSettingsUseCase)
