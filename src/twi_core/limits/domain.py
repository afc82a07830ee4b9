"""Rules of limits: what a guild makes of how often its members may do something."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias, final

from twi_core.kernel.ids import GuildId, RoleId, Snowflake, UserId
from twi_core.kernel.permissions import EVERYTHING, patterns
from twi_core.kernel.policy import Policies, Rate, Scope

RULES_LIMIT: Final = 1_000
"""The most rules that a guild may have."""
AMOUNT_LIMIT: Final = 1_000
"""The most calls that a rule may allow within its time."""
SECONDS_LIMIT: Final = 86_400
"""The longest time that a rule may count over: a day."""
TOPIC: Final = "limits"
"""Under which changed rules are invalidated."""


class SubjectKind(StrEnum):
    """Say whom a rule is about."""

    EVERYONE = "everyone"
    ROLE = "role"
    USER = "user"


@final
@dataclass(frozen=True, slots=True)
class Subject:
    """Name whom a rule is about; of everyone, the id is the guild's, as that of the role which everyone has."""

    kind: SubjectKind
    id: Snowflake


def everyone(guild: GuildId) -> Subject:
    """Name everyone in a guild."""
    return Subject(SubjectKind.EVERYONE, Snowflake(guild))


def role(found: RoleId, guild: GuildId) -> Subject:
    """Name the holders of a role."""
    return everyone(guild) if found == RoleId(guild) else Subject(SubjectKind.ROLE, Snowflake(found))


def user(found: UserId) -> Subject:
    """Name a user."""
    return Subject(SubjectKind.USER, Snowflake(found))


class LimitRuleId(Snowflake):
    """Identify a rule."""

    __slots__ = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRule:
    """Replace the limits of the operations that `pattern` covers, or lift them.

    A guild has one rule for a subject, a pattern and a scope. `scope` says which limits it replaces: those of each
    member, or (for everyone only) those of the whole guild. Without `amount` and `seconds` it exempts from both.
    `set_by` is none for the bot's operator.
    """

    id: LimitRuleId
    guild: GuildId
    subject: Subject
    pattern: str
    scope: Scope
    amount: int | None
    seconds: int | None
    set_by: UserId | None
    set_at: datetime

    @property
    def rate(self) -> Rate | None:
        """Return the limit that it sets, none where it exempts."""
        if self.amount is None or self.seconds is None:
            return None
        return Rate(self.amount, float(self.seconds), self.scope)

    @property
    def place(self) -> "Place":
        """Return what no other rule of its guild shares."""
        return self.subject, self.pattern, self.scope


Place: TypeAlias = tuple[Subject, str, Scope]


@final
class PatternRules:
    """Hold the rules of one pattern: those of users and of roles by id, the one for everyone, the one for the guild."""

    __slots__ = ("everyone", "guild", "pattern", "roles", "users")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.users: dict[int, LimitRule] = {}
        self.roles: dict[int, LimitRule] = {}
        self.everyone: LimitRule | None = None
        self.guild: LimitRule | None = None

    def put(self, rule: LimitRule) -> None:
        """Add a rule in place of the one for the same subject and scope."""
        if rule.scope is Scope.GUILD:
            self.guild = rule
        elif rule.subject.kind is SubjectKind.EVERYONE:
            self.everyone = rule
        elif rule.subject.kind is SubjectKind.ROLE:
            self.roles[rule.subject.id] = rule
        else:
            self.users[rule.subject.id] = rule


@final
class GuildLimits:
    """Hold the rules of one guild, found by pattern: how many there are costs a call nothing."""

    def __init__(self, rules: Iterable[LimitRule] = ()) -> None:
        self._found: dict[str, PatternRules] = {}
        for rule in rules:
            self._found.setdefault(rule.pattern, PatternRules(rule.pattern)).put(rule)

    def covering(self, operation: str) -> Sequence[PatternRules]:
        """Return the rules of the patterns that cover an operation, the most specific first."""
        return [self._found[pattern] for pattern in patterns(operation) if pattern in self._found]


def known_patterns(policies: Policies) -> tuple[str, ...]:
    """Return every pattern that a rule may have: an operation's name, `context.*` or `*`."""
    names = policies.names()
    return (*names, *dict.fromkeys(f"{name.partition('.')[0]}.*" for name in names), EVERYTHING)
