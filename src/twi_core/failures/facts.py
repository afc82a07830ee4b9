"""The facts of failures and of the bugs behind them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from twi_core.failures.domain import Bug
from twi_core.failures.use_cases.show import FoundFailure
from twi_core.kernel.context import Origin
from twi_core.kernel.facts import Block, Code, ContextFacts, Fact, FactValue, Listed, Person, Phrase


def failure_facts(found: FoundFailure) -> Iterator[Fact]:
    """Describe what happened under a reference, and the bug behind it."""
    known = found.actor is not None or found.origin is Origin.CLI
    yield Fact("reference", Code(found.reference))
    yield Fact("when", found.at)
    yield Fact("who", Person(found.actor) if known else "not known")
    yield Fact("where", Listed(tuple(_places(found))))
    yield Fact("operation", Code(found.operation) if found.operation else "none: the entrypoint refused it")
    yield Fact("code", Phrase(Code(found.code), f" ({found.kind.value.replace('_', ' ')})"))
    for label, text in (("message", found.message), ("hint", found.hint), ("usual cause", found.cause)):
        yield Fact(label, "not known to this version" if text is None else text)
    if found.more:
        yield Fact("more", Phrase(found.more, " in the same minute, which were only counted"))
    if found.bug is not None:
        yield from (replace(fact, label=f"bug {fact.label}") for fact in bug_facts(found.bug))


def _places(found: FoundFailure) -> Iterator[FactValue]:
    yield found.origin.value
    if found.guild is not None:
        yield Phrase("server ", found.guild)
    if found.channel is not None:
        yield Phrase("channel ", found.channel)


def bug_facts(bug: Bug) -> Iterator[Fact]:
    """Describe a bug, as one row among others without its trace."""
    yield Fact("fingerprint", Code(bug.fingerprint))
    yield Fact("in", Code(bug.where))
    yield Fact("what", bug.kinds[0])
    yield Fact("times", bug.count)
    yield Fact("last seen", bug.last_seen_at)
    yield Fact("state", _state(bug))
    yield Fact("first seen", bug.first_seen_at, brief=False)
    yield Fact("notified", "never" if bug.notified_at is None else bug.notified_at, brief=False)
    yield Fact("references", Listed(tuple(map(Code, bug.references))), brief=False)
    yield Fact("trace", Block(bug.trace), brief=False)


def _state(bug: Bug) -> FactValue:
    if bug.resolved_at is not None:
        return Phrase("resolved ", bug.resolved_at, " by ", Person(bug.resolved_by))
    return Phrase("open, came back ", bug.reopened, " times") if bug.reopened else "open"


FACTS: Final = ContextFacts()
FACTS.show(FoundFailure, failure_facts)
FACTS.show(Bug, bug_facts)
