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
from twi_discord.replies.markup import Markup, code, join, lines, say
from twi_discord.replies.message import Message
from twi_discord.replies.wording import attribution, channel, moment, person, role

SUMMARY: Final = "Who may do what in this server, and why."
MENU: Final = "Permissions"
BOUND: Final = say("Administrators are bound by no rule.")
GONE: Final = say("not found any more: deleted, or a thread that is archived or closed to the bot")
SUPPOSED: Final = say("This rests on no facts about them, as Discord told none: they may be no member of this server.")
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
        command("explain", api.explain, _explained, positional="operation", complete=asked),
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

    return user_menu(MENU, "Show everything that a member can and can't do here.", answer)


setup, teardown = extension(__name__, group("permissions", SUMMARY, permission_commands), permissions_menu)


def _names(api: PermissionsApi, *, operations: bool) -> Complete:
    return suggested(api.suggest, lambda found: [(name, name) for name in found], operations=operations)


def _listed(found: tuple[DescribedPermission, ...]) -> Message:
    permissions = (
        say(
            "- {name} {allows}: {holders}{always}",
            name=code(each.name),
            allows=each.allows,
            holders=each.level.holders,
            always="" if each.grantable else ", always",
        )
        for each in found
    )
    return Message(lines(say("Permissions, and who has them without any rule"), *permissions))


def _shown(page: Page[ListedRule]) -> Message:
    if not page.items:
        return Message(say("No such rules have been set here."))
    return Message(lines(say("Rules of this server"), *map(_line, page.items), BOUND), page.next)


def _line(found: ListedRule) -> Markup:
    rule = describe_rule(found.rule)
    if not found.gone:
        return say("- {rule}", rule=rule)
    why = GONE if found.rule.subject.kind is SubjectKind.CHANNEL else say("deleted")
    command = _written(revoking(found.rule))
    return say("- {rule} ({why}; to clear the rule away: {command})", rule=rule, why=why, command=command)


def describe_rule(rule: Rule, *, for_staff: bool = True) -> Markup:
    """Word a rule as a sentence: what, about whom, until when, by whom, since when, and to staff also why."""
    return say(
        "{pattern} is {verb} {where} {subject}{until} ({by}){why}",
        pattern=code(rule.pattern),
        verb="allowed" if rule.effect is Effect.ALLOW else "denied",
        where="in" if rule.subject.kind is SubjectKind.CHANNEL else "to",
        subject=_subject(rule),
        until="" if rule.expires_at is None else say(", until {at}", at=moment(rule.expires_at)),
        by=attribution(rule.set_by, rule.set_at),
        why=say(": {reason}", reason=rule.reason) if for_staff and rule.reason else "",
    )


def _subject(rule: Rule) -> Markup:
    """Name whom or what a rule is about."""
    match rule.subject.kind:
        case SubjectKind.USER:
            return person(rule.subject.id)
        case SubjectKind.ROLE:
            return say("everyone") if rule.subject.id == rule.guild else role(rule.subject.id)
        case SubjectKind.CHANNEL:
            return channel(rule.subject.id)


def _overview(found: Overview) -> Message:
    shown = [say("{person}, level here: {level}", person=person(found.user), level=found.level.label)]
    for allowed, heading in ((True, "May"), (False, "May not")):
        names = [say("{name}{mark}", name=code(each.permission), mark=_mark(each)) for each in _of(found, allowed)]
        shown.append(say("**{heading}:** {names}", heading=heading, names=join(", ", names) or "nothing"))
    rules = {each.rule.id: each.rule for each in found.permissions if each.rule is not None}
    shown += [say("- \\* {rule}", rule=describe_rule(rule)) for rule in rules.values()]
    if found.supposed:
        shown.append(SUPPOSED)
    return Message(lines(*shown, say("Rules of channels come on top.")))


def _mark(decided: Decided) -> str:
    return "" if decided.rule is None else "*"


def _of(found: Overview, allowed: bool) -> Iterator[Decided]:
    return (each for each in found.permissions if each.allowed is allowed)


def _explained(found: Explanation) -> Message:
    return _explanation(found, "You", for_staff=False)


def _checked(found: Explanation) -> Message:
    return _explanation(found, "They", for_staff=True)


def _explanation(found: Explanation, who: str, *, for_staff: bool) -> Message:
    verdict = say(
        "**{who} {verb} {asked} here{own}.**",
        who=who,
        verb="may use" if found.allowed else "may not use",
        asked=code(found.asked),
        own=say(", on what belongs to {whom} only", whom="them" if for_staff else "you") if found.own else "",
    )
    shown = [verdict, *_grounds(found, who, for_staff=for_staff), *_remedies(found)]
    if found.supposed:
        shown.append(SUPPOSED)
    return Message(lines(*shown))


def _remedies(found: Explanation) -> Iterator[Markup]:
    if not found.remedies:
        return
    yield say("This would allow it, done by somebody who may change rules:")
    gone = {str(place) for place in found.gone}
    for remedy in found.remedies[:REMEDIES_LIMIT]:
        word = _written if remedy.parameters.get("channel") in gone else _chosen
        yield say("- {command}", command=word(remedy))
    if left := len(found.remedies[REMEDIES_LIMIT:]):
        yield say("- and {left} more, which you will be told when these are done", left=left)


def _grounds(found: Explanation, who: str, *, for_staff: bool) -> Iterator[Markup]:
    level = found.level.label
    match found.ground:
        case Ground.OPERATOR:
            yield say("{who} run this bot.", who=who)
        case Ground.ADMINISTRATOR:
            yield say("{who} are an administrator. {bound}", who=who, bound=BOUND)
        case Ground.FIXED:
            needed = found.needed.label
            yield say(
                "It takes the level {needed}; no rule can change that. Level here: {level}.", needed=needed, level=level
            )
        case Ground.LEVEL:
            yield say(
                "It takes the permission {permission}, which {holders} have; no rule of this server says otherwise. "
                "Level here: {level}.",
                permission=code(found.permission),
                holders=found.needed.holders,
                level=level,
            )
        case Ground.RULE | Ground.CHANNEL_RULE if found.rule is not None:
            yield say("The rule that decides: {rule}.", rule=describe_rule(found.rule, for_staff=for_staff))
        case Ground.OTHER_CHANNELS:
            yield say("It is open in other channels only: {places}.", places=join(", ", _places(found)))
        case Ground.UNKNOWN_PLACE:
            yield say(
                "A rule closes some channel for it, and the bot does not know whether this one lies in that. Ask again "
                "in a moment; an archived thread has to be opened first."
            )
        case Ground.CLOSED_ENTRYPOINT:
            yield say("It is offered elsewhere only: {entrypoint}.", entrypoint=found.entrypoint or "")
        case _:
            yield say("{who} have to ask within a server.", who=who)


def _places(found: Explanation) -> Iterator[Markup]:
    for place in found.open_channels[:10]:
        yield channel(place) if place not in found.gone else say("{place} ({gone})", place=place, gone=GONE)


def _chosen(remedy: Remedy) -> Markup:
    verb = remedy.operation.partition(".")[2]
    options = " ".join(f"{name}:{value}" for name, value in remedy.parameters.items())
    return code(f"/permissions {verb} {options}")


def _written(remedy: Remedy) -> Markup:
    """Word it as a written command: what was deleted is not among Discord's choices."""
    given = dict(remedy.parameters)
    words = ("permissions", remedy.operation.partition(".")[2], given.pop("permission"))
    command = " ".join((*words, *(f"--{name} {value}" for name, value in given.items())))
    return say("{command} after the bot's prefix", command=code(command))


def _set(done: SetRule) -> Message:
    said = [say("From now on {rule}.", rule=describe_rule(done.rule))]
    if done.replaced is not None:
        said.append(say("It replaces: {rule}.", rule=describe_rule(done.replaced)))
    return Message(lines(*said, BOUND))


def _revoked(rule: Rule) -> Message:
    return Message(say("Revoked: {rule}.", rule=describe_rule(rule)))


def _simulated(found: Simulation) -> Message:
    before = say("There is no such rule yet.")
    if found.before is not None:
        before = say("Now: {rule}.", rule=describe_rule(found.before))
    after = say("Then there is none.") if found.after is None else say("Then: {rule}.", rule=describe_rule(found.after))
    changes = [_difference(each, found) for each in found.differences] or [_nobody(found)]
    supposed = (SUPPOSED,) if found.supposed else ()
    heading = say("Nothing was changed. This is what it would do:")
    return Message(lines(heading, before, after, *changes, *supposed, BOUND))


def _difference(found: Difference, within: Simulation) -> Markup:
    level = say(", at the level {level},", level=found.level.label) if within.supposed or not within.of_user else ""
    return say(
        "- {who}{level} would {change} {permission}{where}.",
        who="They" if within.of_user else "Those it is about",
        level=level,
        change="gain" if found.after else "lose",
        permission=code(found.permission),
        where="" if found.where is None else say(" in {where}", where=found.where),
    )


def _nobody(found: Simulation) -> Markup:
    return say(
        "They would gain or lose nothing by it." if found.of_user else "Nobody would gain or lose anything by it."
    )
