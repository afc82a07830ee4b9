"""Permission rules in memory."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, final

from twi_core.kernel.ids import GuildId
from twi_core.permissions import PERMISSIONS
from twi_core.permissions.domain import Rule, Subject
from twi_memory.storage.table import Rows, View
from twi_memory.storage.unit import MemoryUnit, Units

PERMISSION_RULE_ROWS: Final = Rows[Rule](
    "permission_rules",
    number=lambda rule: rule.id,
    unique=lambda rule: (rule.guild, rule.subject, rule.pattern),
    group=lambda rule: rule.guild,
)


@final
class MemoryPermissionRules:
    """Permission rules in memory; see `PermissionRules` for what each call promises."""

    def __init__(self, rows: View[Rule]) -> None:
        self._rows = rows

    async def of_guild(self, guild: GuildId, /) -> Sequence[Rule]:
        """See `PermissionRules`."""
        return sorted(self._rows.group(guild), key=lambda rule: rule.id)

    async def put(self, rule: Rule, /) -> Rule | None:
        """See `PermissionRules`."""
        before = await self.remove(rule.guild, rule.subject, rule.pattern)
        self._rows.insert(rule)
        return before

    async def count_to_add(self, guild: GuildId, /) -> int:
        """See `PermissionRules`."""
        return self._rows.count(guild)

    async def remove(self, guild: GuildId, subject: Subject, pattern: str, /) -> Rule | None:
        """See `PermissionRules`."""
        rule = self._rows.find((guild, subject, pattern))
        if rule is not None:
            self._rows.remove(rule)
        return rule

    async def remove_ended(self, guild: GuildId, before: datetime, /) -> None:
        """See `PermissionRules`."""
        for rule in list(self._rows.group(guild)):
            if rule.expires_at is not None and rule.expires_at < before:
                self._rows.remove(rule)


@final
class MemoryPermissionsUnit(MemoryUnit):
    """A unit of work over permission rules."""

    @property
    def permission_rules(self) -> MemoryPermissionRules:
        """See `PermissionsUnit`."""
        return MemoryPermissionRules(self.view(PERMISSION_RULE_ROWS))


UNITS: Final = Units(PERMISSIONS, MemoryPermissionsUnit)
