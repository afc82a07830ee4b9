"""The commands of limits: an ordinary discord.py extension."""

from collections.abc import Iterator, Mapping
from typing import Final

from twi_core.kernel.durations import how_often, spoken
from twi_core.kernel.paging import Page
from twi_core.kernel.policy import Rate
from twi_core.limits import LIMITS
from twi_core.limits.domain import LimitRule, SubjectKind
from twi_core.limits.rules.resolution import Ground
from twi_core.limits.rules.writing import SetLimitRule
from twi_core.limits.use_cases.show import HeldLimits
from twi_core.permissions import PERMISSIONS
from twi_discord.commands.extension import Attached, extension, group
from twi_discord.commands.specs import CommandSpec, command, suggested
from twi_discord.replies.markup import moment, person
from twi_discord.replies.render import Message

SUMMARY: Final = "How often something may be done in this server, and by whom."

_GROUNDS: Final[Mapping[Ground, str]] = {
    Ground.POLICY: "",
    Ground.RULE: " (set in this server)",
    Ground.EXEMPTION: " (you are exempt from this server's limits)",
    Ground.BYPASS: " (you pass over this server's limits)",
    Ground.OPERATOR: " (you run this bot)",
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
    lines = [line for held in page.items for line in _lines(held)]
    return Message("\n".join(("How often you may do it here", *lines)), page.next)


def _lines(held: HeldLimits) -> Iterator[str]:
    limits = ", ".join(_rate(rate) for rate in held.limits) or "no limit of its own"
    left = "" if held.remaining is None else f"; {held.remaining} left now"
    now = f"; again in {spoken(held.retry_after)}" if held.retry_after else left
    yield f"- `{held.operation}`: {limits}{_GROUNDS[held.ground]}{now}"
    yield from (f"  - {told(rule)}" for rule in held.rules)


def _rate(rate: Rate) -> str:
    return f"{how_often(rate.amount, rate.per)}, for {rate.scope.whose}"


def _listed(page: Page[LimitRule]) -> Message:
    if not page.items:
        return Message("No limits were set here: each operation has its own.")
    return Message("\n".join(("Limits that were set in this server", *(f"- {told(r)}" for r in page.items))), page.next)


def told(rule: LimitRule) -> str:
    """Tell a rule in a sentence: for what, about whom, how often, by whom and since when."""
    by = f"set by {person(rule.set_by)} {moment(rule.set_at.timestamp())}"
    if rule.rate is None:
        return f"`{rule.pattern}`: {_about(rule)} exempt ({by})"
    return f"`{rule.pattern}`: {_rate(rule.rate)}{_among(rule)} ({by})"


def _about(rule: LimitRule) -> str:
    match rule.subject.kind:
        case SubjectKind.EVERYONE:
            return "everyone is"
        case SubjectKind.ROLE:
            return f"holders of <@&{rule.subject.id}> are"
        case SubjectKind.USER:
            return f"<@{rule.subject.id}> is"


def _among(rule: LimitRule) -> str:
    return f" with <@&{rule.subject.id}>" if rule.subject.kind is SubjectKind.ROLE else ""


def _set(done: SetLimitRule) -> Message:
    lines = [f"From now on {told(done.rule)}."]
    if done.replaced is not None:
        lines.append(f"It replaces: {told(done.replaced)}.")
    return Message("\n".join(lines))


def _reset(rule: LimitRule) -> Message:
    return Message(f"Taken back: {told(rule)}.")
