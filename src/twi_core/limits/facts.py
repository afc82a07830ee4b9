"""The facts of limits, and of the rules about them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from twi_core.kernel.facts import Code, ContextFacts, Fact, FactValue, Lines, Listed, Person, phrase
from twi_core.kernel.ids import RoleId, UserId
from twi_core.kernel.language import text
from twi_core.limits.domain import LimitRule, SubjectKind
from twi_core.limits.rules.resolution import Ground
from twi_core.limits.rules.writing import SetLimitRule
from twi_core.limits.use_cases.show import HeldLimits


def held_facts(held: HeldLimits) -> Iterator[Fact]:
    """Describe how often someone may do something, and why."""
    yield Fact("operation", Code(held.operation))
    yield Fact("limits", Listed(held.limits))
    yield Fact("why", _ground(held.ground))
    yield Fact("left now", text("unlimited") if held.remaining is None else held.remaining)
    if held.retry_after:
        yield Fact("again in", timedelta(seconds=held.retry_after))
    yield Fact("rules", Lines(tuple(map(_in_one_line, held.rules))))


def rule_facts(rule: LimitRule) -> Iterator[Fact]:
    """Describe a rule."""
    yield Fact("operation", Code(rule.pattern))
    yield Fact("limit", text("exempt") if rule.rate is None else rule.rate)
    yield Fact("applies to", _about(rule))
    yield Fact("set on", phrase("{when} by {who}", when=rule.set_at, who=Person(rule.set_by)))


def set_rule_facts(done: SetLimitRule) -> Iterator[Fact]:
    """Describe a rule that was set, and the one that it replaced."""
    yield Fact("rule", _in_one_line(done.rule))
    if done.replaced is not None:
        yield Fact("replaces", _in_one_line(done.replaced))


def _in_one_line(rule: LimitRule) -> FactValue:
    return Listed(tuple(fact.value for fact in rule_facts(rule)))


def _ground(ground: Ground) -> str:
    match ground:
        case Ground.POLICY:
            return text("the default")
        case Ground.RULE:
            return text("this server's rule")
        case Ground.EXEMPTION:
            return text("this server's exemption")
        case Ground.BYPASS:
            return text("the server's limits don't apply to you")
        case Ground.OPERATOR:
            return text("no limits apply to operators")


def _about(rule: LimitRule) -> FactValue:
    match rule.subject.kind:
        case SubjectKind.EVERYONE:
            return text("everyone")
        case SubjectKind.ROLE:
            return phrase("role {role}", role=RoleId(rule.subject.id))
        case SubjectKind.USER:
            return phrase("user {user}", user=UserId(rule.subject.id))


FACTS: Final = ContextFacts()
FACTS.show(HeldLimits, held_facts)
FACTS.show(LimitRule, rule_facts)
FACTS.show(SetLimitRule, set_rule_facts)
