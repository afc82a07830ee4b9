"""The facts of failures and of the bugs behind them."""

from collections.abc import Iterator
from typing import Final

from twi_core.failures.domain import Bug
from twi_core.failures.use_cases.show import FoundFailure
from twi_core.kernel.context import Origin
from twi_core.kernel.errors import Kind
from twi_core.kernel.facts import Block, Code, ContextFacts, Fact, FactValue, Listed, Person, phrase
from twi_core.kernel.language import plural, text


def failure_facts(found: FoundFailure) -> Iterator[Fact]:
    """Describe what happened under a reference, and the bug behind it."""
    known = found.actor is not None or found.origin is Origin.CLI
    yield Fact("reference", Code(found.reference))
    yield Fact("date", found.at)
    yield Fact("who", Person(found.actor) if known else text("unknown"))
    yield Fact("where", Listed(tuple(_places(found))))
    refused = text("none; it was refused before reaching the bot's operations")
    yield Fact("operation", Code(found.operation) if found.operation else refused)
    yield Fact("code", phrase("{code} ({kind})", code=Code(found.code), kind=_kind(found.kind)))
    if found.message:
        yield Fact("message", found.message)
    if found.hint:
        yield Fact("hint", found.hint)
    yield Fact("usual cause", found.cause or text("not known to this version"))
    if found.more:
        yield Fact("more", text("{count} in the same minute, only counted", count=found.more))
    if found.bug is not None:
        yield from _bug_behind(found.bug)


def _places(found: FoundFailure) -> Iterator[FactValue]:
    yield _origin(found.origin)
    if found.guild is not None:
        yield phrase("server {server}", server=found.guild)
    if found.channel is not None:
        yield phrase("channel {channel}", channel=found.channel)


def _origin(origin: Origin) -> str:
    match origin:
        case Origin.DISCORD:
            return text("Discord")
        case Origin.CLI:
            return text("command line")
        case Origin.HTTP:
            return text("HTTP API")
        case Origin.EMBEDDED:
            return text("program")
        case Origin.JOB:
            return text("the bot itself")


def _kind(kind: Kind) -> str:
    match kind:
        case Kind.INVALID:
            return text("invalid")
        case Kind.UNAUTHENTICATED:
            return text("not authenticated")
        case Kind.FORBIDDEN:
            return text("forbidden")
        case Kind.NOT_FOUND:
            return text("not found")
        case Kind.CONFLICT:
            return text("conflict")
        case Kind.THROTTLED:
            return text("too often")
        case Kind.UNAVAILABLE:
            return text("unavailable")
        case Kind.TIMEOUT:
            return text("timed out")
        case Kind.INTERNAL:
            return text("internal error")


def bug_facts(bug: Bug) -> Iterator[Fact]:
    """Describe a bug; its trace is left out of lists."""
    yield Fact("fingerprint", Code(bug.fingerprint))
    yield Fact("seen in", Code(bug.where))
    yield Fact("exception", bug.kinds[0])
    yield Fact("times seen", bug.count)
    yield Fact("last seen", bug.last_seen_at)
    yield Fact("state", _state(bug))
    yield Fact("first seen", bug.first_seen_at, brief=False)
    yield Fact("notified", _notified(bug), brief=False)
    yield Fact("references", Listed(tuple(map(Code, bug.references))), brief=False)
    yield Fact("trace", Block(bug.trace), brief=False)


def _bug_behind(bug: Bug) -> Iterator[Fact]:
    yield Fact("bug fingerprint", Code(bug.fingerprint))
    yield Fact("bug seen in", Code(bug.where))
    yield Fact("bug", bug.kinds[0])
    yield Fact("bug times seen", bug.count)
    yield Fact("bug last seen", bug.last_seen_at)
    yield Fact("bug state", _state(bug))
    yield Fact("bug first seen", bug.first_seen_at, brief=False)
    yield Fact("bug notified", _notified(bug), brief=False)
    yield Fact("bug references", Listed(tuple(map(Code, bug.references))), brief=False)
    yield Fact("bug trace", Block(bug.trace), brief=False)


def _notified(bug: Bug) -> FactValue:
    return text("never") if bug.notified_at is None else bug.notified_at


def _state(bug: Bug) -> FactValue:
    if bug.resolved_at is not None:
        return phrase("resolved {when} by {who}", when=bug.resolved_at, who=Person(bug.resolved_by))
    if bug.reopened:
        return plural("open, came back once", "open, came back {count} times", bug.reopened)
    return text("open")


FACTS: Final = ContextFacts()
FACTS.show(FoundFailure, failure_facts)
FACTS.show(Bug, bug_facts)
