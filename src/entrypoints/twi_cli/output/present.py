"""Show the value of an operation: as JSON, or as text that a terminal can be trusted with."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeAlias, cast

from twi_cli.failures import bug_facts, found_failure
from twi_cli.limits import held_limits, limit_rule, set_limit_rule
from twi_cli.output.cells import moment, person
from twi_cli.output.outlet import Output, write, write_json
from twi_cli.output.table import labelled, table
from twi_cli.settings import changed_setting, difference, setting_change, setting_state
from twi_core.failures.domain import Bug
from twi_core.failures.use_cases.show import FoundFailure
from twi_core.kernel.addresses import shown_url
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.paging import Page
from twi_core.kernel.permissions import Level
from twi_core.limits.domain import LimitRule
from twi_core.limits.rules.writing import SetLimitRule
from twi_core.limits.use_cases.show import HeldLimits
from twi_core.links.domain import UNTAGGED, Link, Suggestion, Tag
from twi_core.permissions.domain import Effect, Rule
from twi_core.permissions.rules.explaining import Explanation, Remedy
from twi_core.permissions.rules.writing import SetRule
from twi_core.permissions.use_cases.overview import Overview
from twi_core.permissions.use_cases.show import ListedRule
from twi_core.permissions.use_cases.simulate import Simulation
from twi_core.settings.domain import SettingChange
from twi_core.settings.rules.changing import ChangedSetting, Difference
from twi_core.settings.rules.states import SettingState
from twi_core.settings.use_cases.export import ExportedSettings
from twi_core.settings.use_cases.import_ import ImportedSettings
from twi_core.tokens.domain import ApiToken, IssuedToken
from twi_runtime.plain import plain

Facts: TypeAlias = Mapping[str, str]
"""What is shown of a thing, by the label it is shown under."""

NOTHING_FOUND: Final = "Nothing was found."
NOTHING: Final[Mapping[str, str]] = {
    "tokens.list": "No tokens are in use; `twi tokens create` makes one.",
    "failures.list": "No such bugs are known. Those that were resolved are listed with --resolved.",
    "links.tags": "No links have been saved there yet.",
    "links.list": "No further links.",
    "permissions.show": "No such rules have been set there.",
    "settings.history": "Nothing of that has been changed there.",
    "limits.rules": "No limits were set there: each operation has its own.",
}
"""What a list without anything in it says."""


def show(operation: AnyOperation, value: object, output: Output) -> None:
    """Write the value of an operation to standard output."""
    if output == "json":
        write_json(operation.values.dump_python(value, mode="json"))
    else:
        write(as_text(value, NOTHING.get(operation.name, NOTHING_FOUND)))


def as_text(value: object, nothing: str = NOTHING_FOUND) -> str:
    """Describe any value: one thing line by line, several as a table, and none at all as `nothing` says it."""
    if isinstance(value, Page):
        more = f"\nMore follows: --after={value.next}" if value.next else ""
        return as_text(value.items, nothing) + more
    if isinstance(value, ExportedSettings):  # as it is, so that it can go to a file and be imported again
        return plain(value.document, keep_lines=True)
    if isinstance(value, ImportedSettings):
        return "\n".join(_import_lines(value))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return table([_facts(item, brief=True) for item in value]) if value else nothing
    return labelled(_facts(value, brief=False))


def _facts(value: object, *, brief: bool) -> Facts:
    shown = SHOWN.get(type(value))
    if shown is not None:
        return shown(value, brief)
    if is_dataclass(value):
        return {_label(field.name): _cell(getattr(value, field.name)) for field in fields(value)}
    return {"value": _cell(value)}


def _link(link: Link, brief: bool) -> Facts:
    content = plain(shown_url(link.content) or link.content, keep_lines=not brief)
    facts = {"title": plain(link.title), "tag": plain(link.tag or UNTAGGED), "content": content}
    if brief:
        return facts
    return facts | {
        "preview": _cell(link.preview),
        "added": f"{_cell(link.added_at)} by {person(link.added_by)}",
        "changed": f"{_cell(link.changed_at)} by {person(link.changed_by)}",
        "id": str(link.id),
    }


def _counted_tag(counted: Tag, _: bool) -> Facts:
    return {"tag": plain(counted.tag or UNTAGGED), "links": str(counted.links)}


def _suggestion(suggestion: Suggestion, _: bool) -> Facts:
    return {"title": plain(suggestion.title), "tag": plain(suggestion.tag or UNTAGGED)}


def _token(token: ApiToken, _: bool) -> Facts:
    return {
        "name": plain(token.name),
        "actor": str(token.actor),
        "level": token.level.label,
        "guilds": ", ".join(str(guild) for guild in token.guilds),
        "created": _cell(token.created_at),
    }


def _issued(issued: IssuedToken, _: bool) -> Facts:
    return {**_token(issued.token, False), "secret": f"{issued.secret}  (shown this once; keep it safe)"}


def _rule(rule: Rule, _: bool) -> Facts:
    return {
        "permission": plain(rule.pattern),
        "effect": rule.effect.value,
        "about": f"{rule.subject.kind.value} {rule.subject.id}",
        "until": _cell(rule.expires_at) if rule.expires_at else "for good",
        "set": f"{_cell(rule.set_at)} by {person(rule.set_by)}",
        "reason": plain(rule.reason or "none"),
    }


def _listed_rule(found: ListedRule, brief: bool) -> Facts:
    facts = _rule(found.rule, brief)
    return {**facts, "about": f"{facts['about']} (not found any more)"} if found.gone else facts


def _set_rule(done: SetRule, _: bool) -> Facts:
    replaced = {} if done.replaced is None else {"replaces": _rule_told(done.replaced)}
    return {"rule": _rule_told(done.rule), **replaced, "note": "administrators are bound by no rule"}


def _rule_told(rule: Rule) -> str:
    facts = _rule(rule, True)
    verb = "allowed" if rule.effect is Effect.ALLOW else "denied"
    until = f"until {facts['until']}" if rule.expires_at else facts["until"]
    said = f"{facts['permission']} is {verb}: {facts['about']}, {until}; set {facts['set']}"
    return said if rule.reason is None else f"{said} ({facts['reason']})"


def _explanation(found: Explanation, _: bool) -> Facts:
    facts = {
        "asked": plain(found.asked),
        "allowed": _cell(found.allowed) + (", on what is theirs only" if found.own else ""),
        "because of": found.ground.value.replace("_", " "),
        "permission": f"{found.permission} (by default: {found.needed.holders})",
        "level": found.level.label,
        **_supposed(found.supposed),
    }
    if found.rule is not None:
        facts["rule"] = _rule_told(found.rule)
    if found.open_channels:
        facts["open in"] = _cell(found.open_channels)
    if gone := tuple(place for place in found.open_channels if place in found.gone):
        facts["of these not found any more"] = _cell(gone)
    if found.entrypoint is not None:
        facts["elsewhere"] = plain(found.entrypoint)
    if found.remedies:
        facts["would help"] = "\n".join(_remedy(remedy) for remedy in found.remedies)
    return facts


def _remedy(remedy: Remedy) -> str:
    given = dict(remedy.parameters)
    context, _, verb = remedy.operation.partition(".")
    options = " ".join(f"--{name} {value}" for name, value in given.items() if name != "permission")
    return f"twi {context} {verb} {given['permission']} {options} --guild …"


def _simulation(found: Simulation, _: bool) -> Facts:
    changes = [
        f"{each.permission}: {_affected(each.level, found)}"
        f"{f' in {each.where}' if each.where else ''} would {'gain' if each.after else 'lose'} it"
        for each in found.differences
    ]
    return {
        "now": "no such rule" if found.before is None else _rule_told(found.before),
        "then": "no such rule" if found.after is None else _rule_told(found.after),
        "changes": "\n".join(changes) or ("nothing for them" if found.of_user else "nothing for anybody"),
        **_supposed(found.supposed),
        "note": "nothing was changed; administrators are bound by no rule",
    }


def _affected(level: Level, found: Simulation) -> str:
    return f"the level {level.label}" if found.supposed or not found.of_user else "they"


def _supposed(supposed: bool) -> Facts:
    return (
        {"supposed": "their roles and rights, as Discord told nothing of them; what was not given counts as none"}
        if supposed
        else {}
    )


def _overview(found: Overview, _: bool) -> Facts:
    decided = found.permissions
    rules = dict.fromkeys(_rule_told(each.rule) for each in decided if each.rule is not None)
    return {
        "user": str(found.user),
        "level": found.level.label,
        **_supposed(found.supposed),
        "may": "\n".join(each.permission for each in decided if each.allowed) or "nothing",
        "may not": "\n".join(each.permission for each in decided if not each.allowed) or "nothing",
        "rules": "\n".join(rules) or "none about them",
    }


def _import_lines(done: ImportedSettings) -> Iterator[str]:
    if not done.differences:
        yield "Nothing to change: all of that is so already."
        return
    yield as_text(done.differences)
    yield "Changed." if done.applied else "Nothing was changed yet; import it again with --apply."


SHOWN: Final[Mapping[type, Callable[[Any, bool], Facts]]] = {
    Link: _link,
    Tag: _counted_tag,
    Suggestion: _suggestion,
    ApiToken: _token,
    IssuedToken: _issued,
    Rule: _rule,
    ListedRule: _listed_rule,
    SetRule: _set_rule,
    HeldLimits: held_limits,
    LimitRule: limit_rule,
    SetLimitRule: set_limit_rule,
    Explanation: _explanation,
    Simulation: _simulation,
    Overview: _overview,
    SettingState: setting_state,
    ChangedSetting: changed_setting,
    SettingChange: setting_change,
    Difference: difference,
    FoundFailure: found_failure,
    Bug: bug_facts,
}
"""How values are shown that deserve better than a list of their fields; with true, as one row among others."""


def _label(name: str) -> str:
    return name.replace("_", " ")


def _cell(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return moment(value)
        case Level():
            return value.label
        case Enum():
            return plain(str(value.value))
        case tuple() | list() | frozenset() | set():
            return ", ".join(_items(cast("Sequence[object]", value)))
        case Mapping():
            return ", ".join(f"{_cell(key)}={_cell(item)}" for key, item in value.items())
        case _ if is_dataclass(value) and not isinstance(value, type):
            return ", ".join(f"{label} {cell}" for label, cell in _facts(value, brief=True).items() if cell != "none")
        case _:
            return plain(str(value))


def _items(values: Sequence[object]) -> Iterator[str]:
    for value in values:
        yield _cell(value)
