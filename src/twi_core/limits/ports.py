"""What the operations of limits need of a storage."""

from collections.abc import Sequence
from typing import Protocol

from twi_core.kernel.ids import GuildId
from twi_core.kernel.unit import Unit
from twi_core.limits.domain import LimitRule, Place


class LimitRules(Protocol):
    """Keep the rules of every guild; each call sees one guild's only."""

    async def of_guild(self, guild: GuildId, /) -> Sequence[LimitRule]:
        """Return every rule of a guild, by id."""
        ...

    async def put(self, rule: LimitRule, /) -> LimitRule | None:
        """Store a rule in place of the one for the same place, and give that one."""
        ...

    async def count_to_add(self, guild: GuildId, /) -> int:
        """Count the rules of a guild, those of this unit too; units that do so and add one come one after another."""
        ...

    async def remove(self, guild: GuildId, place: Place, /) -> LimitRule | None:
        """Delete the rule of a place, and give it; none where there is none."""
        ...


class LimitsUnit(Unit, Protocol):
    """Be a unit of work over rules."""

    @property
    def limit_rules(self) -> LimitRules:
        """Return the rules as this unit sees them."""
        ...
