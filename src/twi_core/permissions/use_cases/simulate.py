"""Show what a change of rules would alter, before it is made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

from pydantic import Field

from twi_core.kernel.context import CallContext
from twi_core.kernel.durations import INVALID_DURATION
from twi_core.kernel.errors import AppError
from twi_core.kernel.ids import ChannelId, RoleId
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Policy, Rate
from twi_core.permissions.domain import Effect, Rule, Rules, Subject, SubjectKind
from twi_core.permissions.errors import HELD_FOR_A_TIME, RULE_NOT_FOUND
from twi_core.permissions.fields import OfRule, PermissionPattern
from twi_core.permissions.permissions import PERMISSIONS_MANAGE
from twi_core.permissions.rules.authority import RuleAuthority
from twi_core.permissions.rules.member_contexts import MemberContexts, supposed
from twi_core.permissions.rules.planning import RULE_REFUSALS, Place, Planner, covered, no_such_rule
from twi_core.permissions.rules.resolution import Caller, Ground, decide

ELSEWHERE: Final = ChannelId(1)
"""A channel that no rule covers; Discord's own ids are far larger."""

Where: TypeAlias = Literal["this channel", "other channels"]
Affected: TypeAlias = Sequence[tuple[Where | None, Caller]]
"""The callers whom a rule could affect, and where they are."""
_LEVELS: Final = (Level.EVERYONE, Level.MODERATOR)
"""The levels bound by rules."""


class SimulatePermission(OfRule):
    """Show what setting or removing a rule would change, without doing it."""

    change: Literal["grant", "deny", "revoke"] = Field(description="The change to simulate.", examples=["grant"])
    permission: PermissionPattern


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A permission that someone would gain or lose; `where` is None if the place doesn't matter."""

    permission: str
    level: Level
    where: Where | None
    before: bool
    after: bool
    ground: Ground


@final
@dataclass(frozen=True, slots=True)
class Simulation:
    """The rule as it is, as it would be, and what that changes for those affected, by level.

    A user is taken as Discord reports them. `supposed` means that Discord couldn't: each level is then shown as if the
    user held no role.
    """

    before: Rule | None
    after: Rule | None
    differences: tuple[Difference, ...]
    supposed: bool = False

    @property
    def of_user(self) -> bool:
        """Return whether the change is about one user."""
        rule = self.after or self.before
        return rule is not None and rule.subject.kind is SubjectKind.USER


@final
class SimulatePermissionUseCase:
    """A comparison of decisions with and without a rule, for everyone whom it could affect."""

    policy: Final = Policy(
        name="permissions.simulate",
        requires=PERMISSIONS_MANAGE,
        limit=Rate(30, per=60),
        errors=(*RULE_REFUSALS, HELD_FOR_A_TIME, RULE_NOT_FOUND, INVALID_DURATION),
    )

    def __init__(self, authority: RuleAuthority, planner: Planner, others: MemberContexts) -> None:
        self._authority = authority
        self._planner = planner
        self._others = others

    async def __call__(self, command: SimulatePermission, context: CallContext, /) -> Outcome[Simulation, AppError]:
        """Return the differences, or the refusal that the change itself would get."""
        rules = await self._authority.rules(context.in_guild)
        if command.change == "revoke":
            place = await self._planner.place(command, command.permission, context, removing=True)
            return place if isinstance(place, Failure) else await self._without(place.unwrap(), rules, context)
        effect = Effect.DENY if command.change == "deny" else Effect.ALLOW
        planned = await self._planner.rule(command, command.permission, effect, context)
        if isinstance(planned, Failure):
            return planned
        rule = planned.unwrap()
        before = _existing(Place(rule.subject, rule.pattern), rules)
        differences, unknown = await self._differences(rule, rules, rules.with_rule(rule), context)
        return Success(Simulation(before, rule, differences, unknown))

    async def _without(self, place: Place, rules: Rules, context: CallContext) -> Outcome[Simulation, AppError]:
        before = _existing(place, rules)
        if before is None:
            return Failure(no_such_rule(place.pattern))
        left = rules.without((place.subject, place.pattern))
        differences, unknown = await self._differences(before, rules, left, context)
        return Success(Simulation(before, None, differences, unknown))

    async def _differences(
        self, rule: Rule, before: Rules, after: Rules, context: CallContext
    ) -> tuple[tuple[Difference, ...], bool]:
        affected, unknown = await self._affected(rule.subject, context)
        return tuple(_compared(rule, affected, before, after, context)), unknown

    async def _affected(self, subject: Subject, context: CallContext) -> tuple[Affected, bool]:
        """Return a user as Discord reports them, or one assumed caller per level if it doesn't."""
        if subject.kind is not SubjectKind.USER:
            return tuple(_holders(subject)), False
        found = await self._others.find(subject.of_user, None, context)
        if found is not None and not found.supposed:
            return [(None, await self._authority.caller(found.call))], False
        calls = [supposed(context, subject.of_user, level, ()) for level in _LEVELS]
        return [(None, await self._authority.caller(call)) for call in calls], True


def _existing(place: Place, rules: Rules) -> Rule | None:
    return next((rule for rule in rules.all() if (rule.subject, rule.pattern) == (place.subject, place.pattern)), None)


def _compared(
    rule: Rule, affected: Affected, before: Rules, after: Rules, context: CallContext
) -> Iterator[Difference]:
    for permission in covered(rule.pattern):
        for where, caller in affected:
            then = decide(permission, caller, rule.guild, before, context.received_at)
            now = decide(permission, caller, rule.guild, after, context.received_at)
            if then.allowed != now.allowed:
                yield Difference(
                    permission=permission.name,
                    level=caller.level,
                    where=where,
                    before=then.allowed,
                    after=now.allowed,
                    ground=now.ground,
                )


def _holders(subject: Subject) -> Iterator[tuple[Where | None, Caller]]:
    """Yield the holders of a role, or callers in a channel and elsewhere; administrators aren't bound by rules."""
    for level in _LEVELS:
        if subject.kind is SubjectKind.ROLE:
            yield None, Caller(user=None, level=level, roles=frozenset({RoleId(subject.id)}))
        else:
            yield "this channel", Caller(user=None, level=level, places=(ChannelId(subject.id),))
            yield "other channels", Caller(user=None, level=level, places=(ELSEWHERE,))
