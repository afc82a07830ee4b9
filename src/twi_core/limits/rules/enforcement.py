"""The limits that apply to a caller: the operation's, the guild's rules over them, and exemptions."""

from typing import Final, final

from twi_core.kernel.context import CallContext, system_context
from twi_core.kernel.guild_cache import GuildCache
from twi_core.kernel.ids import GuildId
from twi_core.kernel.invalidations import Invalidations
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Authority, Policy, Rate
from twi_core.kernel.sources import Clock
from twi_core.kernel.unit import Open
from twi_core.limits.domain import TOPIC, GuildLimits
from twi_core.limits.permissions import LIMITS_BYPASS
from twi_core.limits.ports import LimitsUnit
from twi_core.limits.rules.resolution import BY_GUILD, Bound, Ground, Held, beyond_guild, resolve

_UNLIMITED: Final = Held((), Ground.OPERATOR)


@final
class RuleLimits:
    """The application's `Limits`; the rules of each guild are cached.

    Operators aren't limited. Holders of `limits.bypass` aren't bound by any limit of a member or of the guild.
    """

    def __init__(
        self, open_unit: Open[LimitsUnit], authority: Authority, invalidations: Invalidations, clock: Clock
    ) -> None:
        self._open_unit = open_unit
        self._authority = authority
        self._clock = clock
        self._rules = GuildCache(TOPIC, self._load, invalidations, clock)

    async def _load(self, guild: GuildId) -> GuildLimits:
        async with self._open_unit(system_context(guild, self._clock.now())) as unit:
            return GuildLimits(await unit.limit_rules.of_guild(guild))

    async def rules(self, guild: GuildId, /) -> GuildLimits:
        """Return the rules of a guild."""
        return await self._rules.get(guild)

    async def rates(self, policy: Policy, context: CallContext, /) -> tuple[Rate, ...] | None:
        """See `Limits`."""
        held = await self.held(policy, context)
        return None if held.ground is Ground.OPERATOR else held.rates

    async def held(self, policy: Policy, context: CallContext, /) -> Held:
        """Return the limits of an operation as they apply to a caller, and why."""
        asked = _for_the_guild(policy.limits)
        if await self._authority.level(context) is Level.OPERATOR:
            return _UNLIMITED
        free = await self._free(policy.limits, context) if asked else None
        if free is not None or context.guild is None:
            return free or Held(policy.limits)
        rules = self._rules.cached(context.guild) or await self._rules.get(context.guild)
        held = resolve(policy, Bound(context.guild, context.actor, context.roles), rules)
        if not asked and _for_the_guild(held.rates):
            return await self._free(held.rates, context) or held
        return held

    async def _free(self, rates: tuple[Rate, ...], context: CallContext) -> Held | None:
        """Return what still applies to a holder of `limits.bypass`, or None if the caller isn't one."""
        if not await self._authority.holds(LIMITS_BYPASS, context):
            return None
        return Held(beyond_guild(rates), Ground.BYPASS)


def _for_the_guild(rates: tuple[Rate, ...]) -> bool:
    """Return whether a guild could change one of them; a plain loop, since every call runs it."""
    for rate in rates:  # noqa: SIM110
        if rate.scope in BY_GUILD:
            return True
    return False
