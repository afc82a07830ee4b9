"""List the settings of a guild."""

from collections.abc import Sequence
from typing import Final, final

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome, Success
from twi_core.kernel.policy import Policy, Rate
from twi_core.kernel.settings import declared_settings
from twi_core.kernel.unit import Open
from twi_core.settings.permissions import SETTINGS_VIEW
from twi_core.settings.ports import SettingsUnit
from twi_core.settings.rules.states import SettingState, state_of


class ListSettings(Command):
    """List this server's settings: their purpose, values, and who can change them."""


@final
class ListSettingsUseCase:
    """A description of every setting that the contexts declare."""

    policy: Final = Policy(name="settings.list", requires=SETTINGS_VIEW, limit=Rate(30, per=60))

    def __init__(self, open_unit: Open[SettingsUnit]) -> None:
        self._open_unit = open_unit

    async def __call__(self, _: ListSettings, context: CallContext, /) -> Outcome[Sequence[SettingState], AppError]:
        """Return all settings, by key."""
        async with self._open_unit(context) as unit:
            found = await unit.settings.of_guild(context.in_guild)
        return Success([state_of(setting, found.get(key)) for key, setting in declared_settings().items()])
