"""The commands of failures: an ordinary discord.py extension."""

from collections.abc import Iterator
from typing import Final

from twi_core.failures import FAILURES
from twi_core.failures.domain import Bug
from twi_core.failures.use_cases.show import FoundFailure
from twi_core.kernel.context import Origin
from twi_core.kernel.paging import Page
from twi_discord.commands.extension import Attached, extension, group
from twi_discord.commands.specs import CommandSpec, command
from twi_discord.replies.markup import Markup, block, code, cut, join, lines, say
from twi_discord.replies.message import Message
from twi_discord.replies.wording import channel, moment, person, times

SUMMARY: Final = "The bugs of this bot, for those who run it."
TRACE_LIMIT: Final = 1_200
"""Characters of a trace, so that all fits one message; the command line and HTTP show it whole."""


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
    return Message(lines(*_found_lines(found)), private=found.elsewhere)


def _found_lines(found: FoundFailure) -> Iterator[Markup]:
    yield say("**Reference {reference}**, {at}", reference=code(found.reference), at=moment(found.at))
    unknown = found.actor is None and found.origin is not Origin.CLI
    yield say(
        "{what} failed for {whom}{place} ({origin}{server})",
        what="The bot itself" if found.operation is None else code(found.operation),
        whom="somebody who is not known" if unknown else person(found.actor),
        place="" if found.channel is None else say(" in {channel}", channel=channel(found.channel)),
        origin=found.origin.value,
        server="" if found.guild is None else say(", server {id}", id=code(found.guild)),
    )
    yield say("{code} ({kind})", code=code(found.code), kind=found.kind.value.replace("_", " "))
    if found.message is None:
        yield say("Another part of the bot told this code; `twi errors` on the command line tells what it means.")
    else:
        yield say("ErrorHandler: {message}", message=found.message)
        yield say("What to do: {hint}", hint=found.hint or "")
        yield say("Usual cause: {cause}", cause=found.cause or "")
    if found.more:
        yield say("{more} further failures of theirs in the same minute were only counted.", more=found.more)
    if found.bug is not None:
        yield lines(say("Behind it is this bug:"), describe_bug(found.bug))


def _listed(page: Page[Bug]) -> Message:
    if not page.items:
        return Message(say("No such bugs are known."))
    found = (say("- {bug}", bug=describe_bug(bug)) for bug in page.items)
    return Message(lines(say("Bugs, the last seen first"), *found), page.next)


def _described(bug: Bug) -> Message:
    references = join(", ", map(code, bug.references)) or say("none")
    trace = block(cut(bug.trace, TRACE_LIMIT))
    return Message(
        lines(describe_bug(bug), say("Last references: {references}", references=references), trace), private=True
    )


def _resolved(bug: Bug) -> Message:
    return Message(say("It is open again if it is seen again. {bug}", bug=describe_bug(bug)))


def describe_bug(bug: Bug) -> Markup:
    """Word a bug in a line: which, where, what, how often, since when, and whether it is resolved."""
    return say(
        "{fingerprint} in {where}: {kind}, {times} since {first}, last {last}{again}; {state}",
        fingerprint=code(bug.fingerprint),
        where=code(bug.where),
        kind=bug.kinds[0],
        times=times(bug.count),
        first=moment(bug.first_seen_at),
        last=moment(bug.last_seen_at),
        again=say(", came back {count} times", count=bug.reopened) if bug.reopened else "",
        state="open" if bug.resolved_at is None else say("resolved by {person}", person=person(bug.resolved_by)),
    )
