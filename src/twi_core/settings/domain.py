"""What a guild has set, and its history."""

from dataclasses import dataclass
from datetime import datetime
from typing import final

from twi_core.kernel.ids import GuildId, Snowflake, UserId


class ChangeId(Snowflake):
    """The id of a change; later ones are larger."""

    __slots__ = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """A change of one setting from one text to another; None is the default.

    `changed_by` is None for the bot's operator.
    """

    id: ChangeId
    guild: GuildId
    key: str
    before: str | None
    after: str | None
    changed_by: UserId | None
    changed_at: datetime
