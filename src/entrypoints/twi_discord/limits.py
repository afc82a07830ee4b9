"""The commands of limits: an ordinary discord.py extension."""

from collections.abc import Iterator, Mapping
from typing import Final

from twi_core.kernel.paging import Page
from twi_core.limits import LIMITS
from twi_core.limits.domain import LimitRule, SubjectKind
from twi_core.limits.rules.resolution import Ground
from twi_core.limits.rules.writing import SetLimitRule
from twi_core.limits.use_cases.show import HeldLimits
from twi_core.permissions import PERMISSIONS
from twi_discord.commands.extension import Attached, extension, group
from twi_discord.commands.specs import CommandSpec, command, suggested
from twi_discord.replies.markup import Markup, code, lines, say
from twi_discord.replies.message import Message
from twi_discord.replies.wording import attribution, person, rate, rates, role, span

SUMMARY: Final = "How often something may be done in this server, and by whom."

_GROUNDS: Final[Mapping[Ground, Markup]] = {
    Ground.POLICY: Markup(),
    Ground.RULE: say(" (set in this server)"),
    Ground.EXEMPTION: say(" (you are exempt from this server's limits)"),
    Ground.BYPASS: say(" (you pass over this server's limits)"),
    Ground.OPERATOR: say(" (you run this bot)"),
}


def limit_commands(attached: Attached) -> tuple[CommandSpec, ...]:
    """Describe the commands of `/limits`, one line each."""
    api, suggest = attached.app[LIMITS], attached.app[PERMISSIONS].suggest
    names = {"operation": suggested(suggest, lambda found: [(n, n) for n in found], operations=True)}
    first = ("operation", "role", "user")
    return (
        command("show", api.show, _held, positional="operation", complete=names),
        command("rules", api.rules, _listed),
        command("set", api.set, _set, positional="operation", complete=names, first=("operation", "amount", "seconds")),
        command("exempt", api.exempt, _set, positional="operation", complete=names, first=first),
        command("reset", api.reset, _reset, positional="operation", complete=names, first=first),
    )


setup, teardown = extension(__name__, group("limits", SUMMARY, limit_commands))


def _held(page: Page[HeldLimits]) -> Message:
    found = [line for held in page.items for line in _held_lines(held)]
    return Message(lines(say("How often you may do it here"), *found), page.next)


def _held_lines(held: HeldLimits) -> Iterator[Markup]:
    left = "" if held.remaining is None else say("; {left} left now", left=held.remaining)
    yield say(
        "- {operation}: {limits}{why}{now}",
        operation=code(held.operation),
        limits=rates(held.limits) or say("no limit of its own"),
        why=_GROUNDS[held.ground],
        now=say("; again in {wait}", wait=span(held.retry_after)) if held.retry_after else left,
    )
    yield from (say("  - {rule}", rule=describe_rule(rule)) for rule in held.rules)


def _listed(page: Page[LimitRule]) -> Message:
    if not page.items:
        return Message(say("No limits were set here: each operation has its own."))
    found = (say("- {rule}", rule=describe_rule(rule)) for rule in page.items)
    return Message(lines(say("Limits that were set in this server"), *found), page.next)


def describe_rule(rule: LimitRule) -> Markup:
    """Word a rule as a sentence: for what, about whom, how often, by whom and since when."""
    by = attribution(rule.set_by, rule.set_at)
    return say("{pattern}: {what} ({by})", pattern=code(rule.pattern), what=_ruled(rule), by=by)


def _ruled(rule: LimitRule) -> Markup:
    if rule.rate is None:
        return say("{whom} exempt", whom=_about(rule))
    if rule.subject.kind is SubjectKind.ROLE:
        return say("{rate} with {role}", rate=rate(rule.rate), role=role(rule.subject.id))
    return rate(rule.rate)


def _about(rule: LimitRule) -> Markup:
    match rule.subject.kind:
        case SubjectKind.EVERYONE:
            return say("everyone is")
        case SubjectKind.ROLE:
            return say("holders of {role} are", role=role(rule.subject.id))
        case SubjectKind.USER:
            return say("{person} is", person=person(rule.subject.id))


def _set(done: SetLimitRule) -> Message:
    said = [say("From now on {rule}.", rule=describe_rule(done.rule))]
    if done.replaced is not None:
        said.append(say("It replaces: {rule}.", rule=describe_rule(done.replaced)))
    return Message(lines(*said))


def _reset(rule: LimitRule) -> Message:
    return Message(say("Taken back: {rule}.", rule=describe_rule(rule)))
