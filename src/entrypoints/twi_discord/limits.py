"""The commands of limits: an ordinary discord.py extension."""

from collections.abc import Iterator
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
from twi_discord.replies.markup import Markup, bullet, code, join, lines, plural, say
from twi_discord.replies.message import Message
from twi_discord.replies.wording import attribution, person, rate, rates, role, span

SUMMARY: Final = "How often commands can be used in this server."


def limit_commands(attached: Attached) -> tuple[CommandSpec, ...]:
    """Describe the commands of `/limits`, one line each."""
    api, suggest = attached.app[LIMITS], attached.app[PERMISSIONS].suggest
    names = {"operation": suggested(suggest, lambda found: [(n, n) for n in found], operations=True)}
    first = ("operation", "role", "user")
    return (
        command("show", api.show, _held, positional="operation", complete=names),
        command("rules", api.rules, _listed),
        command("set", api.set, _set, positional="operation", complete=names, first=("operation", "amount", "seconds")),
        command("exempt", api.exempt, _set, positional="operation", complete=names, first=first, example=("user",)),
        command("reset", api.reset, _reset, positional="operation", complete=names, first=first),
    )


setup, teardown = extension(__name__, group("limits", SUMMARY, limit_commands))


def _held(page: Page[HeldLimits]) -> Message:
    found = [line for held in page.items for line in _held_lines(held)]
    return Message(lines(say("How often you can do this here"), *found), page.next)


def _held_lines(held: HeldLimits) -> Iterator[Markup]:
    limits = rates(held.limits) or say("no limit")
    yield bullet(say("{operation}: {limits}", operation=code(held.operation), limits=limits), *_held_now(held))
    yield from (join("", ("  ", bullet(describe_rule(rule)))) for rule in held.rules)


def _held_now(held: HeldLimits) -> Iterator[Markup]:
    """Yield why the limits are what they are, and what is left of them."""
    match held.ground:
        case Ground.POLICY:
            pass
        case Ground.RULE:
            yield say("set in this server")
        case Ground.EXEMPTION:
            yield say("you're exempt from this server's limits")
        case Ground.BYPASS:
            yield say("this server's limits don't apply to you")
        case Ground.OPERATOR:
            yield say("you run this bot")
    if held.retry_after:
        yield say("try again in {wait}", wait=span(held.retry_after))
    elif held.remaining is not None:
        yield plural("{count} left now", "{count} left now", held.remaining)


def _listed(page: Page[LimitRule]) -> Message:
    if not page.items:
        return Message(say("No limits are set here, so the defaults apply."))
    return Message(
        lines(say("Limits set in this server"), *(bullet(describe_rule(rule)) for rule in page.items)), page.next
    )


def describe_rule(rule: LimitRule) -> Markup:
    """Word a rule in a line: for what, how often, about whom, by whom and since when."""
    return join(" · ", (code(rule.pattern), *_ruled(rule), attribution(rule.set_by, rule.set_at)))


def _ruled(rule: LimitRule) -> Iterator[Markup]:
    if rule.rate is None:
        yield _exempt(rule)
        return
    yield rate(rule.rate)
    if rule.subject.kind is SubjectKind.ROLE:
        yield say("holders of {role}", role=role(rule.subject.id))


def _exempt(rule: LimitRule) -> Markup:
    match rule.subject.kind:
        case SubjectKind.EVERYONE:
            return say("everyone is exempt")
        case SubjectKind.ROLE:
            return say("holders of {role} are exempt", role=role(rule.subject.id))
        case SubjectKind.USER:
            return say("{person} is exempt", person=person(rule.subject.id))


def _set(done: SetLimitRule) -> Message:
    now = say("Set: {rule}", rule=describe_rule(done.rule))
    if done.replaced is None:
        return Message(now)
    return Message(lines(now, say("Replaced: {rule}", rule=describe_rule(done.replaced))))


def _reset(rule: LimitRule) -> Message:
    return Message(say("Reset: {rule}", rule=describe_rule(rule)))
