"""Rules about limits: how a guild changes how often its members may do things."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias, final

from twi_core.kernel.ids import GuildId, RoleId, Snowflake, UserId
from twi_core.kernel.permissions import EVERYTHING, patterns
from twi_core.kernel.policy import Policies, Rate, Scope

RULES_LIMIT: Final = 1_000
"""How many rules a guild may have."""
AMOUNT_LIMIT: Final = 1_000
"""The largest number of calls a rule may allow within its time."""
SECONDS_LIMIT: Final = 86_400
"""The longest time a rule may count over: a day."""
TOPIC: Final = "limits"
"""The topic under which changed rules are invalidated."""


class SubjectKind(StrEnum):
    """The kind of subject a rule applies to."""

    EVERYONE = "everyone"
    ROLE = "role"
    USER = "user"


@final
@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule applies to; for everyone, the id is the guild's, which is also the id of everyone's role."""

    kind: SubjectKind
    id: Snowflake


def everyone(guild: GuildId) -> Subject:
    """Return the subject for everyone in a guild."""
    return Subject(SubjectKind.EVERYONE, Snowflake(guild))


def role(found: RoleId, guild: GuildId) -> Subject:
    """Return the subject for the holders of a role."""
    return everyone(guild) if found == RoleId(guild) else Subject(SubjectKind.ROLE, Snowflake(found))


def user(found: UserId) -> Subject:
    """Return the subject for a user."""
    return Subject(SubjectKind.USER, Snowflake(found))


class LimitRuleId(Snowflake):
    """The id of a rule."""

    __slots__ = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRule:
    """A rule that replaces or lifts the limits of the operations covered by `pattern`.

    A guild has one rule per subject, pattern and scope. `scope` says which limits the rule replaces: each member's or
    (for everyone only) the whole guild's. Without `amount` and `seconds` the rule exempts from both. `set_by` is None
    for the bot's operator.
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
        """Return the limit that the rule sets, or None if it exempts."""
        if self.amount is None or self.seconds is None:
            return None
        return Rate(self.amount, float(self.seconds), self.scope)

    @property
    def place(self) -> "Place":
        """Return what identifies the rule within its guild."""
        return self.subject, self.pattern, self.scope


Place: TypeAlias = tuple[Subject, str, Scope]


@final
class PatternRules:
    """The rules of one pattern: for users and roles by id, for everyone, and for the guild."""

    __slots__ = ("everyone", "guild", "pattern", "roles", "users")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.users: dict[int, LimitRule] = {}
        self.roles: dict[int, LimitRule] = {}
        self.everyone: LimitRule | None = None
        self.guild: LimitRule | None = None

    def put(self, rule: LimitRule) -> None:
        """Add a rule, replacing the one for the same subject and scope."""
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
    """The rules of one guild by pattern; their number costs a call nothing."""

    def __init__(self, rules: Iterable[LimitRule] = ()) -> None:
        self._found: dict[str, PatternRules] = {}
        for rule in rules:
            self._found.setdefault(rule.pattern, PatternRules(rule.pattern)).put(rule)

    def covering(self, operation: str) -> Sequence[PatternRules]:
        """Return the rules of the patterns that cover an operation, most specific first."""
        return [self._found[pattern] for pattern in patterns(operation) if pattern in self._found]


def known_patterns(policies: Policies) -> tuple[str, ...]:
    """Return every pattern that a rule may have: an operation's name, `context.*` or `*`."""
    names = policies.names()
    return (*names, *dict.fromkeys(f"{name.partition('.')[0]}.*" for name in names), EVERYTHING)
