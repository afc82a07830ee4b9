"""Rules of a guild: what is allowed or denied, to whom or where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, final

from twi_core.kernel.ids import ChannelId, GuildId, RoleId, Snowflake, UserId
from twi_core.kernel.permissions import declared_permissions

RULES_LIMIT: Final = 1_000
"""How many rules a guild may have."""
REASON_LIMIT: Final = 200
TOPIC: Final = "permissions"
"""The topic under which changed rules are invalidated."""


class Effect(StrEnum):
    """The effect of a rule: allow or deny."""

    ALLOW = "allow"
    DENY = "deny"


class SubjectKind(StrEnum):
    """The kind of subject a rule applies to: a user, a role's holders, or a channel and everything in it."""

    USER = "user"
    ROLE = "role"
    CHANNEL = "channel"


@final
@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule applies to."""

    kind: SubjectKind
    id: Snowflake

    @property
    def of_user(self) -> UserId:
        """Return the user of a rule about a user."""
        return UserId(self.id)


def user(found: UserId) -> Subject:
    """Return the subject for a user."""
    return Subject(SubjectKind.USER, Snowflake(found))


def role(found: RoleId) -> Subject:
    """Return the subject for a role; the role with the guild's own id is everyone's."""
    return Subject(SubjectKind.ROLE, Snowflake(found))


def channel(found: ChannelId) -> Subject:
    """Return the subject for a channel, a thread or a category."""
    return Subject(SubjectKind.CHANNEL, Snowflake(found))


class RuleId(Snowflake):
    """The id of a rule."""

    __slots__ = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that allows or denies the permissions covered by `pattern`; a guild has one per subject and pattern.

    `pattern` is a permission's name, `context.*` or `*`. The rule ends at `expires_at`, if that is set. `set_by` is
    None for the bot's operator.
    """

    id: RuleId
    guild: GuildId
    subject: Subject
    pattern: str
    effect: Effect
    reason: str | None
    set_by: UserId | None
    set_at: datetime
    expires_at: datetime | None

    def holds_at(self, now: datetime) -> bool:
        """Return whether the rule is in force, that is hasn't expired."""
        return self.expires_at is None or now < self.expires_at


@final
class Rules:
    """The rules of one guild, by subject and pattern."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._found = {(rule.subject, rule.pattern): rule for rule in rules}
        self._patterns = frozenset(rule.pattern for rule in self._found.values())
        self._allowed_places: dict[str, list[Rule]] = {}
        for rule in self._found.values():
            if rule.subject.kind is SubjectKind.CHANNEL and rule.effect is Effect.ALLOW:
                self._allowed_places.setdefault(rule.pattern, []).append(rule)

    def in_use(self, patterns: Iterable[str]) -> Sequence[str]:
        """Return the patterns that some rule has, in the same order."""
        return [pattern for pattern in patterns if pattern in self._patterns]

    def find(self, subject: Subject, pattern: str, now: datetime) -> Rule | None:
        """Return the rule for a subject and a pattern, unless it has expired."""
        rule = self._found.get((subject, pattern))
        return rule if rule is not None and rule.holds_at(now) else None

    def allowed_places(self, pattern: str, now: datetime) -> tuple[Rule, ...]:
        """Return the rules that allow a pattern in some channel."""
        return tuple(rule for rule in self._allowed_places.get(pattern, ()) if rule.holds_at(now))

    def deny_somewhere(self, patterns: Iterable[str], now: datetime) -> bool:
        """Return whether a rule denies one of the patterns in some channel."""
        wanted = frozenset(patterns)
        return any(
            rule.subject.kind is SubjectKind.CHANNEL and rule.effect is Effect.DENY and rule.pattern in wanted
            for rule in self.all()
            if rule.holds_at(now)
        )

    def all(self) -> tuple[Rule, ...]:
        """Return every rule, including expired ones."""
        return tuple(self._found.values())

    def with_rule(self, rule: Rule) -> "Rules":
        """Return these rules with one more, in place of the one for the same subject and pattern."""
        return Rules((*self.all(), rule))

    def without(self, *places: tuple[Subject, str]) -> "Rules":
        """Return these rules without those for the given subjects and patterns."""
        gone = frozenset(places)
        return Rules(rule for place, rule in self._found.items() if place not in gone)


def is_pattern(text: str) -> bool:
    """Return whether a text is a declared permission's name, `context.*` of a context that declares some, or `*`."""
    return text in known_patterns()


def known_patterns() -> tuple[str, ...]:
    """Return every pattern that a rule may have."""
    names = [name for name, found in declared_permissions().items() if not found.fixed]
    return (*names, *dict.fromkeys(f"{name.partition('.')[0]}.*" for name in names), "*")
