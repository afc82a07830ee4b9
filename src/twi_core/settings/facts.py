"""The facts of a server's settings, and of their changes."""

from collections.abc import Iterator
from typing import Final

from twi_core.kernel.facts import Block, Code, ContextFacts, Fact, FactValue, Lines, Listed, Person, nothing, phrase
from twi_core.kernel.ids import LARGEST_ID, ChannelId, RoleId
from twi_core.kernel.language import text, translated
from twi_core.kernel.settings import SettingKind, declared_settings
from twi_core.settings.domain import SettingChange
from twi_core.settings.rules.changing import ChangedSetting, Difference
from twi_core.settings.rules.states import SettingState
from twi_core.settings.rules.values import spoken_value
from twi_core.settings.use_cases.export import ExportedSettings
from twi_core.settings.use_cases.import_ import ImportedSettings


def setting_facts(setting: SettingState) -> Iterator[Fact]:
    """Describe a setting; what it takes is left out of lists."""
    yield Fact("setting", Code(setting.key))
    value = setting_value(setting.key, setting.value)
    yield Fact("value", value if setting.is_set else phrase("{value} (default)", value=value))
    permission, level = Code(setting.permission), setting.level
    yield Fact("changed with", phrase("{permission} ({level})", permission=permission, level=level))
    yield Fact("purpose", translated(setting.summary))
    yield Fact("possible values", setting.takes, brief=False)
    yield Fact("default", setting_value(setting.key, setting.default), brief=False)


def changed_setting_facts(done: ChangedSetting) -> Iterator[Fact]:
    """Describe the new value of a setting, and the one before."""
    key = done.setting.key
    yield Fact("setting", Code(key))
    yield Fact("value", setting_value(key, done.setting.value))
    if done.changed:
        yield Fact("before", setting_value(key, done.before))
    else:
        yield Fact("unchanged", text("it already had this value"))


def change_facts(change: SettingChange) -> Iterator[Fact]:
    """Describe who changed what, and when."""
    yield Fact("date", change.changed_at)
    yield Fact("changed by", Person(change.changed_by))
    yield from difference_facts(Difference(change.key, change.before, change.after))


def difference_facts(found: Difference) -> Iterator[Fact]:
    """Describe how a setting differs."""
    yield Fact("setting", Code(found.key))
    yield Fact("before", setting_value(found.key, found.before))
    yield Fact("after", setting_value(found.key, found.after))


def export_facts(exported: ExportedSettings) -> Iterator[Fact]:
    """Describe an export: the document itself."""
    yield Fact("document", Block(exported.document))


def import_facts(done: ImportedSettings) -> Iterator[Fact]:
    """Describe what an import changes, and whether it did."""
    changes = tuple(
        phrase(
            "{setting}: {before} → {after}",
            setting=Code(each.key),
            before=setting_value(each.key, each.before),
            after=setting_value(each.key, each.after),
        )
        for each in done.differences
    )
    yield Fact("changes", Lines(changes))
    yield Fact("applied", done.applied)


def setting_value(key: str, stored: str | None) -> FactValue:
    """Return the value of a setting in its kind, from the stored text; None is the default."""
    if stored is None:
        return text("the default")
    if not stored:
        return nothing()
    setting = declared_settings().get(key)
    match None if setting is None else setting.kind:
        case SettingKind.CHANNEL:
            return _identified(ChannelId, stored)
        case SettingKind.ROLES:
            return Listed(tuple(_identified(RoleId, role) for role in stored.split(",")))
        case SettingKind.BOOLEAN | SettingKind.INTEGER as kind:
            return spoken_value(kind, stored)
        case None:  # of a version that had it
            return stored


def _identified(kind: type[ChannelId] | type[RoleId], stored: str) -> FactValue:
    """Return an id, or the text itself if it isn't one."""
    digits = stored.isascii() and stored.isdigit()
    return kind(int(stored)) if digits and 0 < int(stored) <= LARGEST_ID else stored


FACTS: Final = ContextFacts()
FACTS.show(SettingState, setting_facts)
FACTS.show(ChangedSetting, changed_setting_facts)
FACTS.show(SettingChange, change_facts)
FACTS.show(Difference, difference_facts)
FACTS.show(ExportedSettings, export_facts)
FACTS.show(ImportedSettings, import_facts)
