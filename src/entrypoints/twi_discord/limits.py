"""The commands of limits: an ordinary discord.py extension."""

from collections.abc import Iterator, Mapping
from typing import Final

from discord.ext import commands

from twi_core.application import Application
from twi_core.kernel.durations import how_often, spoken
from twi_core.kernel.paging import Page
from twi_core.kernel.policy import Rate
from twi_core.throttling.domain import LimitRule, SubjectKind
from twi_core.throttling.resolution import Ground
from twi_core.throttling.setting_rules import SetLimitRule
from twi_core.throttling.use_cases.show import HeldLimits
from twi_discord.doors import Door, door, suggested
from twi_discord.help import help_door
from twi_discord.host import Host
from twi_discord.hybrids import group
from twi_discord.markup import moment, person
from twi_discord.mounting import mount, unmount
from twi_discord.render import Shown

EXTENSION: Final = "twi_discord.limits"
SUMMARY: Final = "How often something may be done in this server, and by whom."

_GROUNDS: Final[Mapping[Ground, str]] = {
    Ground.POLICY: "",
    Ground.RULE: " (set in this server)",
    Ground.EXEMPTION: " (you are exempt from this server's limits)",
    Ground.BYPASS: " (you pass over this server's limits)",
    Ground.OPERATOR: " (you run this bot)",
}


async def setup(bot: commands.Bot) -> None:
    """Add `/limits`; see `twi_discord.mounting.mount` for what it refuses."""
    host = Host.of(bot, EXTENSION)
    await mount(bot, EXTENSION, (group(host, "limits", SUMMARY, limit_doors(host.app), help_door(host)),))


async def teardown(bot: commands.Bot) -> None:
    """Remove it."""
    unmount(bot, ("limits",))


def limit_doors(app: Application) -> tuple[Door, ...]:
    """Describe the commands of `/limits`, one line each."""
    api = app.throttling
    names = {"operation": suggested(app.permissions.suggest, lambda found: [(n, n) for n in found], operations=True)}
    first = ("operation", "role", "user")
    return (
        door("show", api.show, _held, positional="operation", complete=names),
        door("rules", api.rules, _listed),
        door("set", api.set, _set, positional="operation", complete=names, first=("operation", "amount", "seconds")),
        door("exempt", api.exempt, _set, positional="operation", complete=names, first=first),
        door("reset", api.reset, _reset, positional="operation", complete=names, first=first),
    )


def _held(page: Page[HeldLimits]) -> Shown:
    lines = [line for held in page.items for line in _lines(held)]
    return Shown("\n".join(("How often you may do it here", *lines)), page.next)


def _lines(held: HeldLimits) -> Iterator[str]:
    limits = ", ".join(_rate(rate) for rate in held.limits) or "no limit of its own"
    left = "" if held.remaining is None else f"; {held.remaining} left now"
    now = f"; again in {spoken(held.retry_after)}" if held.retry_after else left
    yield f"- `{held.operation}`: {limits}{_GROUNDS[held.ground]}{now}"
    yield from (f"  - {told(rule)}" for rule in held.rules)


def _rate(rate: Rate) -> str:
    return f"{how_often(rate.amount, rate.per)}, for {rate.scope.whose}"


def _listed(page: Page[LimitRule]) -> Shown:
    if not page.items:
        return Shown("No limits were set here: each operation has its own.")
    return Shown("\n".join(("Limits that were set in this server", *(f"- {told(r)}" for r in page.items))), page.next)


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


def _set(done: SetLimitRule) -> Shown:
    lines = [f"From now on {told(done.rule)}."]
    if done.replaced is not None:
        lines.append(f"It replaces: {told(done.replaced)}.")
    return Shown("\n".join(lines))


def _reset(rule: LimitRule) -> Shown:
    return Shown(f"Taken back: {told(rule)}.")
