"""Set a setting."""

from typing import Final, final

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.directory import UNKNOWN_CHANNEL
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome
from twi_core.kernel.policy import Policy, Rate
from twi_core.settings.errors import UNKNOWN_SETTING, UNUSABLE_VALUE
from twi_core.settings.fields import SettingKey, SettingValue
from twi_core.settings.permissions import SETTINGS_VIEW
from twi_core.settings.rules.changing import ChangedSetting, Changer
from twi_core.settings.rules.references import ADDING_REFUSALS
from twi_core.settings.rules.values import parsed


class SetSetting(Command):
    """Change a setting of this server."""

    key: SettingKey
    value: SettingValue


@final
class SetSettingUseCase:
    """A change of a setting's value, which requires the setting's own permission."""

    policy: Final = Policy(
        name="settings.set",
        requires=SETTINGS_VIEW,
        limit=Rate(30, per=60),
        errors=(*ADDING_REFUSALS, UNKNOWN_CHANNEL, UNKNOWN_SETTING, UNUSABLE_VALUE),
    )

    def __init__(self, changer: Changer) -> None:
        self._changer = changer

    async def __call__(self, command: SetSetting, context: CallContext, /) -> Outcome[ChangedSetting, AppError]:
        """Return the setting as it is now."""
        return await self._changer.change(command.key, lambda setting, _: parsed(setting, command.value), context)
