"""Show what a change of rules would alter, before it is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, final

from pydantic import Field

from twi_core.kernel.context import CallContext
from twi_core.kernel.durations import INVALID_DURATION
from twi_core.kernel.errors import AppError
from twi_core.kernel.ids import ChannelId, RoleId
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Policy, Rate
from twi_core.permissions.authority import RuleAuthority
from twi_core.permissions.domain import Effect, Rule, Rules, Subject, SubjectKind
from twi_core.permissions.errors import RULE_NOT_FOUND
from twi_core.permissions.fields import OfRule, PermissionPattern
from twi_core.permissions.permissions import PERMISSIONS_MANAGE
from twi_core.permissions.planning import RULE_REFUSALS, Place, Planner, covered
from twi_core.permissions.resolution import Caller, Ground, decide

ELSEWHERE: Final = ChannelId(1)
"""Stands for any channel that no rule speaks of; Discord's own ids are far larger."""


class SimulatePermission(OfRule):
    """Show what granting, denying or revoking would change, without doing it."""

    change: Literal["grant", "deny", "revoke"] = Field(description="What would be done.", examples=["grant"])
    permission: PermissionPattern


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Tell of a permission that somebody would gain or lose; `where` is none where the place does not matter."""

    permission: str
    level: Level
    where: Literal["this channel", "other channels"] | None
    before: bool
    after: bool
    ground: Ground


@final
@dataclass(frozen=True, slots=True)
class Simulation:
    """Tell which rule there is, which there would be, and what that changes for whom it is about, by their level."""

    before: Rule | None
    after: Rule | None
    differences: tuple[Difference, ...]


@final
class SimulatePermissionUseCase:
    """Decide for everybody whom a rule could be about, with and without it."""

    policy: Final = Policy(
        name="permissions.simulate",
        requires=PERMISSIONS_MANAGE,
        limit=Rate(30, per=60),
        errors=(*RULE_REFUSALS, RULE_NOT_FOUND, INVALID_DURATION),
    )

    def __init__(self, authority: RuleAuthority, planner: Planner) -> None:
        self._authority = authority
        self._planner = planner

    async def __call__(self, command: SimulatePermission, context: CallContext, /) -> Outcome[Simulation, AppError]:
        """Answer the differences; what could not be done is refused as the change itself would be."""
        rules = await self._authority.rules(context.in_guild)
        if command.change == "revoke":
            place = await self._planner.place(command, command.permission, context, removing=True)
            return place if isinstance(place, Failure) else self._without(place.unwrap(), rules, context)
        effect = Effect.DENY if command.change == "deny" else Effect.ALLOW
        planned = await self._planner.rule(command, command.permission, effect, context)
        if isinstance(planned, Failure):
            return planned
        rule = planned.unwrap()
        before = _existing(Place(rule.subject, rule.pattern), rules)
        return Success(Simulation(before, rule, tuple(_differences(rule, context, rules, rules.with_rule(rule)))))

    @staticmethod
    def _without(place: Place, rules: Rules, context: CallContext) -> Outcome[Simulation, AppError]:
        before = _existing(place, rules)
        if before is None:
            return Failure(AppError(RULE_NOT_FOUND))
        left = rules.without(place.subject, place.pattern)
        return Success(Simulation(before, None, tuple(_differences(before, context, rules, left))))


def _existing(place: Place, rules: Rules) -> Rule | None:
    return next((rule for rule in rules.all() if (rule.subject, rule.pattern) == (place.subject, place.pattern)), None)


def _differences(rule: Rule, context: CallContext, before: Rules, after: Rules) -> Iterator[Difference]:
    """Compare for those whom a rule could be about: administrators are bound by none."""
    for permission in covered(rule.pattern):
        for level in (Level.EVERYONE, Level.MODERATOR):
            for where, caller in _callers(rule.subject, level):
                then = decide(permission, caller, rule.guild, before, context.received_at)
                now = decide(permission, caller, rule.guild, after, context.received_at)
                if then.allowed != now.allowed:
                    yield Difference(
                        permission=permission.name,
                        level=level,
                        where=where,
                        before=then.allowed,
                        after=now.allowed,
                        ground=now.ground,
                    )


def _callers(
    subject: Subject, level: Level
) -> Iterator[tuple[Literal["this channel", "other channels"] | None, Caller]]:
    match subject.kind:
        case SubjectKind.USER:
            yield None, Caller(user=subject.of_user, level=level)
        case SubjectKind.ROLE:
            yield None, Caller(user=None, level=level, roles=frozenset({RoleId(subject.id)}))
        case SubjectKind.CHANNEL:
            yield "this channel", Caller(user=None, level=level, places=(ChannelId(subject.id),))
            yield "other channels", Caller(user=None, level=level, places=(ELSEWHERE,))
