"""What the generated suites know of limits."""

from typing import Final

from tests.contexts import (
    ADMINISTRATOR,
    EVERYONE,
    MODERATOR,
    SOMEBODY,
    STAFF,
    STAFF_ROLE,
    Call,
    Case,
    ContextSuite,
    Row,
    Scope,
    Write,
)
from twi_core.kernel.context import CallContext
from twi_core.kernel.ids import UserId
from twi_core.kernel.policy import Scope as Per
from twi_core.limits import LIMITS
from twi_core.limits.domain import RULES_LIMIT, LimitRule, LimitRuleId, user
from twi_core.limits.ports import LimitsUnit
from twi_core.pipeline.throttle import BUDGETS

OFTEN: Final = {"operation": "links.add", "amount": 3, "seconds": 60}
MAY_CHANGE_LIMITS: Final = Call("permissions.grant", "operator", {"permission": "limits.manage", "user": STAFF})


async def _fill(unit: LimitsUnit, call: CallContext) -> None:
    """Store as many rules as a server can have."""
    assert call.guild is not None
    for number in range(1, RULES_LIMIT + 1):
        await unit.limit_rules.put(
            LimitRule(
                id=LimitRuleId(number << 32),
                guild=call.guild,
                subject=user(UserId(number)),
                pattern="links.get",
                scope=Per.USER,
                amount=None,
                seconds=None,
                set_by=None,
                set_at=call.received_at,
            )
        )


SUITE: Final = ContextSuite(
    rows=(
        Row("limits.show", EVERYONE, scope=Scope.EITHER, commands={"limits show": {}}),
        Row("limits.rules", MODERATOR, commands={"limits rules": {}}),
        Row("limits.set", ADMINISTRATOR, commands={"limits set": {}}),
        Row("limits.exempt", ADMINISTRATOR, placed=True, given={"user": SOMEBODY}, commands={"limits exempt": {}}),
        Row("limits.reset", ADMINISTRATOR, commands={"limits reset": {}}),
    ),
    seed=(
        Call("limits.set", "operator", {"operation": "links.add", "amount": 10, "seconds": 3600}),
        Call("limits.exempt", "operator", {"operation": "links.add", "user": SOMEBODY}),
    ),
    faults=(
        Case("limits.show", {"operation": "links.add"}, writes=False),
        Case("limits.rules", {}, writes=False),
        Case("limits.set", {"operation": "links.add", "amount": 3, "seconds": 60}),
        Case("limits.set", {"operation": "links.*", "amount": 3, "seconds": 60}),
        Case("limits.exempt", {"operation": "*", "user": SOMEBODY}),
        Case("limits.reset", {"operation": "links.add"}),
        Case("limits.reset", {"operation": "links.*"}, writes=False),
    ),
    opens_nothing={"limits.show"},
    provoked={
        "limits.guild_for_all": Call(
            "limits.reset", "administrator", {"operation": "links.add", "scope": "guild", "user": SOMEBODY}
        ),
        "limits.limited": Call("links.add", "moderator", {"title": "bread", "content": "words"}, spent=10),
        "limits.not_free": Call(
            "limits.exempt", "moderator", {"operation": "links.add", "user": SOMEBODY}, before=(MAY_CHANGE_LIMITS,)
        ),
        "limits.one_subject": Call(
            "limits.exempt", "administrator", {"operation": "links.add", "user": SOMEBODY, "role": STAFF_ROLE}
        ),
        "limits.over_budget": Call("links.suggest", "member", {}, spent=BUDGETS[0].amount),
        "limits.rule_not_found": Call("limits.reset", "administrator", {"operation": "links.add"}),
        "limits.too_many_rules": Call("limits.set", "administrator", OFTEN, before=(Write(LIMITS, _fill),)),
        "limits.unknown_operation": Call("limits.set", "administrator", {**OFTEN, "operation": "links.fly"}),
    },
)
