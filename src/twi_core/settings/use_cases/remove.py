"""Remove from a list setting."""

from typing import Final, final

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome
from twi_core.kernel.policy import Policy, Rate
from twi_core.settings.errors import ONE_VALUE, UNKNOWN_SETTING, UNUSABLE_VALUE
from twi_core.settings.fields import ListKey, ListValue
from twi_core.settings.permissions import SETTINGS_VIEW
from twi_core.settings.rules.changing import ChangedSetting, Changer
from twi_core.settings.rules.references import REMOVING_REFUSALS


class RemoveFromSetting(Command):
    """Remove an item from a list setting."""

    key: ListKey
    value: ListValue


@final
class RemoveFromSettingUseCase:
    """A removal from a list, which requires the setting's own permission."""

    policy: Final = Policy(
        name="settings.remove",
        requires=SETTINGS_VIEW,
        limit=Rate(30, per=60),
        errors=(*REMOVING_REFUSALS, ONE_VALUE, UNKNOWN_SETTING, UNUSABLE_VALUE),
    )

    def __init__(self, changer: Changer) -> None:
        self._changer = changer

    async def __call__(self, command: RemoveFromSetting, context: CallContext, /) -> Outcome[ChangedSetting, AppError]:
        """Return the setting as it is now; removing an item it doesn't have changes nothing."""
        return await self._changer.change_list(command.key, command.value, context, add=False)
