"""Suggest settings and their values during autocompletion."""

from collections.abc import Sequence
from typing import Annotated, Final, final

from pydantic import Field

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome, Success
from twi_core.kernel.policy import Policy
from twi_core.kernel.schemas import TextShape
from twi_core.kernel.settings import SettingKind, declared_settings
from twi_core.settings.fields import VALUE_LIMIT, SettingKey
from twi_core.settings.permissions import SETTINGS_VIEW
from twi_core.settings.rules.values import choices

CHOICES: Final = 25
"""As many as Discord shows."""


class SuggestSettings(Command):
    """Suggest settings that contain the text, or values of a setting."""

    typed: Annotated[
        str,
        TextShape(VALUE_LIMIT, optional=True, rule=str.casefold),
        Field(description="The text so far.", examples=["links"]),
    ] = ""
    key: SettingKey | None = Field(
        None, description="The setting to suggest values for.", examples=["permissions.quiet_refusals"]
    )
    lists: bool = Field(False, description="Whether to suggest only list settings.", examples=[True])


@final
class SuggestSettingsUseCase:
    """Suggested keys or values: first those that begin with the typed text, then those that contain it."""

    policy: Final = Policy(name="settings.suggest", requires=SETTINGS_VIEW)

    async def __call__(self, command: SuggestSettings, _: CallContext, /) -> Outcome[Sequence[str], AppError]:
        """Return up to `CHOICES` keys or values; none if a setting's values can't be listed."""
        found = [text for text in _candidates(command) if command.typed in text]
        return Success(sorted(found, key=lambda text: not text.startswith(command.typed))[:CHOICES])


def _candidates(command: SuggestSettings) -> Sequence[str]:
    settings = declared_settings()
    if command.key is None:
        return [key for key, setting in settings.items() if not command.lists or setting.kind is SettingKind.ROLES]
    setting = settings.get(command.key)
    return () if setting is None else choices(setting, CHOICES)
