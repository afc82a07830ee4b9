"""Export the settings of a guild."""

from dataclasses import dataclass
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
from twi_core.settings.rules.documents import write_document
from twi_core.settings.rules.states import state_of
from twi_core.settings.rules.values import effective


@final
@dataclass(frozen=True, slots=True)
class ExportedSettings:
    """What a guild has set, as a JSON object of keys and values that can be imported."""

    document: str


class ExportSettings(Command):
    """Export this server's settings as one document. Rules and limits aren't included."""


@final
class ExportSettingsUseCase:
    """An export of what is set; settings at their defaults are left out."""

    policy: Final = Policy(name="settings.export", requires=SETTINGS_VIEW, limit=Rate(10, per=60))

    def __init__(self, open_unit: Open[SettingsUnit]) -> None:
        self._open_unit = open_unit

    async def __call__(self, _: ExportSettings, context: CallContext, /) -> Outcome[ExportedSettings, AppError]:
        """Return the document."""
        async with self._open_unit(context) as unit:
            found = await unit.settings.of_guild(context.in_guild)
        values = {
            key: effective(setting, found[key])
            for key, setting in declared_settings().items()
            if key in found and state_of(setting, found[key]).is_set
        }
        return Success(ExportedSettings(write_document(values)))
