"""The commands of failures: an ordinary discord.py extension."""

from collections.abc import Iterable, Iterator
from typing import Final

from twi_core.failures import FAILURES
from twi_core.failures.domain import Bug
from twi_core.failures.use_cases.show import FoundFailure
from twi_core.kernel.facts import Block, Fact
from twi_core.kernel.paging import Page
from twi_discord.commands.extension import Attached, extension, group
from twi_discord.commands.specs import CommandSpec, command
from twi_discord.replies.details import details
from twi_discord.replies.markup import Markup, block, bullet, code, cut, join, lines, plural, say
from twi_discord.replies.message import Embed, Field, Message
from twi_discord.replies.wording import moment, person

SUMMARY: Final = "The bot's bugs, for its operators."
TRACE_LIMIT: Final = 1_200
"""Characters of a trace, so that all fits one message; the command line and HTTP show it whole."""

CAUSE: Final = "usual cause"
"""The fact that only a code has that this process knows."""


def error_command(attached: Attached) -> CommandSpec:
    """Describe `/error`, which looks a reference up."""
    return command("error", attached.app[FAILURES].show, _found, positional="reference")


def bug_commands(attached: Attached) -> tuple[CommandSpec, ...]:
    """Describe the commands of `/failure`, one line each."""
    api = attached.app[FAILURES]
    return (
        command("list", api.list, _listed),
        command("describe", api.describe, _described, positional="fingerprint"),
        command("resolve", api.resolve, _resolved, positional="fingerprint"),
    )


setup, teardown = extension(__name__, error_command, group("failure", SUMMARY, bug_commands))


def _found(found: FoundFailure) -> Message:
    known = found.cause is not None
    facts = (fact for fact in FAILURES.facts.of(found) if known or fact.label != CAUSE)
    unknown = say("This code comes from a part of the bot that isn't running here, so there's no explanation.")
    embed = Embed(description=Markup() if known else unknown, fields=_fields(facts))
    return Message(Markup(), private=found.elsewhere, embeds=(embed,))


def _fields(facts: Iterable[Fact]) -> tuple[Field, ...]:
    """Return facts as fields, except a trace, which is too long for one."""
    return details(fact for fact in facts if not isinstance(fact.value, Block))


def _listed(page: Page[Bug]) -> Message:
    if not page.items:
        return Message(say("No bugs found."))
    found = (bullet(*describe_bug(bug)) for bug in page.items)
    return Message(lines(say("Bugs, most recent first"), *found), page.next)


def _described(bug: Bug) -> Message:
    trace = Embed(description=block(cut(bug.trace, TRACE_LIMIT)))
    return Message(Markup(), private=True, embeds=(Embed(fields=_fields(FAILURES.facts.of(bug))), trace))


def _resolved(bug: Bug) -> Message:
    return Message(lines(join(" · ", describe_bug(bug)), say("It reopens if it happens again.")))


def describe_bug(bug: Bug) -> Iterator[Markup]:
    """Yield what a bug is, in phrases: which, where, what, how often, since when, and whether it is resolved."""
    where, last = code(bug.where), moment(bug.last_seen_at)
    yield say("{bug} in {where}: {kind}", bug=code(bug.fingerprint), where=where, kind=bug.kinds[0])
    yield plural(
        "seen once, {last}",
        "seen {count} times since {first}, last {last}",
        bug.count,
        first=moment(bug.first_seen_at),
        last=last,
    )
    if bug.reopened:
        yield plural("came back once", "came back {count} times", bug.reopened)
    if bug.resolved_at is None:
        yield say("open")
    else:
        yield say("resolved by {person}", person=person(bug.resolved_by))
