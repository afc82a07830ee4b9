"""Decide from facts and rules whether someone may do something, and on what ground: pure, total and documented.

The order, from the first that applies:

1. Operators may do everything.
2. A fixed permission depends on the level alone.
3. Administrators aren't bound by rules.
4. The rules about people: a user's own before those of roles, roles before everyone's role; then a permission's own
   name before `context.*` before `*`. Of equally specific rules, one that denies overrides any that allow.
5. Without a rule, the level decides.

Callers allowed by 4 or 5 must also be in an open channel: a rule of the thread precedes one of its channel, which
precedes one of the category; then the pattern decides. If no rule covers the place but one allows the permission in
another channel, it is closed here. If it is unknown what contains the place, and no rule covers the known part, a rule
that denies in any channel closes it. Calls from outside any channel aren't bound by channels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, final

from twi_core.kernel.context import UNKNOWN_PLACE
from twi_core.kernel.ids import ChannelId, GuildId, RoleId, UserId
from twi_core.kernel.permissions import Level, Permission, patterns
from twi_core.permissions.domain import Effect, Rule, Rules, Subject, channel, role, user


class Ground(StrEnum):
    """The ground of a decision."""

    OPERATOR = "operator"
    FIXED = "fixed"
    ADMINISTRATOR = "administrator"
    RULE = "rule"
    LEVEL = "level"
    CHANNEL_RULE = "channel_rule"
    OTHER_CHANNELS = "other_channels"
    UNKNOWN_PLACE = "unknown_place"
    CLOSED_ENTRYPOINT = "closed_entrypoint"
    NO_GUILD = "no_guild"


CHANNEL_GROUNDS: Final = frozenset({Ground.CHANNEL_RULE, Ground.OTHER_CHANNELS, Ground.UNKNOWN_PLACE})
"""The grounds that concern only the place: the caller may do it elsewhere."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The caller and place that a decision is based on; `places` are the channel and its containers, nearest first."""

    user: UserId | None
    level: Level
    roles: frozenset[RoleId] = frozenset()
    places: tuple[ChannelId, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision, its ground, and the rule behind it; `elsewhere` are the rules of channels where it is allowed."""

    allowed: bool
    ground: Ground
    rule: Rule | None = None
    elsewhere: tuple[Rule, ...] = ()


def decide(permission: Permission, caller: Caller, guild: GuildId | None, rules: Rules, now: datetime) -> Verdict:
    """Return the decision; see the module for the order."""
    if caller.level is Level.OPERATOR:
        return Verdict(True, Ground.OPERATOR)
    if permission.fixed:
        return Verdict(caller.level >= permission.default, Ground.FIXED)
    if caller.level is Level.ADMINISTRATOR:
        return Verdict(True, Ground.ADMINISTRATOR)
    if guild is None:
        return Verdict(caller.level >= permission.default, Ground.LEVEL)
    rule = _strongest(_people(caller, guild), permission.name, rules, now)
    if rule is None:
        personal = Verdict(caller.level >= permission.default, Ground.LEVEL)
    else:
        personal = Verdict(rule.effect is Effect.ALLOW, Ground.RULE, rule)
    if not personal.allowed or not caller.places:
        return personal
    return _closed(permission.name, caller, rules, now) or personal


def _people(caller: Caller, guild: GuildId) -> Iterator[Sequence[Subject]]:
    """Yield the subjects that stand for a caller, grouped by specificity, most specific first."""
    if caller.user is not None:
        yield (user(caller.user),)
    everyone = RoleId(guild)
    yield tuple(role(found) for found in caller.roles if found != everyone)
    yield (role(everyone),)


def _strongest(groups: Iterator[Sequence[Subject]], name: str, rules: Rules, now: datetime) -> Rule | None:
    wanted = rules.in_use(patterns(name))
    if not wanted:
        return None
    for subjects in groups:
        for pattern in wanted:
            found = [rule for subject in subjects if (rule := rules.find(subject, pattern, now)) is not None]
            if found:
                # Which of several equal rules is named must not depend on the order of a set.
                return min(found, key=lambda rule: (rule.effect is Effect.ALLOW, rule.id))
    return None


def _closed(name: str, caller: Caller, rules: Rules, now: datetime) -> Verdict | None:
    rule = _strongest(((channel(place),) for place in caller.places), name, rules, now)
    if rule is not None:
        return None if rule.effect is Effect.ALLOW else Verdict(False, Ground.CHANNEL_RULE, rule)
    if UNKNOWN_PLACE in caller.places and rules.deny_somewhere(patterns(name), now):
        return Verdict(False, Ground.UNKNOWN_PLACE)
    for pattern in patterns(name):
        if elsewhere := rules.allowed_places(pattern, now):
            return Verdict(False, Ground.OTHER_CHANNELS, elsewhere=elsewhere)
    return None
