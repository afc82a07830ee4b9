"""Plan a change of a guild's rules, and refuse what its author may not do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.directory import NO_DIRECTORY, OUTRANKED, UNKNOWN_CHANNEL, UNKNOWN_ROLE
from twi_core.kernel.errors import AppError, ErrorCode
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.hierarchy import Hierarchy
from twi_core.kernel.ids import ChannelId, RoleId
from twi_core.kernel.language import language
from twi_core.kernel.names import near_misses
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.permissions import Permission, declared_permissions, patterns
from twi_core.kernel.sources import Clock, IdSource
from twi_core.permissions.domain import (
    Effect,
    Rule,
    RuleId,
    Subject,
    SubjectKind,
    channel,
    is_pattern,
    known_patterns,
    role,
    user,
)
from twi_core.permissions.errors import (
    DID_YOU_MEAN,
    HELD_FOR_A_TIME,
    NOT_GRANTABLE,
    NOT_HELD,
    ONE_SUBJECT,
    RULE_NOT_FOUND,
    UNKNOWN_PERMISSION,
)
from twi_core.permissions.fields import OfRule, OfSubject
from twi_core.permissions.permissions import PERMISSIONS_MANAGE
from twi_core.permissions.rules.authority import RuleAuthority

REFUSALS: Final[tuple[ErrorCode, ...]] = (
    NO_DIRECTORY,
    NOT_GRANTABLE,
    NOT_HELD,
    ONE_SUBJECT,
    OUTRANKED,
    UNKNOWN_PERMISSION,
)
"""The refusals that any change of a rule may end in."""
RULE_REFUSALS: Final = (*REFUSALS, UNKNOWN_CHANNEL, UNKNOWN_ROLE)
"""The refusals that setting a rule may end in; a grant may also outlast what its author holds."""

_NAMED: Final = 5
"""How many permissions a refusal names."""


@final
@dataclass(frozen=True, slots=True)
class Place:
    """The place of the rule to change."""

    subject: Subject
    pattern: str


@final
class Planner:
    """A check of rule changes: authors only pass on what they hold, and never act on anyone above them."""

    def __init__(self, authority: RuleAuthority, hierarchy: Hierarchy, clock: Clock, ids: IdSource) -> None:
        self._authority = authority
        self._hierarchy = hierarchy
        self._clock = clock
        self._ids = ids

    async def place(
        self, command: OfSubject, pattern: str, context: CallContext, *, removing: bool = False
    ) -> Outcome[Place, AppError]:
        """Return the place of the rule to change, if its author may change it.

        A rule about a deleted role, or a permission that is no longer declared, can only be removed.
        """
        subject = subject_of(command)
        if subject is None:
            return Failure(AppError(ONE_SUBJECT))
        refusal = (None if removing else pattern_refusal(pattern)) or await self._not_held(pattern, context)
        refusal = refusal or await self._outranked(subject, context, removing=removing)
        return Success(Place(subject, pattern)) if refusal is None else Failure(refusal)

    async def rule(
        self, command: OfRule, pattern: str, effect: Effect, context: CallContext
    ) -> Outcome[Rule, AppError]:
        """Create the rule that a command describes, if its author may set it."""
        place = await self.place(command, pattern, context)
        if isinstance(place, Failure):
            return place
        now = self._clock.now()
        found = place.unwrap()
        refusal = await self._no_such_channel(found.subject, context)
        made = Rule(
            id=RuleId(self._ids.new_id()),
            guild=context.in_guild,
            subject=found.subject,
            pattern=found.pattern,
            effect=effect,
            reason=command.reason,
            set_by=context.actor,
            set_at=now,
            expires_at=_end(command, now),
        )
        refusal = refusal or await self._outlasts(made, context)
        return Success(made) if refusal is None else Failure(refusal)

    async def _outlasts(self, rule: Rule, context: CallContext) -> AppError | None:
        """Refuse to pass a permission on for longer than its author holds it; nobody extends their own."""
        if rule.effect is Effect.DENY:
            return None
        for held in (PERMISSIONS_MANAGE, *covered(rule.pattern)):
            by = (await self._authority.verdict(held, context)).rule
            end = None if by is None else by.expires_at
            if end is not None and (rule.expires_at is None or rule.expires_at > end):
                return AppError(HELD_FOR_A_TIME, {"permission": held.name, "until": language().moment(end)})
        return None

    async def _no_such_channel(self, subject: Subject, context: CallContext) -> AppError | None:
        """Refuse a channel that doesn't exist; if Discord can't be asked, any channel is accepted."""
        if subject.kind is not SubjectKind.CHANNEL:
            return None
        try:
            places = await self._hierarchy.directory.places(context.in_guild, ChannelId(subject.id))
        except Unavailable:
            return None
        return AppError(UNKNOWN_CHANNEL) if places is None else None

    async def _not_held(self, pattern: str, context: CallContext) -> AppError | None:
        missing = [found.name for found in covered(pattern) if not await self._authority.holds(found, context)]
        if not missing:
            return None
        shown = missing if len(missing) <= _NAMED else [*missing[:_NAMED], "…"]
        return AppError(NOT_HELD, {"permissions": ", ".join(shown)})

    async def _outranked(self, subject: Subject, context: CallContext, *, removing: bool) -> AppError | None:
        match subject.kind:
            case SubjectKind.CHANNEL:  # it has no position
                return None
            case SubjectKind.USER:  # a rule may be set for someone who hasn't joined yet
                return await self._hierarchy.refusal_on_user(subject.of_user, context)
            case SubjectKind.ROLE:
                return await self._hierarchy.refusal_on_role(RoleId(subject.id), context, gone=removing)


def subject_of(command: OfSubject) -> Subject | None:
    """Return the one subject that a command names, or None if it names none or several."""
    found = [
        *([user(command.user)] if command.user is not None else []),
        *([role(command.role)] if command.role is not None else []),
        *([channel(command.channel)] if command.channel is not None else []),
    ]
    return found[0] if len(found) == 1 else None


def covered(pattern: str) -> Sequence[Permission]:
    """Return the permissions that a rule with a pattern decides."""
    return [found for found in declared_permissions().values() if not found.fixed and pattern in patterns(found.name)]


def unknown(name: str, names: Iterable[str]) -> AppError:
    """Refuse a name that nothing has, with those that resemble it."""
    near = near_misses(name, names)
    if not near:
        return AppError(UNKNOWN_PERMISSION, {"name": name})
    return AppError(UNKNOWN_PERMISSION, {"name": name, "suggestions": near}, DID_YOU_MEAN)


def pattern_refusal(pattern: str) -> AppError | None:
    """Refuse a pattern that no rule can have."""
    if is_pattern(pattern):
        return None
    fixed = declared_permissions().get(pattern)
    if fixed is None:
        return unknown(pattern, known_patterns())
    return AppError(NOT_GRANTABLE, {"permission": fixed.name, "holders": fixed.default.holders})


def no_such_rule(pattern: str) -> AppError:
    """Refuse to revoke a rule that doesn't exist; a pattern that no rule can have is reported as such."""
    return pattern_refusal(pattern) or AppError(RULE_NOT_FOUND)


def _end(command: OfRule, now: datetime) -> datetime | None:
    return None if command.lasts is None else now + command.lasts
