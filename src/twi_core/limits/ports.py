"""What the operations of limits need from a storage."""

from collections.abc import Sequence
from typing import Protocol

from twi_core.kernel.ids import GuildId
from twi_core.kernel.unit import Unit
from twi_core.limits.domain import LimitRule, Place


class LimitRules(Protocol):
    """The stored rules; each call only sees one guild's."""

    async def of_guild(self, guild: GuildId, /) -> Sequence[LimitRule]:
        """Return every rule of a guild, by id."""
        ...

    async def put(self, rule: LimitRule, /) -> LimitRule | None:
        """Store a rule in place of the one it replaces, and return that one."""
        ...

    async def count_to_add(self, guild: GuildId, /) -> int:
        """Count the rules of a guild, including this unit's; units that count in order to add run one after another."""
        ...

    async def remove(self, guild: GuildId, place: Place, /) -> LimitRule | None:
        """Delete the rule at a place and return it; None if there is no such rule."""
        ...


class LimitsUnit(Unit, Protocol):
    """A unit of work over rules."""

    @property
    def limit_rules(self) -> LimitRules:
        """Return the rules as this unit sees them."""
        ...
