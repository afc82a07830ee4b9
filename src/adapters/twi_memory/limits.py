"""Limit rules in memory."""

from collections.abc import Sequence
from typing import Final, final

from twi_core.kernel.ids import GuildId
from twi_core.limits import LIMITS
from twi_core.limits.domain import LimitRule, Place
from twi_memory.storage.table import Rows, View
from twi_memory.storage.unit import MemoryUnit, Units

LIMIT_RULE_ROWS: Final = Rows[LimitRule](
    "limit_rules",
    number=lambda rule: rule.id,
    unique=lambda rule: (rule.guild, *rule.place),
    group=lambda rule: rule.guild,
)


@final
class MemoryLimitRules:
    """Limit rules in memory; see `LimitRules` for what each call promises."""

    def __init__(self, rows: View[LimitRule]) -> None:
        self._rows = rows

    async def of_guild(self, guild: GuildId, /) -> Sequence[LimitRule]:
        """See `LimitRules`."""
        return sorted(self._rows.group(guild), key=lambda rule: rule.id)

    async def put(self, rule: LimitRule, /) -> LimitRule | None:
        """See `LimitRules`."""
        before = await self.remove(rule.guild, rule.place)
        self._rows.insert(rule)
        return before

    async def count_to_add(self, guild: GuildId, /) -> int:
        """See `LimitRules`."""
        return self._rows.count(guild)

    async def remove(self, guild: GuildId, place: Place, /) -> LimitRule | None:
        """See `LimitRules`."""
        rule = self._rows.find((guild, *place))
        if rule is not None:
            self._rows.remove(rule)
        return rule


@final
class MemoryLimitsUnit(MemoryUnit):
    """A unit of work over limit rules."""

    @property
    def limit_rules(self) -> MemoryLimitRules:
        """See `LimitsUnit`."""
        return MemoryLimitRules(self.view(LIMIT_RULE_ROWS))


UNITS: Final = Units(LIMITS, MemoryLimitsUnit)
