"""What a guild has set, and how that came about."""

from dataclasses import dataclass
from datetime import datetime
from typing import final

from twi_core.kernel.ids import GuildId, Snowflake, UserId


class ChangeId(Snowflake):
    """Identify a change; a later one's is larger."""

    __slots__ = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """Tell how one setting changed, from one text to another; none is the default.

    `changed_by` is none for the bot's operator.
    """

    id: ChangeId
    guild: GuildId
    key: str
    before: str | None
    after: str | None
    changed_by: UserId | None
    changed_at: datetime
