"""The commands of failures: an ordinary discord.py extension."""

from collections.abc import Iterable
from typing import Final

from twi_core.failures import FAILURES
from twi_core.failures.domain import Bug
from twi_core.failures.use_cases.show import FoundFailure
from twi_core.kernel.facts import Block, Fact
from twi_core.kernel.paging import Page
from twi_discord.commands.extension import Attached, extension, group
from twi_discord.commands.specs import CommandSpec, command
from twi_discord.replies.details import details
from twi_discord.replies.markup import Markup, block, code, cut, lines, say
from twi_discord.replies.message import Embed, Field, Message
from twi_discord.replies.wording import moment, person, times

SUMMARY: Final = "The bugs of this bot, for those who run it."
TRACE_LIMIT: Final = 1_200
"""Characters of a trace, so that all fits one message; the command line and HTTP show it whole."""

UNKNOWN_CODE: Final = say(
    "Another part of the bot told this code; `twi errors` on the command line tells what it means."
)
EXPLAINED: Final = ("message", "hint", "usual cause")
"""Facts that there are only of a code that this process knows."""


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
    known = found.message is not None
    facts = (fact for fact in FAILURES.facts.of(found) if known or fact.label not in EXPLAINED)
    embed = Embed(description=Markup() if known else UNKNOWN_CODE, fields=_fields(facts))
    return Message(Markup(), private=found.elsewhere, embeds=(embed,))


def _fields(facts: Iterable[Fact]) -> tuple[Field, ...]:
    """Return facts as fields but a trace, which is too long for one."""
    return details(fact for fact in facts if not isinstance(fact.value, Block))


def _listed(page: Page[Bug]) -> Message:
    if not page.items:
        return Message(say("No such bugs are known."))
    found = (say("- {bug}", bug=describe_bug(bug)) for bug in page.items)
    return Message(lines(say("Bugs, the last seen first"), *found), page.next)


def _described(bug: Bug) -> Message:
    trace = Embed(description=block(cut(bug.trace, TRACE_LIMIT)))
    return Message(Markup(), private=True, embeds=(Embed(fields=_fields(FAILURES.facts.of(bug))), trace))


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
