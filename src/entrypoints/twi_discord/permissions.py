"""The commands of permissions: an ordinary discord.py extension."""

from collections.abc import Iterator, Mapping
from typing import Final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.paging import Page
from twi_core.permissions import PERMISSIONS
from twi_core.permissions.api import PermissionsApi
from twi_core.permissions.domain import Effect, Rule, SubjectKind
from twi_core.permissions.rules.explaining import Explanation, Remedy, revoking
from twi_core.permissions.rules.resolution import Ground
from twi_core.permissions.rules.writing import SetRule
from twi_core.permissions.use_cases.list import DescribedPermission
from twi_core.permissions.use_cases.overview import Decided, Overview
from twi_core.permissions.use_cases.show import ListedRule
from twi_core.permissions.use_cases.simulate import Difference, Simulation
from twi_discord.commands.extension import Attached, extension, group
from twi_discord.commands.menus import MenuSpec, user_menu
from twi_discord.commands.specs import CommandSpec, Complete, command, suggested
from twi_discord.replies.markup import escape, moment, person
from twi_discord.replies.render import Message

SUMMARY: Final = "Who may do what in this server, and why."
MENU: Final = "Permissions"
BOUND: Final = "Administrators are bound by no rule."
GONE: Final = "not found any more: deleted, or a thread that is archived or closed to the bot"
SUPPOSED: Final = "This rests on no facts about them, as Discord told none: they may be no member of this server."
REMEDIES_LIMIT: Final = 10
"""Changes that are told at once; only a server with many rules about deleted channels needs more."""


def permission_commands(attached: Attached) -> tuple[CommandSpec, ...]:
    """Describe the commands of `/permissions`, one line each."""
    api = attached.app[PERMISSIONS]
    names, asked = {"permission": _names(api, operations=False)}, {"operation": _names(api, operations=True)}
    first = ("change", "permissions", "role", "user", "channel")
    return (
        command("list", api.list, _listed),
        command("show", api.show, _shown, complete=names, first=first[1:]),
        command("explain", api.explain, explained, positional="operation", complete=asked),
        command("check", api.check, _checked, positional="operation", complete=asked, leave_out=("level", "roles")),
        command("overview", api.overview, _overview),
        command("simulate", api.simulate, _simulated, positional="permission", complete=names, first=first),
        command("grant", api.grant, _set, positional="permission", complete=names, first=first),
        command("deny", api.deny, _set, positional="permission", complete=names, first=first),
        command("revoke", api.revoke, _revoked, positional="permission", complete=names, first=first),
    )


def permissions_menu(attached: Attached) -> MenuSpec:
    """Describe the entry in the menu of a member that shows what they may do."""
    api = attached.app[PERMISSIONS]

    async def answer(raw: Mapping[str, object], context: CallContext, /) -> Outcome[Message, AppError]:
        outcome = await api.overview.call({"user": raw["user"]}, context)
        return outcome if isinstance(outcome, Failure) else Success(_overview(outcome.unwrap()))

    return user_menu(MENU, "Show everything that a member may and may not do here.", answer)


setup, teardown = extension(__name__, group("permissions", SUMMARY, permission_commands), permissions_menu)


def _names(api: PermissionsApi, *, operations: bool) -> Complete:
    return suggested(api.suggest, lambda found: [(name, name) for name in found], operations=operations)


def _listed(found: tuple[DescribedPermission, ...]) -> Message:
    lines = (
        f"- `{each.name}` {escape(each.allows)}: {each.level.holders}{'' if each.grantable else ', always'}"
        for each in found
    )
    return Message("\n".join(("Permissions, and who has them without any rule", *lines)))


def _shown(page: Page[ListedRule]) -> Message:
    if not page.items:
        return Message("No such rules have been set here.")
    return Message("\n".join(("Rules of this server", *map(_line, page.items), BOUND)), page.next)


def _line(found: ListedRule) -> str:
    if not found.gone:
        return f"- {told(found.rule)}"
    why = GONE if found.rule.subject.kind is SubjectKind.CHANNEL else "deleted"
    return f"- {told(found.rule)} ({why}; to clear the rule away: {_written(revoking(found.rule))})"


def told(rule: Rule, *, for_staff: bool = True) -> str:
    """Tell a rule in a sentence: what, about whom, until when, by whom, since when, and to staff also why."""
    verb = "allowed" if rule.effect is Effect.ALLOW else "denied"
    where = "in" if rule.subject.kind is SubjectKind.CHANNEL else "to"
    until = "" if rule.expires_at is None else f", until {moment(rule.expires_at.timestamp())}"
    why = f": {escape(rule.reason)}" if for_staff and rule.reason else ""
    by = f"set by {person(rule.set_by)} {moment(rule.set_at.timestamp())}"
    return f"`{rule.pattern}` is {verb} {where} {about(rule)}{until} ({by}){why}"


def about(rule: Rule) -> str:
    """Name whom or what a rule is about."""
    match rule.subject.kind:
        case SubjectKind.USER:
            return f"<@{rule.subject.id}>"
        case SubjectKind.ROLE:
            return "everyone" if rule.subject.id == rule.guild else f"<@&{rule.subject.id}>"
        case SubjectKind.CHANNEL:
            return f"<#{rule.subject.id}>"


def explained(found: Explanation) -> Message:
    """Tell an explanation to the one it is about."""
    return _told_to(found, "You", for_staff=False)


def _overview(found: Overview) -> Message:
    lines = [f"<@{found.user}>, level here: {found.level.label}"]
    for allowed, heading in ((True, "May"), (False, "May not")):
        names = [f"`{each.permission}`" + ("" if each.rule is None else "*") for each in _of(found, allowed)]
        lines.append(f"**{heading}:** {', '.join(names) or 'nothing'}")
    rules = {each.rule.id: each.rule for each in found.permissions if each.rule is not None}
    lines += [f"- \\* {told(rule)}" for rule in rules.values()]
    if found.supposed:
        lines.append(SUPPOSED)
    return Message("\n".join((*lines, "Rules of channels come on top.")))


def _of(found: Overview, allowed: bool) -> Iterator[Decided]:
    return (each for each in found.permissions if each.allowed is allowed)


def _checked(found: Explanation) -> Message:
    return _told_to(found, "They", for_staff=True)


def _told_to(found: Explanation, who: str, *, for_staff: bool) -> Message:
    verdict = f"{who} may use" if found.allowed else f"{who} may not use"
    own = f", on what belongs to {'them' if for_staff else 'you'} only" if found.own else ""
    lines = [f"**{verdict} `{found.asked}` here{own}.**", *_grounds(found, who, for_staff=for_staff)]
    if found.remedies:
        lines.append("This would allow it, done by somebody who may change rules:")
        gone = {str(place) for place in found.gone}
        tell = {True: _written, False: _chosen}
        steps = [f"- {tell[each.parameters.get('channel') in gone](each)}" for each in found.remedies]
        lines += steps[:REMEDIES_LIMIT]
        if left := len(steps[REMEDIES_LIMIT:]):
            lines.append(f"- and {left} more, which you will be told when these are done")
    if found.supposed:
        lines.append(SUPPOSED)
    return Message("\n".join(lines))


def _grounds(found: Explanation, who: str, *, for_staff: bool) -> Iterator[str]:
    match found.ground:
        case Ground.OPERATOR:
            yield f"{who} run this bot."
        case Ground.ADMINISTRATOR:
            yield f"{who} are an administrator. {BOUND}"
        case Ground.FIXED:
            yield f"It takes the level {found.needed.label}; no rule can change that. Level here: {found.level.label}."
        case Ground.LEVEL:
            yield (
                f"It takes the permission `{found.permission}`, which {found.needed.holders} have; no rule of this "
                f"server says otherwise. Level here: {found.level.label}."
            )
        case Ground.RULE | Ground.CHANNEL_RULE if found.rule is not None:
            yield f"The rule that decides: {told(found.rule, for_staff=for_staff)}."
        case Ground.OTHER_CHANNELS:
            yield f"It is open in other channels only: {', '.join(_places(found))}."
        case Ground.UNKNOWN_PLACE:
            yield (
                "A rule closes some channel for it, and the bot does not know whether this one lies in that. Ask again "
                "in a moment; an archived thread has to be opened first."
            )
        case Ground.CLOSED_ENTRYPOINT:
            yield f"It is offered elsewhere only: {escape(found.entrypoint or '')}."
        case _:
            yield f"{who} have to ask within a server."


def _places(found: Explanation) -> Iterator[str]:
    for place in found.open_channels[:10]:
        yield f"<#{place}>" if place not in found.gone else f"{place} ({GONE})"


def _chosen(remedy: Remedy) -> str:
    verb = remedy.operation.partition(".")[2]
    options = " ".join(f"{name}:{value}" for name, value in remedy.parameters.items())
    return f"`/permissions {verb} {options}`"


def _written(remedy: Remedy) -> str:
    """Tell it as a written command: what was deleted is not among Discord's choices."""
    given = dict(remedy.parameters)
    words = ("permission", remedy.operation.partition(".")[2], given.pop("permission"))
    return f"`{' '.join((*words, *(f'--{name} {value}' for name, value in given.items())))}` after the bot's prefix"


def _set(done: SetRule) -> Message:
    lines = [f"From now on {told(done.rule)}."]
    if done.replaced is not None:
        lines.append(f"It replaces: {told(done.replaced)}.")
    lines.append(BOUND)
    return Message("\n".join(lines))


def _revoked(rule: Rule) -> Message:
    return Message(f"Revoked: {told(rule)}.")


def _simulated(found: Simulation) -> Message:
    lines = ["Nothing was changed. This is what it would do:"]
    lines.append("There is no such rule yet." if found.before is None else f"Now: {told(found.before)}.")
    lines.append("Then there is none." if found.after is None else f"Then: {told(found.after)}.")
    lines += [f"- {_difference(each, found)}" for each in found.differences] or [f"{_nobody(found)} by it."]
    if found.supposed:
        lines.append(SUPPOSED)
    return Message("\n".join((*lines, BOUND)))


def _difference(found: Difference, within: Simulation) -> str:
    change = "gain" if found.after else "lose"
    where = "" if found.where is None else f" in {found.where}"
    who = "They" if within.of_user else "Those it is about"
    level = f", at the level {found.level.label}," if within.supposed or not within.of_user else ""
    return f"{who}{level} would {change} `{found.permission}`{where}."


def _nobody(found: Simulation) -> str:
    return "They would gain or lose nothing" if found.of_user else "Nobody would gain or lose anything"
