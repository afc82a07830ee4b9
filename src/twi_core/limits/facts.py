"""The facts of limits, and of the rules about them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from twi_core.kernel.facts import Code, ContextFacts, Fact, FactValue, Lines, Listed, Person, Phrase
from twi_core.kernel.ids import RoleId, UserId
from twi_core.limits.domain import LimitRule, SubjectKind
from twi_core.limits.rules.writing import SetLimitRule
from twi_core.limits.use_cases.show import HeldLimits


def held_facts(held: HeldLimits) -> Iterator[Fact]:
    """Describe how often somebody may do something, and why."""
    yield Fact("operation", Code(held.operation))
    yield Fact("limits", Listed(held.limits, "none of its own"))
    yield Fact("because of", held.ground.value)
    yield Fact("left now", "unlimited" if held.remaining is None else held.remaining)
    if held.retry_after:
        yield Fact("again in", timedelta(seconds=held.retry_after))
    yield Fact("rules", Lines(tuple(map(_in_one_line, held.rules))))


def rule_facts(rule: LimitRule) -> Iterator[Fact]:
    """Describe a rule."""
    yield Fact("operation", Code(rule.pattern))
    yield Fact("limit", "exempt" if rule.rate is None else rule.rate)
    yield Fact("about", _about(rule))
    yield Fact("set", Phrase(rule.set_at, " by ", Person(rule.set_by)))


def set_rule_facts(done: SetLimitRule) -> Iterator[Fact]:
    """Describe a rule that was set, and the one that it replaced."""
    yield Fact("rule", _in_one_line(done.rule))
    if done.replaced is not None:
        yield Fact("replaces", _in_one_line(done.replaced))


def _in_one_line(rule: LimitRule) -> FactValue:
    return Listed(tuple(fact.value for fact in rule_facts(rule)))


def _about(rule: LimitRule) -> FactValue:
    match rule.subject.kind:
        case SubjectKind.EVERYONE:
            return Phrase("everyone ", rule.guild)
        case SubjectKind.ROLE:
            return Phrase("role ", RoleId(rule.subject.id))
        case SubjectKind.USER:
            return Phrase("user ", UserId(rule.subject.id))


FACTS: Final = ContextFacts()
FACTS.show(HeldLimits, held_facts)
FACTS.show(LimitRule, rule_facts)
FACTS.show(SetLimitRule, set_rule_facts)
