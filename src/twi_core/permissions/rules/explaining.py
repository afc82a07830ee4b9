"""Explain why someone can or can't do something, and what would change it, from the same decision."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.ids import ChannelId, GuildId
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.permissions import Level, Permission, declared_permissions, patterns
from twi_core.kernel.policy import Policies, Policy
from twi_core.permissions.domain import Effect, Rule, RuleId, Rules, Subject, SubjectKind, channel, user
from twi_core.permissions.rules.authority import RuleAuthority
from twi_core.permissions.rules.planning import unknown
from twi_core.permissions.rules.resolution import CHANNEL_GROUNDS, Caller, Ground, Verdict, decide
from twi_core.permissions.rules.subjects import SubjectCheck


@final
@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that helps: an operation and its parameters, in the form that every entrypoint accepts."""

    operation: str
    parameters: Mapping[str, str]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Whether something is allowed, and why.

    `asked` is the operation or permission in question, `level` the caller's and `needed` the one that has the
    permission without any rule. `own` means that it is allowed only on what the caller owns. `rule` decided, if a rule
    did; `open_channels` are where it is allowed instead. `gone` are channels that rules open for it but that no longer
    exist. `entrypoint` is the reason why an entrypoint is closed to everyone. All of `remedies` together would allow
    it; there are none if the level alone decides, or if it is unknown what contains the place. `supposed` means that
    the roles and the level aren't what Discord reports, but assumptions.
    """

    asked: str
    permission: str
    level: Level
    needed: Level
    allowed: bool
    own: bool
    ground: Ground
    rule: Rule | None = None
    open_channels: tuple[ChannelId, ...] = ()
    gone: tuple[ChannelId, ...] = ()
    entrypoint: str | None = None
    remedies: tuple[Remedy, ...] = field(default=())
    supposed: bool = False


@final
class Explainer:
    """An explainer of the authority's decisions."""

    def __init__(self, authority: RuleAuthority, policies: Policies, presence: SubjectCheck) -> None:
        self._authority = authority
        self._policies = policies
        self._presence = presence

    async def explain(
        self, asked: str, caller: Caller, context: CallContext, *, for_staff: bool, supposed: bool = False
    ) -> Outcome[Explanation, AppError]:
        """Explain the outcome for a caller at the place of `context`; the reasons of rules are shown only to staff."""
        policy, permission = self._policies.find(asked), declared_permissions().get(asked)
        wanted = permission if policy is None else policy.requires
        if wanted is None:
            return Failure(unknown(asked, sorted({*self._policies.names(), *declared_permissions()})))
        rules = Rules() if context.guild is None else await self._authority.rules(context.guild)
        now = context.received_at
        verdict = decide(wanted, caller, context.guild, rules, now)
        explanation = _explanation(asked, wanted, policy, caller, verdict, context)
        if not verdict.allowed and policy is not None and policy.own is not None:
            owned = decide(policy.own, caller, context.guild, rules, now)
            if owned.allowed:
                explanation = replace(_explanation(asked, policy.own, policy, caller, owned, context), own=True)
        explanation = replace(explanation, supposed=supposed)
        if not explanation.allowed and context.guild is not None and explanation.entrypoint is None:
            gone = [rule for rule in _opening(wanted, rules, now) if await self._presence.gone(rule)]
            explanation = replace(
                explanation,
                gone=tuple(dict.fromkeys(ChannelId(rule.subject.id) for rule in gone)),
                remedies=remedies(wanted, caller, context.guild, rules, now, gone),
            )
        if explanation.rule is not None and not for_staff:
            explanation = replace(explanation, rule=replace(explanation.rule, reason=None))
        return Success(explanation)


def _explanation(
    asked: str, wanted: Permission, policy: Policy | None, caller: Caller, verdict: Verdict, context: CallContext
) -> Explanation:
    elsewhere = tuple(ChannelId(rule.subject.id) for rule in verdict.elsewhere)
    explanation = Explanation(
        asked=asked,
        permission=wanted.name,
        level=caller.level,
        needed=wanted.default,
        allowed=verdict.allowed,
        own=False,
        ground=verdict.ground,
        rule=verdict.rule,
        open_channels=elsewhere,
    )
    if policy is None:
        return explanation
    if context.origin in policy.closed_to:
        return replace(
            explanation, allowed=False, ground=Ground.CLOSED_ENTRYPOINT, entrypoint=policy.closed_to[context.origin]
        )
    if policy.guild and not policy.anywhere and context.guild is None:
        return replace(explanation, allowed=False, ground=Ground.NO_GUILD)
    return explanation


def _opening(permission: Permission, rules: Rules, now: datetime) -> Iterator[Rule]:
    """Yield the rules that open channels for a permission."""
    for pattern in patterns(permission.name):
        yield from rules.allowed_places(pattern, now)


def remedies(
    permission: Permission, caller: Caller, guild: GuildId, rules: Rules, now: datetime, gone: Collection[Rule] = ()
) -> tuple[Remedy, ...]:
    """Return changes that would allow the caller and take nothing from anyone: for the person, and for the place.

    Rules that open channels which are `gone`, and no others, are revoked, since they only close the rest. If it is
    unknown what contains the place, no change is known to help.
    """
    if permission.fixed or caller.user is None:
        return ()
    only_gone = frozenset(gone)
    steps: list[Remedy] = []
    verdict = decide(permission, caller, guild, rules, now)
    if not verdict.allowed and verdict.ground not in CHANNEL_GROUNDS:
        step, rules = _for_person(permission, caller, verdict, guild, rules, now)
        steps.append(step)
        verdict = decide(permission, caller, guild, rules, now)
    while not verdict.allowed:
        if verdict.ground is Ground.UNKNOWN_PLACE:
            return ()
        closing: tuple[Rule, ...] = () if verdict.rule is None else (verdict.rule,)
        if verdict.elsewhere and only_gone.issuperset(verdict.elsewhere):
            closing = verdict.elsewhere
        if closing:
            steps += map(revoking, closing)
            rules = rules.without(*((rule.subject, rule.pattern) for rule in closing))
        else:  # others alone are open already, so opening this one doesn't close any
            place = channel(caller.places[0])
            steps.append(_grant(permission, place))
            rules = rules.with_rule(_allowing(permission, place, guild, now))
        verdict = decide(permission, caller, guild, rules, now)
    return tuple(steps)


def _for_person(
    permission: Permission, caller: Caller, verdict: Verdict, guild: GuildId, rules: Rules, now: datetime
) -> tuple[Remedy, Rules]:
    """Revoke a denial of the user if that is enough; otherwise grant it to the user alone."""
    rule = verdict.rule
    outside = replace(caller, places=())
    if rule is not None and rule.subject.kind is SubjectKind.USER:
        left = rules.without((rule.subject, rule.pattern))
        if decide(permission, outside, guild, left, now).allowed:
            return revoking(rule), left
    assert caller.user is not None
    subject = user(caller.user)
    return _grant(permission, subject), rules.with_rule(_allowing(permission, subject, guild, now))


def revoking(rule: Rule) -> Remedy:
    """Return the change that revokes a rule."""
    return Remedy("permissions.revoke", {"permission": rule.pattern, **_named(rule.subject)})


def _grant(permission: Permission, subject: Subject) -> Remedy:
    return Remedy("permissions.grant", {"permission": permission.name, **_named(subject)})


def _named(subject: Subject) -> dict[str, str]:
    return {subject.kind.value: str(subject.id)}


def _allowing(permission: Permission, subject: Subject, guild: GuildId, now: datetime) -> Rule:
    return Rule(
        id=RuleId(1),
        guild=guild,
        subject=subject,
        pattern=permission.name,
        effect=Effect.ALLOW,
        reason=None,
        set_by=None,
        set_at=now,
        expires_at=None,
    )
