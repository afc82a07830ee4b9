"""Find the limits that apply to a caller: pure, total and documented.

Of the limits that an operation declares, those of a user and those of everyone always apply. Those of a member and
those of the guild are subject to the guild's rules:

1. A caller who is exempt, as a user, through a role or as part of everyone, isn't bound by either.
2. The limits of a member are replaced by the rule of one of the caller's roles, otherwise by the one for everyone.
   Among the rules of roles, and among those for everyone, one that names the operation precedes its group, which
   precedes `*`. Of roles whose rules are equally specific, the most generous wins: the most calls per second, and if
   equal, the larger amount.
3. The limits of the guild are replaced by the rule for the whole guild, in the same order of patterns.
4. A wildcard only replaces existing limits: an operation without such a limit only gets one from a rule with its name.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, final

from twi_core.kernel.ids import GuildId, RoleId, UserId
from twi_core.kernel.policy import Policy, Rate, Scope
from twi_core.limits.domain import GuildLimits, LimitRule, PatternRules

BY_GUILD: Final = frozenset({Scope.MEMBER, Scope.GUILD})
"""The limits that a guild may change; the others protect the host."""


class Ground(StrEnum):
    """The reason why the limits are as they are."""

    POLICY = "policy"
    RULE = "rule"
    EXEMPTION = "exemption"
    BYPASS = "bypass"
    OPERATOR = "operator"


@final
@dataclass(frozen=True, slots=True)
class Held:
    """The limits that apply, the reason, and the rules behind them."""

    rates: tuple[Rate, ...]
    ground: Ground = Ground.POLICY
    rules: tuple[LimitRule, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Bound:
    """The caller whom limits bind, and the guild."""

    guild: GuildId
    user: UserId | None
    roles: frozenset[RoleId] = frozenset()


def resolve(policy: Policy, bound: Bound, rules: GuildLimits) -> Held:
    """Return the limits of an operation for a caller; see the module for the order."""
    found = rules.covering(policy.name)
    if not found:
        return Held(policy.limits)
    exemption = next(_exemptions(found, bound), None)
    if exemption is not None:
        return Held(beyond_guild(policy.limits), Ground.EXEMPTION, (exemption,))
    of_member = _applying(policy, Scope.MEMBER, found)
    member = _of_roles(of_member, bound) or next((each.everyone for each in of_member if each.everyone), None)
    whole = next((each.guild for each in _applying(policy, Scope.GUILD, found) if each.guild), None)
    rates, used = policy.limits, tuple(rule for rule in (member, whole) if rule is not None)
    for rule in used:
        rates = tuple(_replaced(rates, rule))
    return Held(rates, Ground.RULE if used else Ground.POLICY, used)


def beyond_guild(rates: tuple[Rate, ...]) -> tuple[Rate, ...]:
    """Return the limits that no guild changes."""
    return tuple(rate for rate in rates if rate.scope not in BY_GUILD)


def _exemptions(found: Sequence[PatternRules], bound: Bound) -> Iterator[LimitRule]:
    """Yield a caller's exemptions: as a user, through a role, as part of everyone."""
    yield from _lifting(each.users.get(bound.user or 0) for each in found)
    for role in sorted(bound.roles):  # which of several rules is reported must not depend on the order of a set
        yield from _lifting(each.roles.get(role) for each in found)
    yield from _lifting(each.everyone for each in found)


def _lifting(rules: Iterable[LimitRule | None]) -> Iterator[LimitRule]:
    return (rule for rule in rules if rule is not None and rule.rate is None)


def _of_roles(found: Sequence[PatternRules], bound: Bound) -> LimitRule | None:
    for each in found:
        if rules := [each.roles[role] for role in bound.roles if role in each.roles]:
            return max(rules, key=_generosity)
    return None


def _applying(policy: Policy, scope: Scope, found: Sequence[PatternRules]) -> Sequence[PatternRules]:
    """Leave out wildcards if the operation has no limit for them to replace."""
    if any(rate.scope is scope for rate in policy.limits):
        return found
    return [each for each in found if each.pattern == policy.name]


def _replaced(rates: tuple[Rate, ...], rule: LimitRule) -> Iterator[Rate]:
    """Yield the limits with a rule's limit in place of all those of its scope."""
    yield from (rate for rate in rates if rate.scope is not rule.scope)
    if rule.rate is not None:
        yield rule.rate


def _generosity(rule: LimitRule) -> tuple[float, int, int]:
    rate = rule.rate
    return (0.0, 0, 0) if rate is None else (rate.amount / rate.per, rate.amount, -rule.id)
