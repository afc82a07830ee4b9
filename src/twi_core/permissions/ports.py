"""What permissions need of a storage."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from twi_core.kernel.ids import GuildId
from twi_core.kernel.unit import Unit
from twi_core.permissions.domain import Rule, Subject


class PermissionRules(Protocol):
    """Keep the rules of every guild; each call sees one guild's only."""

    async def of_guild(self, guild: GuildId, /) -> Sequence[Rule]:
        """Return every rule of a guild, by id; ended ones too."""
        ...

    async def put(self, rule: Rule, /) -> Rule | None:
        """Store a rule in place of the one for the same subject and pattern, and give that one."""
        ...

    async def count_to_add(self, guild: GuildId, /) -> int:
        """Count the rules of a guild, those of this unit too; units that do so and add one come one after another."""
        ...

    async def remove(self, guild: GuildId, subject: Subject, pattern: str, /) -> Rule | None:
        """Delete the rule for a subject and a pattern, and give it; none where there is none."""
        ...

    async def remove_ended(self, guild: GuildId, before: datetime, /) -> None:
        """Delete the rules of a guild that ended before some time."""
        ...


class PermissionsUnit(Unit, Protocol):
    """Be a unit of work over rules."""

    @property
    def permission_rules(self) -> PermissionRules:
        """Return the rules as this unit sees them."""
        ...
