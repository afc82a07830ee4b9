"""Show one setting of a guild."""

from typing import Final, final

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.policy import Policy, Rate
from twi_core.kernel.unit import Open
from twi_core.settings.errors import UNKNOWN_SETTING
from twi_core.settings.fields import SettingKey
from twi_core.settings.permissions import SETTINGS_VIEW
from twi_core.settings.ports import SettingsUnit
from twi_core.settings.rules.states import SettingState, known_setting, state_of


class ShowSetting(Command):
    """Show a setting: its purpose, value, possible values, and who can change it."""

    key: SettingKey


@final
class ShowSettingUseCase:
    """A description of a setting."""

    policy: Final = Policy(
        name="settings.show", requires=SETTINGS_VIEW, limit=Rate(30, per=60), errors=(UNKNOWN_SETTING,)
    )

    def __init__(self, open_unit: Open[SettingsUnit]) -> None:
        self._open_unit = open_unit

    async def __call__(self, command: ShowSetting, context: CallContext, /) -> Outcome[SettingState, AppError]:
        """Return the setting as it is now."""
        known = known_setting(command.key)
        if isinstance(known, Failure):
            return known
        async with self._open_unit(context) as unit:
            found = await unit.settings.of_guild(context.in_guild)
        return Success(state_of(known.unwrap(), found.get(command.key)))
