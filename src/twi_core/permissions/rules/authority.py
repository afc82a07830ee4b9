"""Decide what a caller may do: the level from verified facts, and the guild's rules over it."""

from typing import Final, final

from twi_core.kernel.context import CallContext, Origin, system_context
from twi_core.kernel.errors import AppError
from twi_core.kernel.guild_cache import GuildCache
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.invalidations import Invalidations
from twi_core.kernel.language import translated
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
class _Seen:
    """The facts behind the decisions on one call, and those decisions; nothing was invalidated since `version`."""

    __slots__ = ("caller", "context", "rules", "verdicts", "version")

    def __init__(self, context: CallContext, caller: Caller, version: int) -> None:
        self.context = context
        self.caller = caller
        self.version = version
        self.rules: Rules | None = None
        self.verdicts: dict[str, Verdict] = {}


@final
class RuleAuthority:
    """The application's `Authority` and `Ownership`; the rules of each guild are cached.

    One call asks several questions: whether it may be made, whether limits apply, whether it may change a thing. What
    was found for the latest call is kept until the next one begins or anything cached is invalidated. Questions outside
    a call are answered afresh each time.
    """

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
        self._invalidations = invalidations
        self._clock = clock
        self._rules = GuildCache(TOPIC, self._load, invalidations, clock)
        self._last: _Seen | None = None

    async def _load(self, guild: GuildId) -> Rules:
        async with self._open_unit(system_context(guild, self._clock.now())) as unit:
            return Rules(await unit.permission_rules.of_guild(guild))

    async def rules(self, guild: GuildId, /) -> Rules:
        """Return the rules of a guild."""
        return await self._rules.get(guild)

    async def level(self, context: CallContext, /) -> Level:
        """See `Authority`; over HTTP it is that of the API token alone, regardless of its actor."""
        return (self._seen(context) or await self._look(context)).caller.level

    async def caller(self, context: CallContext, /) -> Caller:
        """Return who is asking, and where, in the form that decisions need."""
        return (self._seen(context) or await self._look(context)).caller

    async def verdict(self, permission: Permission, context: CallContext, /) -> Verdict:
        """Return the decision and its ground."""
        return await self._decided(permission, self._seen(context) or await self._look(context))

    async def _decided(self, permission: Permission, seen: _Seen) -> Verdict:
        known = seen.verdicts.get(permission.name)
        if known is not None:
            return known
        context = seen.context
        rules = _NO_RULES
        if context.guild is not None and seen.caller.level < Level.ADMINISTRATOR and not permission.fixed:
            if seen.rules is None:
                seen.rules = self._rules.cached(context.guild) or await self._rules.get(context.guild)
            rules = seen.rules
        verdict = decide(permission, seen.caller, context.guild, rules, context.received_at)
        seen.verdicts[permission.name] = verdict
        return verdict

    def _seen(self, context: CallContext) -> _Seen | None:
        """Return what was found for a call if it is the latest one and all of that is still valid."""
        seen, now = self._last, self._invalidations
        return (
            seen if seen is not None and seen.context is context and seen.version == now.version and now.live else None
        )

    async def _look(self, context: CallContext) -> _Seen:
        version = self._invalidations.version  # before anything is read
        places = () if context.channel is None else (context.channel, *context.within)
        level = await self._level(context)
        return _Seen(context, Caller(user=context.actor, level=level, roles=context.roles, places=places), version)

    async def _level(self, context: CallContext) -> Level:
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

    async def holds(self, permission: Permission, context: CallContext, /) -> bool:
        """See `Authority`."""
        return (await self.verdict(permission, context)).allowed

    async def refusal(self, policy: Policy, context: CallContext, /) -> AppError | None:
        """See `Authority`; a call starts here, so nothing from an earlier one with the same context is reused."""
        seen = self._last = await self._look(context)
        verdict = await self._decided(policy.requires, seen)
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
    """Return the error that reports a verdict."""
    action, holders = translated(permission.summary), permission.default.holders
    facts = {"action": action, "permission": permission.name, "holders": holders}
    if verdict.ground in CHANNEL_GROUNDS:
        return AppError(CLOSED_CHANNEL, facts)
    return AppError(DENIED, facts, DENIED_BY_RULE if verdict.ground is Ground.RULE else None)
