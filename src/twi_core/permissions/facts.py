"""The facts of permissions, of the rules about them, and of what these come to."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from twi_core.kernel.facts import Call, Code, ContextFacts, Fact, FactValue, Lines, Listed, Person, Phrase, phrase
from twi_core.kernel.ids import ChannelId, RoleId, UserId
from twi_core.kernel.language import text, translated
from twi_core.permissions.domain import Effect, Rule, Subject, SubjectKind
from twi_core.permissions.rules.explaining import Explanation, Remedy
from twi_core.permissions.rules.resolution import Ground
from twi_core.permissions.rules.writing import SetRule
from twi_core.permissions.use_cases.list import DescribedPermission
from twi_core.permissions.use_cases.overview import Overview
from twi_core.permissions.use_cases.show import ListedRule
from twi_core.permissions.use_cases.simulate import Difference, Simulation


def permission_facts(found: DescribedPermission) -> Iterator[Fact]:
    """Describe a permission."""
    yield Fact("name", Code(found.name))
    yield Fact("allows", translated(found.allows))
    yield Fact("level", found.level)
    yield Fact("grantable", found.grantable)


def rule_facts(rule: Rule) -> Iterator[Fact]:
    """Describe a rule."""
    yield Fact("permission", Code(rule.pattern))
    yield Fact("effect", text("allow") if rule.effect is Effect.ALLOW else text("deny"))
    yield Fact("applies to", _about(rule.subject))
    yield Fact("until", rule.expires_at or text("revoked"))
    yield Fact("set on", _set(rule))
    yield Fact("reason", rule.reason)


def listed_rule_facts(found: ListedRule) -> Iterator[Fact]:
    """Describe a rule, and whether its role or channel still exists."""
    for fact in rule_facts(found.rule):
        gone = found.gone and fact.label == "applies to"
        yield replace(fact, value=phrase("{subject} (not found)", subject=fact.value)) if gone else fact


def set_rule_facts(done: SetRule) -> Iterator[Fact]:
    """Describe a rule that was set, and the one that it replaced."""
    yield Fact("rule", _sentence(done.rule))
    if done.replaced is not None:
        yield Fact("replaces", _sentence(done.replaced))
    yield Fact("note", text("rules don't apply to administrators"))


def explanation_facts(found: Explanation) -> Iterator[Fact]:
    """Describe whether someone may do something, and why."""
    yield Fact("use of", Code(found.asked))
    yield Fact("allowed", text("yes, but only for their own things") if found.own else found.allowed)
    yield Fact("why", _ground(found.ground))
    name, holders = Code(found.permission), found.needed.holders
    yield Fact("permission", phrase("{name} (by default: {holders})", name=name, holders=holders))
    yield Fact("level", found.level)
    yield from _supposed(found.supposed)
    if found.rule is not None:
        yield Fact("rule", _sentence(found.rule))
    if found.open_channels:
        yield Fact("open in", Listed(found.open_channels))
    if gone := tuple(place for place in found.open_channels if place in found.gone):
        yield Fact("not found", Listed(gone))
    if found.entrypoint is not None:
        yield Fact("not available here", translated(found.entrypoint))
    if found.remedies:
        yield Fact("what would help", Lines(tuple(map(_call, found.remedies))))


def simulation_facts(found: Simulation) -> Iterator[Fact]:
    """Describe what a change of rules would alter."""
    unchanged = text("nothing for this user") if found.of_user else text("nothing for anyone")
    yield Fact("now", text("no rule") if found.before is None else _sentence(found.before))
    yield Fact("then", text("no rule") if found.after is None else _sentence(found.after))
    yield Fact("changes", Lines(tuple(_change(each, found) for each in found.differences), unchanged))
    yield from _supposed(found.supposed)
    yield Fact("note", text("nothing was changed; rules don't apply to administrators"))


def overview_facts(found: Overview) -> Iterator[Fact]:
    """Describe everything that someone may and may not do."""
    rules = dict.fromkeys(each.rule for each in found.permissions if each.rule is not None)
    yield Fact("user", found.user)
    yield Fact("level", found.level)
    yield from _supposed(found.supposed)
    yield Fact("can", _named(found, allowed=True))
    yield Fact("can't", _named(found, allowed=False))
    yield Fact("rules", Lines(tuple(map(_sentence, rules))))


def _named(found: Overview, *, allowed: bool) -> FactValue:
    return Lines(tuple(Code(each.permission) for each in found.permissions if each.allowed is allowed), text("nothing"))


def _ground(ground: Ground) -> str:
    match ground:
        case Ground.OPERATOR:
            return text("operators can do everything")
        case Ground.FIXED:
            return text("only the level counts here")
        case Ground.ADMINISTRATOR:
            return text("rules don't apply to administrators")
        case Ground.RULE:
            return text("a rule decides")
        case Ground.LEVEL:
            return text("no rule applies, so the level decides")
        case Ground.CHANNEL_RULE:
            return text("a rule closes this channel for it")
        case Ground.OTHER_CHANNELS:
            return text("rules only open it in other channels")
        case Ground.UNKNOWN_PLACE:
            return text("the channel's category isn't known, and a rule closes some channel for it")
        case Ground.CLOSED_ENTRYPOINT:
            return text("it isn't available here")
        case Ground.NO_GUILD:
            return text("it only works in a server")


def _about(subject: Subject) -> FactValue:
    match subject.kind:
        case SubjectKind.USER:
            return phrase("user {user}", user=UserId(subject.id))
        case SubjectKind.ROLE:
            return phrase("role {role}", role=RoleId(subject.id))
        case SubjectKind.CHANNEL:
            return phrase("channel {channel}", channel=ChannelId(subject.id))


def _set(rule: Rule) -> Phrase:
    return phrase("{when} by {who}", when=rule.set_at, who=Person(rule.set_by))


def _sentence(rule: Rule) -> FactValue:
    name, subject, set_ = Code(rule.pattern), _about(rule.subject), _set(rule)
    if rule.effect is Effect.ALLOW:
        effect = phrase("{name} is allowed: {subject}", name=name, subject=subject)
    else:
        effect = phrase("{name} is denied: {subject}", name=name, subject=subject)
    if rule.expires_at is not None:
        effect = phrase("{effect}, until {end}", effect=effect, end=rule.expires_at)
    if rule.reason is None:
        return phrase("{effect}; set {set}", effect=effect, set=set_)
    return phrase("{effect}; set {set} ({reason})", effect=effect, set=set_, reason=rule.reason)


def _call(remedy: Remedy) -> FactValue:
    return Call(remedy.operation, remedy.parameters)


def _change(each: Difference, within: Simulation) -> FactValue:
    name, who = Code(each.permission), _affected(each, within)
    match each.where, each.after:
        case "this channel", True:
            return phrase("{name}: {who} would gain it in this channel", name=name, who=who)
        case "this channel", False:
            return phrase("{name}: {who} would lose it in this channel", name=name, who=who)
        case "other channels", True:
            return phrase("{name}: {who} would gain it in other channels", name=name, who=who)
        case "other channels", False:
            return phrase("{name}: {who} would lose it in other channels", name=name, who=who)
        case _, True:
            return phrase("{name}: {who} would gain it", name=name, who=who)
        case _, False:
            return phrase("{name}: {who} would lose it", name=name, who=who)


def _affected(each: Difference, within: Simulation) -> FactValue:
    if within.supposed or not within.of_user:
        return phrase("the level {level}", level=each.level)
    return text("this user")


def _supposed(supposed: bool) -> Iterator[Fact]:
    if supposed:
        yield Fact("assumed", text("no roles or rights beyond what you entered, because Discord can't be asked"))


FACTS: Final = ContextFacts()
FACTS.show(DescribedPermission, permission_facts)
FACTS.show(Rule, rule_facts)
FACTS.show(ListedRule, listed_rule_facts)
FACTS.show(SetRule, set_rule_facts)
FACTS.show(Explanation, explanation_facts)
FACTS.show(Simulation, simulation_facts)
FACTS.show(Overview, overview_facts)
