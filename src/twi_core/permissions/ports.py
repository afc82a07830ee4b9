"""What permissions need from a storage."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from twi_core.kernel.ids import GuildId
from twi_core.kernel.unit import Unit
from twi_core.permissions.domain import Rule, Subject


class PermissionRules(Protocol):
    """The stored rules; each call only sees one guild's."""

    async def of_guild(self, guild: GuildId, /) -> Sequence[Rule]:
        """Return every rule of a guild by id, including expired ones."""
        ...

    async def put(self, rule: Rule, /) -> Rule | None:
        """Store a rule in place of the one for the same subject and pattern, and return that one."""
        ...

    async def count_to_add(self, guild: GuildId, /) -> int:
        """Count the rules of a guild, including this unit's; units that count in order to add run one after another."""
        ...

    async def remove(self, guild: GuildId, subject: Subject, pattern: str, /) -> Rule | None:
        """Delete the rule for a subject and a pattern and return it; None if there is no such rule."""
        ...

    async def remove_ended(self, guild: GuildId, before: datetime, /) -> None:
        """Delete the rules of a guild that expired before a time."""
        ...


class PermissionsUnit(Unit, Protocol):
    """A unit of work over rules."""

    @property
    def permission_rules(self) -> PermissionRules:
        """Return the rules as this unit sees them."""
        ...
