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
from twi_core.permissions.rules.explaining import Explanation, revoking
from twi_core.permissions.rules.resolution import Ground
from twi_core.permissions.rules.writing import SetRule
from twi_core.permissions.use_cases.list import DescribedPermission
from twi_core.permissions.use_cases.overview import Decided, Overview
from twi_core.permissions.use_cases.show import ListedRule
from twi_core.permissions.use_cases.simulate import Difference, Simulation
from twi_discord.commands.extension import Attached, extension, group
from twi_discord.commands.menus import MenuSpec, user_menu
from twi_discord.commands.specs import CommandSpec, Complete, command, suggested
from twi_discord.replies.markup import (
    Markup,
    bullet,
    code,
    join,
    lines,
    listed,
    plural,
    say,
    translated,
    typed,
    written,
)
from twi_discord.replies.message import Message
from twi_discord.replies.wording import attribution, channel, moment, person, role

SUMMARY: Final = "Who can do what in this server, and why."
MENU: Final = "Permissions"
REMEDIES_LIMIT: Final = 10
"""Changes that are shown at once; only a server with many rules about deleted channels needs more."""


def permission_commands(attached: Attached) -> tuple[CommandSpec, ...]:
    """Describe the commands of `/permissions`, one line each."""
    api = attached.app[PERMISSIONS]
    names, asked = {"permission": _names(api, operations=False)}, {"operation": _names(api, operations=True)}
    subject = ("user",)
    first = ("change", "permission", "role", "user", "channel")
    return (
        command("list", api.list, _listed),
        command("show", api.show, _shown, complete=names, first=first[1:]),
        command("explain", api.explain, _explained, positional="operation", complete=asked),
        command("check", api.check, _checked, positional="operation", complete=asked, leave_out=("level", "roles")),
        command("overview", api.overview, _overview),
        command(
            "simulate", api.simulate, _simulated, positional="permission", complete=names, first=first, example=subject
        ),
        command("grant", api.grant, _set, positional="permission", complete=names, first=first, example=subject),
        command("deny", api.deny, _set, positional="permission", complete=names, first=first, example=subject),
        command("revoke", api.revoke, _revoked, positional="permission", complete=names, first=first, example=subject),
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


def _not_bound() -> Markup:
    return say("Rules don't apply to administrators.")


def _supposed() -> Markup:
    return say("Discord doesn't know this member here, so this assumes they have no roles.")


def _listed(found: tuple[DescribedPermission, ...]) -> Message:
    return Message(lines(say("Permissions, and who has them by default"), *map(_permission, found)))


def _permission(found: DescribedPermission) -> Markup:
    facts = (join(" ", (code(found.name), translated(found.allows))), found.level.holders)
    return bullet(*facts) if found.grantable else bullet(*facts, say("always"))


def _shown(page: Page[ListedRule]) -> Message:
    if not page.items:
        return Message(say("No rules found."))
    return Message(lines(say("Rules of this server"), *map(_line, page.items), _not_bound()), page.next)


def _line(found: ListedRule) -> Markup:
    rule = describe_rule(found.rule)
    if not found.gone:
        return bullet(rule)
    revoke = revoking(found.rule)
    command = written(revoke.operation, revoke.parameters) or code(revoke.operation)
    why = _gone() if found.rule.subject.kind is SubjectKind.CHANNEL else say("deleted")
    return bullet(rule, why, say("remove the rule: {command}", command=command))


def _gone() -> Markup:
    return say("not found: deleted, archived, or not visible to the bot")


def describe_rule(rule: Rule, *, for_staff: bool = True) -> Markup:
    """Word a rule as a sentence: what, about whom, until when, by whom, since when, and to staff also why."""
    facts = [attribution(rule.set_by, rule.set_at)]
    if rule.expires_at is not None:
        facts.insert(0, say("until {at}", at=moment(rule.expires_at)))
    if for_staff and rule.reason:
        facts.append(say("reason: {reason}", reason=rule.reason))
    return say("{rule} ({facts})", rule=_ruled(rule), facts=join("; ", facts))


def _ruled(rule: Rule) -> Markup:
    """Word what a rule does, and about whom or what."""
    pattern, allows, about = code(rule.pattern), rule.effect is Effect.ALLOW, rule.subject
    if about.kind is SubjectKind.CHANNEL:
        if allows:
            return say("{pattern} is allowed in {channel}", pattern=pattern, channel=channel(about.id))
        return say("{pattern} is denied in {channel}", pattern=pattern, channel=channel(about.id))
    who = person(about.id) if about.kind is SubjectKind.USER else role(about.id)
    if about.id == rule.guild:
        who = say("everyone")
    if allows:
        return say("{pattern} is allowed to {who}", pattern=pattern, who=who)
    return say("{pattern} is denied to {who}", pattern=pattern, who=who)


def _overview(found: Overview) -> Message:
    shown = [
        say("{person} · level here: {level}", person=person(found.user), level=found.level.shown),
        say("**Can:** {names}", names=_names_of(found, allowed=True)),
        say("**Can't:** {names}", names=_names_of(found, allowed=False)),
    ]
    rules = {each.rule.id: each.rule for each in found.permissions if each.rule is not None}
    shown += [say("- \\* {rule}", rule=describe_rule(rule)) for rule in rules.values()]
    if found.supposed:
        shown.append(_supposed())
    return Message(lines(*shown, say("Channel rules also apply.")))


def _names_of(found: Overview, *, allowed: bool) -> Markup:
    return join(", ", (_marked(each) for each in found.permissions if each.allowed is allowed)) or say("nothing")


def _marked(decided: Decided) -> Markup:
    """Return a permission with the mark of those that a rule decides."""
    return join("", (code(decided.permission), "" if decided.rule is None else "*"))


def _explained(found: Explanation) -> Message:
    return _explanation(found, for_staff=False)


def _checked(found: Explanation) -> Message:
    return _explanation(found, for_staff=True)


def _explanation(found: Explanation, *, for_staff: bool) -> Message:
    why = (*_grounds(found, for_staff=for_staff), *_level(found, for_staff=for_staff))
    supposed = (_supposed(),) if found.supposed else ()
    return Message(lines(_verdict(found, code(found.asked), for_staff=for_staff), *why, *_remedies(found), *supposed))


def _verdict(found: Explanation, asked: Markup, *, for_staff: bool) -> Markup:
    if not found.allowed and for_staff:
        return say("**They can't use {asked} here.**", asked=asked)
    if not found.allowed:
        return say("**You can't use {asked} here.**", asked=asked)
    if found.own and for_staff:
        return say("**They can use {asked} here, but only for their own things.**", asked=asked)
    if found.own:
        return say("**You can use {asked} here, but only for your own things.**", asked=asked)
    if for_staff:
        return say("**They can use {asked} here.**", asked=asked)
    return say("**You can use {asked} here.**", asked=asked)


def _level(found: Explanation, *, for_staff: bool) -> Iterator[Markup]:
    """Yield what a person's level has to do with it, if anything."""
    match found.ground:
        case Ground.OPERATOR:
            yield say("They run this bot.") if for_staff else say("You run this bot.")
        case Ground.ADMINISTRATOR:
            who = say("They're an administrator.") if for_staff else say("You're an administrator.")
            yield join(" ", (who, _not_bound()))
        case Ground.FIXED | Ground.LEVEL:
            level = found.level.shown
            their, your = say("Their level here: {level}", level=level), say("Your level here: {level}", level=level)
            yield their if for_staff else your
        case _:
            pass


def _grounds(found: Explanation, *, for_staff: bool) -> Iterator[Markup]:
    match found.ground:
        case Ground.OPERATOR | Ground.ADMINISTRATOR:
            pass
        case Ground.FIXED:
            needed = found.needed.shown
            yield say("This needs the level {needed}, and no rule can change that.", needed=needed)
        case Ground.LEVEL:
            yield say(
                "This needs the permission {permission} (default: {holders}), and no rule here changes that.",
                permission=code(found.permission),
                holders=found.needed.holders,
            )
        case Ground.RULE | Ground.CHANNEL_RULE if found.rule is not None:
            yield say("This rule decides: {rule}", rule=describe_rule(found.rule, for_staff=for_staff))
        case Ground.OTHER_CHANNELS:
            yield say("This is only open in other channels: {places}", places=listed(_places(found)))
        case Ground.UNKNOWN_PLACE:
            yield say(
                "A rule closes a channel for this, and the bot doesn't know yet whether that applies here. "
                "Try again in a moment. If this is an archived thread, open it first."
            )
        case Ground.CLOSED_ENTRYPOINT:
            yield say("This isn't available on Discord: {reason}", reason=translated(found.entrypoint or ""))
        case _:
            yield say("This only works in a server.")


def _places(found: Explanation) -> Iterator[Markup]:
    for place in found.open_channels[:10]:
        if place in found.gone:
            yield say("{channel} ({gone})", channel=str(place), gone=_gone())
        else:
            yield channel(place)


def _remedies(found: Explanation) -> Iterator[Markup]:
    if not found.remedies:
        return
    yield say("Someone who can change rules can allow it:")
    gone = {str(place) for place in found.gone}
    for remedy in found.remedies[:REMEDIES_LIMIT]:
        line = written if remedy.parameters.get("channel") in gone else typed  # Discord offers no deleted channel
        yield bullet(line(remedy.operation, remedy.parameters) or code(remedy.operation))
    if left := len(found.remedies[REMEDIES_LIMIT:]):
        yield plural("- and then {count} more step", "- and then {count} more steps", left)


def _set(done: SetRule) -> Message:
    now = [say("Set: {rule}", rule=describe_rule(done.rule))]
    if done.replaced is not None:
        now.append(say("Replaced: {rule}", rule=describe_rule(done.replaced)))
    return Message(lines(*now, _not_bound()))


def _revoked(rule: Rule) -> Message:
    return Message(say("Removed the rule: {rule}", rule=describe_rule(rule)))


def _simulated(found: Simulation) -> Message:
    none = say("no such rule")
    shown = [
        say("Nothing has changed. This is what it would do:"),
        say("Now: {rule}", rule=describe_rule(found.before) if found.before else none),
        say("Then: {rule}", rule=describe_rule(found.after) if found.after else none),
        *([bullet(*_difference(each, found)) for each in found.differences] or [_nobody(found)]),
    ]
    if found.supposed:
        shown.append(_supposed())
    return Message(lines(*shown, _not_bound()))


def _difference(found: Difference, within: Simulation) -> Iterator[Markup]:
    if found.after:
        yield say("would gain {permission}", permission=code(found.permission))
    else:
        yield say("would lose {permission}", permission=code(found.permission))
    if within.supposed or not within.of_user:
        yield say("level: {level}", level=found.level.shown)
    if found.where == "this channel":
        yield say("in this channel")
    elif found.where == "other channels":
        yield say("in other channels")


def _nobody(found: Simulation) -> Markup:
    return say("Nothing would change for them.") if found.of_user else say("Nothing would change for anyone.")
