"""Reset a setting."""

from typing import Final, final

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome
from twi_core.kernel.policy import Policy, Rate
from twi_core.settings.errors import UNKNOWN_SETTING
from twi_core.settings.fields import SettingKey
from twi_core.settings.permissions import SETTINGS_VIEW
from twi_core.settings.rules.changing import ChangedSetting, Changer
from twi_core.settings.rules.references import REMOVING_REFUSALS


class ResetSetting(Command):
    """Reset a setting to its default."""

    key: SettingKey


@final
class ResetSettingUseCase:
    """The removal of what a guild has set, which requires the setting's own permission."""

    policy: Final = Policy(
        name="settings.reset",
        requires=SETTINGS_VIEW,
        limit=Rate(30, per=60),
        errors=(*REMOVING_REFUSALS, UNKNOWN_SETTING),
    )

    def __init__(self, changer: Changer) -> None:
        self._changer = changer

    async def __call__(self, command: ResetSetting, context: CallContext, /) -> Outcome[ChangedSetting, AppError]:
        """Return the setting as it is now."""
        return await self._changer.change(command.key, None, context)
