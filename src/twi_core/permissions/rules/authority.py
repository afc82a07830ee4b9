"""Know what a caller may do: the level from verified facts, and the rules of the guild over it."""

from typing import Final, final

from twi_core.kernel.context import CallContext, Origin, system_context
from twi_core.kernel.errors import AppError
from twi_core.kernel.guild_cache import GuildCache
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.invalidations import Invalidations
from twi_core.kernel.operators import Operators
from twi_core.kernel.permissions import Level, NativePermissions, Permission
from twi_core.kernel.policy import Policy
from twi_core.kernel.settings import GuildSettings
from twi_core.kernel.sources import Clock
from twi_core.kernel.unit import Open
from twi_core.permissions.domain import TOPIC, Rules
from twi_core.permissions.errors import CLOSED_CHANNEL, DENIED, DENIED_BY_RULE
from twi_core.permissions.ports import PermissionsUnit
from twi_core.permissions.rules.resolution import CHANNEL_GROUNDS, Caller, Ground, Verdict, decide
from twi_core.permissions.settings import ADMIN_ROLES

_NO_RULES: Final = Rules()


@final
class RuleAuthority:
    """Be the `Authority` and the `Ownership` of the application; the rules of each guild are kept at hand."""

    def __init__(
        self,
        open_unit: Open[PermissionsUnit],
        settings: GuildSettings,
        operators: Operators,
        invalidations: Invalidations,
        clock: Clock,
    ) -> None:
        self._open_unit = open_unit
        self._settings = settings
        self._operators = operators
        self._clock = clock
        self._rules = GuildCache(TOPIC, self._load, invalidations, clock)

    async def _load(self, guild: GuildId) -> Rules:
        async with self._open_unit(system_context(guild, self._clock.now())) as unit:
            return Rules(await unit.permission_rules.of_guild(guild))

    async def rules(self, guild: GuildId, /) -> Rules:
        """Give the rules of a guild."""
        return await self._rules.get(guild)

    async def level(self, context: CallContext, /) -> Level:
        """See `Authority`; over HTTP it is that of the API token alone, whoever its actor is."""
        if context.origin is Origin.HTTP:
            return context.asserted_level
        if context.actor in self._operators:
            return Level.OPERATOR
        if context.guild is None or context.asserted_level >= Level.ADMINISTRATOR:
            return context.asserted_level
        if NativePermissions.ADMINISTRATOR in context.native:
            return Level.ADMINISTRATOR
        admin_roles = await self._settings.get(ADMIN_ROLES, context.guild)
        if not context.roles.isdisjoint(admin_roles):
            return Level.ADMINISTRATOR
        if NativePermissions.BAN_MEMBERS in context.native:
            return max(context.asserted_level, Level.MODERATOR)
        return context.asserted_level

    async def verdict(self, permission: Permission, context: CallContext, /) -> Verdict:
        """Decide, and say on what ground."""
        caller = await self.caller(context)
        rules = _NO_RULES
        if context.guild is not None and caller.level < Level.ADMINISTRATOR and not permission.fixed:
            rules = await self._rules.get(context.guild)
        return decide(permission, caller, context.guild, rules, context.received_at)

    async def caller(self, context: CallContext, /) -> Caller:
        """Give who asks, and where, as decisions see it."""
        places = () if context.channel is None else (context.channel, *context.within)
        return Caller(user=context.actor, level=await self.level(context), roles=context.roles, places=places)

    async def holds(self, permission: Permission, context: CallContext, /) -> bool:
        """See `Authority`."""
        return (await self.verdict(permission, context)).allowed

    async def refusal(self, policy: Policy, context: CallContext, /) -> AppError | None:
        """See `Authority`."""
        verdict = await self.verdict(policy.requires, context)
        if verdict.allowed or (policy.own is not None and await self.holds(policy.own, context)):
            return None
        return refused(policy.requires, verdict)

    async def refusal_for(self, permission: Permission, context: CallContext, /) -> AppError | None:
        """See `Authority`."""
        verdict = await self.verdict(permission, context)
        return None if verdict.allowed else refused(permission, verdict)

    async def refusal_on(self, policy: Policy, owner: UserId | None, context: CallContext, /) -> AppError | None:
        """See `Ownership`."""
        verdict = await self.verdict(policy.requires, context)
        if verdict.allowed:
            return None
        owns = owner is not None and owner == context.actor
        if owns and policy.own is not None and await self.holds(policy.own, context):
            return None
        return refused(policy.requires, verdict)


def refused(permission: Permission, verdict: Verdict) -> AppError:
    """Give the error that tells a verdict."""
    told = {"action": permission.summary, "permission": permission.name, "holders": permission.default.holders}
    if verdict.ground in CHANNEL_GROUNDS:
        return AppError(CLOSED_CHANNEL, told)
    return AppError(DENIED, told, DENIED_BY_RULE if verdict.ground is Ground.RULE else None)
