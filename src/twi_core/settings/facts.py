"""The facts of a server's settings, and of their changes."""

from collections.abc import Iterator
from typing import Final

from twi_core.kernel.facts import NOTHING, Block, Code, ContextFacts, Fact, FactValue, Lines, Listed, Person, Phrase
from twi_core.kernel.ids import LARGEST_ID, ChannelId, RoleId
from twi_core.kernel.settings import SettingKind, declared_settings
from twi_core.settings.domain import SettingChange
from twi_core.settings.rules.changing import ChangedSetting, Difference
from twi_core.settings.rules.states import SettingState
from twi_core.settings.rules.values import spoken_value
from twi_core.settings.use_cases.export import ExportedSettings
from twi_core.settings.use_cases.import_ import ImportedSettings


def setting_facts(setting: SettingState) -> Iterator[Fact]:
    """Describe a setting, as one row among others without what it takes."""
    yield Fact("setting", Code(setting.key))
    yield Fact("value", Phrase(setting_value(setting.key, setting.value), "" if setting.is_set else " (default)"))
    yield Fact("changed with", Phrase(Code(setting.permission), " (", setting.level, ")"))
    yield Fact("for", setting.summary)
    yield Fact("takes", setting.takes, brief=False)
    yield Fact("default", setting_value(setting.key, setting.default), brief=False)


def changed_setting_facts(done: ChangedSetting) -> Iterator[Fact]:
    """Describe what a setting is at now, and was at before."""
    key = done.setting.key
    yield Fact("setting", Code(key))
    yield Fact("value", setting_value(key, done.setting.value))
    if done.changed:
        yield Fact("before", setting_value(key, done.before))
    else:
        yield Fact("unchanged", "it was so already")


def change_facts(change: SettingChange) -> Iterator[Fact]:
    """Describe who changed what, and when."""
    yield Fact("when", change.changed_at)
    yield Fact("by", Person(change.changed_by))
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
        Phrase(
            Code(each.key), " from ", setting_value(each.key, each.before), " to ", setting_value(each.key, each.after)
        )
        for each in done.differences
    )
    yield Fact("changes", Lines(changes))
    yield Fact("applied", done.applied)


def setting_value(key: str, text: str | None) -> FactValue:
    """Return what a setting is at as the kind of thing that it is, from the stored text; none is the default."""
    if text is None:
        return "the default"
    if not text:
        return NOTHING
    setting = declared_settings().get(key)
    match None if setting is None else setting.kind:
        case SettingKind.CHANNEL:
            return _identified(ChannelId, text)
        case SettingKind.ROLES:
            return Listed(tuple(_identified(RoleId, role) for role in text.split(",")))
        case SettingKind.BOOLEAN | SettingKind.INTEGER as kind:
            return spoken_value(kind, text)
        case None:  # of a version that knew it
            return text


def _identified(kind: type[ChannelId] | type[RoleId], text: str) -> FactValue:
    """Return an id, or the text itself where it is none."""
    digits = text.isascii() and text.isdigit()
    return kind(int(text)) if digits and 0 < int(text) <= LARGEST_ID else text


FACTS: Final = ContextFacts()
FACTS.show(SettingState, setting_facts)
FACTS.show(ChangedSetting, changed_setting_facts)
FACTS.show(SettingChange, change_facts)
FACTS.show(Difference, difference_facts)
FACTS.show(ExportedSettings, export_facts)
FACTS.show(ImportedSettings, import_facts)
