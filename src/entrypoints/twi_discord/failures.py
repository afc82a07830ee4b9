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
from twi_discord.replies.markup import escape, moment, person
from twi_discord.replies.render import Message, cut

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
    return Message("\n".join(_found_lines(found)), private=found.elsewhere)


def _found_lines(found: FoundFailure) -> Iterator[str]:
    what = "The bot itself" if found.operation is None else f"`{found.operation}`"
    place = "" if found.channel is None else f" in <#{found.channel}>"
    server = "" if found.guild is None else f", server `{found.guild}`"
    yield f"**Reference `{found.reference}`**, {moment(found.at.timestamp())}"
    unknown = found.actor is None and found.origin is not Origin.CLI
    whom = "somebody who is not known" if unknown else person(found.actor)
    yield f"{what} failed for {whom}{place} ({found.origin.value}{server})"
    yield f"`{found.code}` ({found.kind.value.replace('_', ' ')})"
    if found.message is None:
        yield "Another part of the bot told this code; `twi errors` on the command line tells what it means."
    else:
        yield f"ErrorHandler: {escape(found.message)}"
        yield f"What to do: {escape(found.hint or '')}"
        yield f"Usual cause: {escape(found.cause or '')}"
    if found.more:
        yield f"{found.more} further failures of theirs in the same minute were only counted."
    if found.bug is not None:
        yield from ("Behind it is this bug:", _told(found.bug))


def _listed(page: Page[Bug]) -> Message:
    if not page.items:
        return Message("No such bugs are known.")
    return Message("\n".join(("Bugs, the last seen first", *(f"- {_told(bug)}" for bug in page.items))), page.next)


def _described(bug: Bug) -> Message:
    trace = cut(bug.trace, TRACE_LIMIT).replace("`", "'")  # nothing in it may end the block
    references = ", ".join(f"`{reference}`" for reference in bug.references) or "none"
    lines = (_told(bug), f"Last references: {references}", f"```\n{trace}\n```")
    return Message("\n".join(lines), private=True)


def _resolved(bug: Bug) -> Message:
    return Message(f"It is open again if it is seen again. {_told(bug)}")


def _told(bug: Bug) -> str:
    """Tell a bug in a line: which, where, what, how often, since when, and whether it is resolved."""
    times = "once" if bug.count == 1 else f"{bug.count} times"
    seen = f"{times} since {moment(bug.first_seen_at.timestamp())}, last {moment(bug.last_seen_at.timestamp())}"
    again = f", came back {bug.reopened} times" if bug.reopened else ""
    state = "open" if bug.resolved_at is None else f"resolved by {person(bug.resolved_by)}"
    return f"`{bug.fingerprint}` in `{bug.where}`: {escape(bug.kinds[0])}, {seen}{again}; {state}"
