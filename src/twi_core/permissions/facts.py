"""The facts of permissions, of the rules about them, and of what these come to."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from twi_core.kernel.facts import Call, Code, ContextFacts, Fact, FactValue, Lines, Listed, Person, Phrase
from twi_core.kernel.ids import ChannelId, RoleId, UserId
from twi_core.permissions.domain import Effect, Rule, Subject, SubjectKind
from twi_core.permissions.rules.explaining import Explanation, Remedy
from twi_core.permissions.rules.writing import SetRule
from twi_core.permissions.use_cases.list import DescribedPermission
from twi_core.permissions.use_cases.overview import Overview
from twi_core.permissions.use_cases.show import ListedRule
from twi_core.permissions.use_cases.simulate import Difference, Simulation

NO_RULE: Final = "no such rule"


def permission_facts(found: DescribedPermission) -> Iterator[Fact]:
    """Describe a permission."""
    yield Fact("name", Code(found.name))
    yield Fact("allows", found.allows)
    yield Fact("level", found.level)
    yield Fact("grantable", found.grantable)


def rule_facts(rule: Rule) -> Iterator[Fact]:
    """Describe a rule."""
    yield Fact("permission", Code(rule.pattern))
    yield Fact("effect", rule.effect.value)
    yield Fact("about", _about(rule.subject))
    yield Fact("until", rule.expires_at or "for good")
    yield Fact("set", _set(rule))
    yield Fact("reason", rule.reason)


def listed_rule_facts(found: ListedRule) -> Iterator[Fact]:
    """Describe a rule, and say whether its role or channel is not found any more."""
    for fact in rule_facts(found.rule):
        gone = found.gone and fact.label == "about"
        yield replace(fact, value=Phrase(fact.value, " (not found any more)")) if gone else fact


def set_rule_facts(done: SetRule) -> Iterator[Fact]:
    """Describe a rule that was set, and the one that it replaced."""
    yield Fact("rule", _sentence(done.rule))
    if done.replaced is not None:
        yield Fact("replaces", _sentence(done.replaced))
    yield Fact("note", "administrators are bound by no rule")


def explanation_facts(found: Explanation) -> Iterator[Fact]:
    """Describe whether somebody may do something, and why."""
    yield Fact("asked", Code(found.asked))
    yield Fact("allowed", Phrase(found.allowed, ", on what is theirs only" if found.own else ""))
    yield Fact("because of", found.ground.value.replace("_", " "))
    yield Fact("permission", Phrase(Code(found.permission), f" (by default: {found.needed.holders})"))
    yield Fact("level", found.level)
    yield from _supposed(found.supposed)
    if found.rule is not None:
        yield Fact("rule", _sentence(found.rule))
    if found.open_channels:
        yield Fact("open in", Listed(found.open_channels))
    if gone := tuple(place for place in found.open_channels if place in found.gone):
        yield Fact("of these not found any more", Listed(gone))
    if found.entrypoint is not None:
        yield Fact("elsewhere", found.entrypoint)
    if found.remedies:
        yield Fact("would help", Lines(tuple(map(_call, found.remedies))))


def simulation_facts(found: Simulation) -> Iterator[Fact]:
    """Describe what a change of rules would alter."""
    nothing = "nothing for them" if found.of_user else "nothing for anybody"
    yield Fact("now", NO_RULE if found.before is None else _sentence(found.before))
    yield Fact("then", NO_RULE if found.after is None else _sentence(found.after))
    yield Fact("changes", Lines(tuple(_change(each, found) for each in found.differences), nothing))
    yield from _supposed(found.supposed)
    yield Fact("note", "nothing was changed; administrators are bound by no rule")


def overview_facts(found: Overview) -> Iterator[Fact]:
    """Describe all that somebody may and may not do."""
    rules = dict.fromkeys(each.rule for each in found.permissions if each.rule is not None)
    yield Fact("user", found.user)
    yield Fact("level", found.level)
    yield from _supposed(found.supposed)
    for label, allowed in (("may", True), ("may not", False)):
        names = tuple(Code(each.permission) for each in found.permissions if each.allowed is allowed)
        yield Fact(label, Lines(names, "nothing"))
    yield Fact("rules", Lines(tuple(map(_sentence, rules)), "none about them"))


def _about(subject: Subject) -> FactValue:
    match subject.kind:
        case SubjectKind.USER:
            return Phrase("user ", UserId(subject.id))
        case SubjectKind.ROLE:
            return Phrase("role ", RoleId(subject.id))
        case SubjectKind.CHANNEL:
            return Phrase("channel ", ChannelId(subject.id))


def _set(rule: Rule) -> Phrase:
    return Phrase(rule.set_at, " by ", Person(rule.set_by))


def _sentence(rule: Rule) -> FactValue:
    verb = " is allowed: " if rule.effect is Effect.ALLOW else " is denied: "
    until = "for good" if rule.expires_at is None else Phrase("until ", rule.expires_at)
    why = "" if rule.reason is None else Phrase(" (", rule.reason, ")")
    return Phrase(Code(rule.pattern), verb, _about(rule.subject), ", ", until, "; set ", _set(rule), why)


def _call(remedy: Remedy) -> FactValue:
    return Call(remedy.operation, remedy.parameters)


def _change(each: Difference, within: Simulation) -> FactValue:
    everybody = within.supposed or not within.of_user
    who = Phrase("the level ", each.level) if everybody else "they"
    where = f" in {each.where}" if each.where else ""
    return Phrase(Code(each.permission), ": ", who, f"{where} would {'gain' if each.after else 'lose'} it")


def _supposed(supposed: bool) -> Iterator[Fact]:
    if supposed:
        told = "their roles and rights, as Discord told nothing of them; what was not given counts as none"
        yield Fact("supposed", told)


FACTS: Final = ContextFacts()
FACTS.show(DescribedPermission, permission_facts)
FACTS.show(Rule, rule_facts)
FACTS.show(ListedRule, listed_rule_facts)
FACTS.show(SetRule, set_rule_facts)
FACTS.show(Explanation, explanation_facts)
FACTS.show(Simulation, simulation_facts)
FACTS.show(Overview, overview_facts)
