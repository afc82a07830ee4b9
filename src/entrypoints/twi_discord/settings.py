"""The commands of settings: an ordinary discord.py extension."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.language import language, text
from twi_core.kernel.outcome import Outcome, Success
from twi_core.kernel.paging import Page
from twi_core.kernel.parameters import ParameterKind
from twi_core.kernel.settings import SettingKind, declared_settings
from twi_core.permissions.settings import ADMIN_ROLES
from twi_core.settings import SETTINGS
from twi_core.settings.api import SettingsApi
from twi_core.settings.domain import SettingChange
from twi_core.settings.rules.changing import ChangedSetting, Difference
from twi_core.settings.rules.states import SettingState
from twi_core.settings.rules.values import spoken_value
from twi_core.settings.use_cases.export import ExportedSettings
from twi_core.settings.use_cases.import_ import ImportedSettings
from twi_discord.commands.extension import Attached, extension, group
from twi_discord.commands.specs import CommandSpec, Complete, Option, command, optional_variant, suggested
from twi_discord.replies.details import details
from twi_discord.replies.markup import (
    Markup,
    block,
    bullet,
    code,
    lines,
    listed,
    option,
    safe,
    say,
    translated,
    typed,
    written,
)
from twi_discord.replies.message import Button, Embed, Message, Style, dialog
from twi_discord.replies.wording import channel, moment, person, role

SUMMARY: Final = "The settings of this server."
SETTINGS_IMPORT: Final = "settings.import"
LEFT_OUT: Final = ("setting", "purpose")
"""Facts of a setting that are no fields, as they stand above these."""
ADMIN_ROLES_SHOWN: Final = "Show the roles that make members administrators for this bot."


def setting_commands(attached: Attached) -> tuple[CommandSpec, ...]:
    """Describe the commands of `/settings`, one line each."""
    api = attached.app[SETTINGS]
    keys, lists = {"key": _keys(api)}, {"key": _keys(api, lists=True)}
    values = {"value": lambda given: _values(api, given)}
    return (
        command("list", api.list, _listed),
        command("show", api.show, _shown, positional="key", complete=keys),
        command("set", api.set, _changed, positional="key", complete=keys, depends_on=values),
        command("reset", api.reset, _changed, positional="key", complete=keys),
        command("add", api.add, _changed, positional="key", complete=lists),
        command("remove", api.remove, _changed, positional="key", complete=lists),
        command("history", api.history, _history, positional="key", complete=keys),
        command("export", api.export, _exported),
        _import_command(command("import", api.import_, _imported, positional="document")),
    )


def admin_role_commands(attached: Attached) -> tuple[CommandSpec, ...]:
    """Describe the commands of `/settings admin-role`: those of one setting, under shorter names."""
    api = attached.app[SETTINGS]
    return (
        _of_role(
            command("add", api.add, _changed, rename={"value": "role"}),
            "Make everyone with this role an administrator for this bot.",
        ),
        _of_role(
            command("remove", api.remove, _changed, rename={"value": "role"}),
            "Remove a role from the administrator roles.",
        ),
        _of_admin_roles(command("list", api.show, _shown), ADMIN_ROLES_SHOWN),
    )


def set_admin_role(attached: Attached) -> CommandSpec:
    """Describe `/set_admin_role`, the predecessor's command, which takes one role only."""
    given = command("set_admin_role", attached.app[SETTINGS].set, _changed, rename={"value": "role"})
    return _of_role(given, "Set the role that makes members administrators for this bot.")


def get_admin_role(attached: Attached) -> CommandSpec:
    """Describe `/get_admin_role`, also a command of the predecessor's."""
    given = command("get_admin_role", attached.app[SETTINGS].show, _shown)
    return _of_admin_roles(given, ADMIN_ROLES_SHOWN)


ADMIN_ROLE_GROUP: Final = group("admin-role", ADMIN_ROLES.summary, admin_role_commands)

setup, teardown = extension(
    __name__, group("settings", SUMMARY, setting_commands, ADMIN_ROLE_GROUP), set_admin_role, get_admin_role
)


def _of_admin_roles(of: CommandSpec, summary: str) -> CommandSpec:
    """Describe a command of one setting by one of any setting: nobody types its key."""

    async def answer(raw: Mapping[str, object], context: CallContext, /) -> Outcome[Message, AppError]:
        given = {name: str(value) for name, value in raw.items()}  # a role that was chosen is a number
        return await of.answer({**given, "key": ADMIN_ROLES.key}, context)

    options = tuple(each for each in of.options if each.name != "key")
    return replace(of, summary=summary, options=options, answer=answer, operations=())


def _of_role(of: CommandSpec, summary: str) -> CommandSpec:
    """Describe the same where a role is chosen."""
    described = replace(_of_admin_roles(of, summary), positional="role")
    (value,) = described.options
    role = replace(value.parameter, kind=ParameterKind.ROLE, minimum=None, maximum=None, description="The role.")
    needed = ADMIN_ROLES.permission  # more than it takes to see it, and the help says so
    policies = tuple(replace(policy, requires=needed) for policy in of.policies)
    return replace(described, options=(Option(role),), policies=policies)


def _import_command(given: CommandSpec) -> CommandSpec:
    """Describe the import: where the document is left out, a form asks for it."""

    async def opened(raw: Mapping[str, object], _: CallContext, /) -> Outcome[Message, AppError]:
        async def sent(typed: Mapping[str, object], context: CallContext, /) -> Outcome[Message, AppError]:
            return await given.answer({**raw, **typed}, context)

        fields = [each.parameter for each in given.options if each.name == "document"]
        line = written(SETTINGS_IMPORT, {"document": ""}) or code(SETTINGS_IMPORT)
        instead = say("Put the document after the command: {line}", line=line)
        return Success(dialog(text("Import settings"), fields, sent, instead=instead))

    return optional_variant(given, "document", replace(given, answer=opened), given.summary)


def _keys(api: SettingsApi, *, lists: bool = False) -> Complete:
    return suggested(api.suggest, lambda found: [(key, key) for key in found], lists=lists)


def _values(api: SettingsApi, given: Mapping[str, object]) -> Complete:
    key = given.get("key") or "-"  # without a key there are no values
    return suggested(api.suggest, lambda found: [(language().text(value), value) for value in found], key=key)


def _value(key: str, stored: str | None) -> Markup:
    """Show a value: roles and channels as Discord shows them, and an empty one as none."""
    setting = declared_settings().get(key)
    if stored is None:
        return say("the default")
    if setting is None:
        return safe(stored)
    match setting.kind:
        case SettingKind.CHANNEL:
            return _mention(channel, stored) if stored else say("none")
        case SettingKind.ROLES:
            return listed(_mention(role, each) for each in stored.split(",")) if stored else say("none")
        case SettingKind.BOOLEAN | SettingKind.INTEGER:
            return safe(spoken_value(setting.kind, stored))


def _mention(name: Callable[[int], Markup], stored: str) -> Markup:
    """Name what an id stands for; what an earlier version stored otherwise is shown as it is."""
    return name(int(stored)) if stored.isdecimal() else safe(stored)


def _state(setting: SettingState) -> Markup:
    value = _value(setting.key, setting.value)
    return value if setting.is_set else say("{value} (default)", value=value)


def _listed(found: Sequence[SettingState]) -> Message:
    return Message(lines(say("Settings of this server"), *map(_line, found)))


def _line(setting: SettingState) -> Markup:
    value = say("{key}: **{value}**", key=code(setting.key), value=_state(setting))
    permission, holders = code(setting.permission), setting.level.holders
    who = say("changed with {permission} ({holders})", permission=permission, holders=holders)
    return bullet(value, translated(setting.summary), who)


def _shown(found: SettingState) -> Message:
    facts = (fact for fact in SETTINGS.facts.of(found) if fact.label not in LEFT_OUT)
    embed = Embed(title=found.key, description=translated(found.summary), fields=details(facts))
    return Message(Markup(), embeds=(embed,))


def _changed(done: ChangedSetting) -> Message:
    key, state = done.setting.key, _state(done.setting)
    if not done.changed:
        return Message(say("**{key}** is already {state}.", key=key, state=state))
    before = replace(done.setting, value=done.before or "", is_set=True)
    if done.before is None:
        before = replace(done.setting, value=done.setting.default, is_set=False)
    return Message(say("**{key}** is now {state}. It was {before}.", key=key, state=state, before=_state(before)))


def _history(page: Page[SettingChange]) -> Message:
    if not page.items:
        return Message(say("No changes recorded."))
    changes = (bullet(moment(each.changed_at), person(each.changed_by), _step(each)) for each in page.items)
    return Message(lines(say("Changes of settings, most recent first"), *changes), page.next)


def _step(change: SettingChange | Difference) -> Markup:
    return say(
        "{key}: {before} → {after}",
        key=code(change.key),
        before=_value(change.key, change.before),
        after=_value(change.key, change.after),
    )


def _exported(found: ExportedSettings) -> Message:
    """Show a document in a block of code; to JSON both spellings of a back-tick are the same."""
    document = block(found.document.replace("`", "\\u0060"), "json")
    shown = [say("The settings that are set here.")]
    if line := typed(SETTINGS_IMPORT, {}):
        shown.append(say("To import it: {line}", line=line))
    return Message(lines(*shown, document))


def _imported(done: ImportedSettings) -> Message:
    if not done.differences:
        return Message(say("Everything is already up to date."))
    steps = (bullet(_step(difference)) for difference in done.differences)
    if done.applied:
        return Message(lines(say("Changed:"), *steps))
    heading = say("Nothing has changed yet. This would change:")
    apply = Button(text("Apply"), given={"apply": True}, style=Style.PRIMARY)
    how = say("Apply it with the button, or import it again with {apply}.", apply=option("apply"))
    return Message(lines(heading, *steps, how), components=((apply,),))
