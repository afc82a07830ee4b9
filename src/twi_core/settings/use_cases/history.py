"""Show the history of settings."""

from typing import Final, final

from pydantic import Field

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.paging import INVALID_CURSOR, Cursor, Page, page, read_cursor
from twi_core.kernel.policy import Policy, Rate
from twi_core.kernel.unit import Open
from twi_core.settings.domain import SettingChange
from twi_core.settings.errors import UNKNOWN_SETTING
from twi_core.settings.fields import SettingKey
from twi_core.settings.permissions import SETTINGS_VIEW
from twi_core.settings.ports import SettingsUnit
from twi_core.settings.rules.states import known_setting

PAGE_SIZE: Final = 10


class SettingHistory(Command):
    """Show who changed which setting, when, and how."""

    key: SettingKey | None = Field(
        None, description="The setting; leave it out to see all of them.", examples=["links.page_size"]
    )
    after: Cursor | None = None


@final
class SettingHistoryUseCase:
    """A listing of changes, latest first."""

    policy: Final = Policy(
        name="settings.history",
        requires=SETTINGS_VIEW,
        limit=Rate(30, per=60),
        errors=(INVALID_CURSOR, UNKNOWN_SETTING),
    )

    def __init__(self, open_unit: Open[SettingsUnit]) -> None:
        self._open_unit = open_unit

    async def __call__(
        self, command: SettingHistory, context: CallContext, /
    ) -> Outcome[Page[SettingChange], AppError]:
        """Return a page of changes; a setting that doesn't exist is refused, unless an older version changed it."""
        after = read_cursor(command.after)
        if isinstance(after, Failure):
            return after
        position = after.unwrap()
        before = None if position is None else position[1]
        async with self._open_unit(context) as unit:
            found = await unit.settings.history(context.in_guild, command.key, before=before, limit=PAGE_SIZE + 1)
        known = None if command.key is None or found else known_setting(command.key)
        if isinstance(known, Failure):
            return known
        return Success(page(found, PAGE_SIZE, lambda change: ("", change.id)))
