"""Rules of permissions in memory."""

from collections.abc import Sequence
from datetime import datetime
from typing import final

from twi_core.kernel.ids import GuildId
from twi_core.permissions.domain import Rule, Subject
from twi_memory.storage.table import Table, View


def rules_table() -> Table[Rule]:
    """Make the table of rules: a guild has one for a subject and a pattern."""
    return Table(lambda rule: rule.id, lambda rule: (rule.guild, rule.subject, rule.pattern), lambda rule: rule.guild)


@final
class MemoryPermissionRules:
    """Keep rules; see `PermissionRules` for what each call promises."""

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
