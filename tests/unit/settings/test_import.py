"""Export and import: one document, all of it or nothing."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.app import OTHER_GUILD, Bench, Who, build, refusal, success
from tests.strategies import hostile_text, json_values
from tests.unit.settings.values import SETTINGS, values
from twi_core.kernel.errors import AppError
from twi_core.kernel.ids import ChannelId, GuildId
from twi_core.kernel.settings import AnySetting
from twi_core.links.settings import PAGE_SIZE
from twi_core.permissions.settings import ADMIN_ROLES, HELP_CHANNEL, QUIET_REFUSALS
from twi_core.settings.rules.documents import PROBLEMS_SHOWN
from twi_core.settings.rules.values import Value, stored
from twi_core.settings.use_cases.export import ExportedSettings
from twi_core.settings.use_cases.import_ import ImportedSettings
from twi_memory.settings import SETTING_CHANGE_ROWS, SETTING_ROWS


def held(bench: Bench, guild: GuildId | None = None) -> dict[str, str]:
    """Return what is set."""
    place = bench.by(Who.SHELL).guild if guild is None else guild
    return {row.key: row.value for row in bench.store.table(SETTING_ROWS).rows.values() if row.guild == place}


def noted(bench: Bench) -> int:
    """Count the recorded changes."""
    return len(bench.store.table(SETTING_CHANGE_ROWS).rows)


async def take(bench: Bench, document: str, who: Who = Who.SHELL, *place: GuildId, **raw: object) -> ImportedSettings:
    """Import a document."""
    bench.clock.advance(61)
    found = success(await bench.call("settings.import", who, *place, document=document, **raw))
    assert isinstance(found, ImportedSettings)
    return found


async def refused(bench: Bench, document: str, who: Who = Who.SHELL, **raw: object) -> AppError:
    """Import a document that is refused."""
    bench.clock.advance(61)
    return refusal(await bench.call("settings.import", who, document=document, apply=True, **raw))


async def export(bench: Bench) -> str:
    """Return the document."""
    bench.clock.advance(61)
    found = success(await bench.call("settings.export", Who.MODERATOR))
    assert isinstance(found, ExportedSettings)
    return found.document


async def filled(given_values: dict[AnySetting, Value]) -> Bench:
    """Build an application whose server has set some values."""
    bench = build()
    for setting, value in given_values.items():
        text = stored(value)
        bench.clock.advance(61)
        if text is not None:
            success(await bench.call("settings.set", Who.SHELL, key=setting.key, value=text))
    return bench


def differences(done: ImportedSettings) -> list[tuple[str, str | None, str | None]]:
    """Return keys and texts of differences."""
    return [(each.key, each.before, each.after) for each in done.differences]


some_values: Any = st.fixed_dictionaries({}, optional={setting: values(setting) for setting in SETTINGS})


@given(some_values)
@hypothesis_settings(max_examples=60, deadline=None)
def test_what_was_exported_changes_nothing(given_values: dict[AnySetting, Value]) -> None:
    """Importing an export is no change, with or without replacing; no history is written for it."""

    async def check() -> None:
        bench = await filled(given_values)
        before, changes, document = held(bench), noted(bench), await export(bench)
        for replace in (False, True):
            done = await take(bench, document, apply=True, replace=replace)
            assert differences(done) == []
            assert not done.applied
        assert (held(bench), noted(bench)) == (before, changes)
        assert set(json.loads(document)) == set(before)

    asyncio.run(check())


@given(some_values, some_values)
@hypothesis_settings(max_examples=60, deadline=None)
def test_an_export_makes_another_server_alike(
    given_values: dict[AnySetting, Value], others: dict[AnySetting, Value]
) -> None:
    """With replacing the other server is equal afterwards; without, it keeps what only it had. The preview says so."""

    async def check() -> None:
        source, document = await filled(given_values), ""
        document = await export(source)
        for replace in (False, True):
            bench = await filled(others)
            before = held(bench)
            preview = await take(bench, document, replace=replace)
            assert not preview.applied
            assert held(bench) == before
            done = await take(bench, document, apply=True, replace=replace)
            assert differences(done) == differences(preview)
            assert held(bench) == (held(source) if replace else before | held(source))
            for key, was, now in differences(done):
                assert (was, now) == (before.get(key), held(bench).get(key))
                assert was != now
            assert await export(bench) == document or not replace

    asyncio.run(check())


@given(st.dictionaries(st.sampled_from([setting.key for setting in SETTINGS]) | hostile_text, json_values, max_size=6))
@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_document_is_taken_whole_or_not_at_all(found: dict[str, object]) -> None:
    """Either the whole document is applied, or nothing was changed and each wrong key is named."""
    document = json.dumps(found)
    found = json.loads(document)  # halves of a pair that met are one letter now

    async def check() -> None:
        bench = await filled({PAGE_SIZE: 7})
        bench.clock.advance(61)
        before = held(bench)
        outcome = await bench.call("settings.import", Who.SHELL, document=document, apply=True)
        if await bench.code("settings.import", Who.SHELL, document=document, apply=True) is None:
            done = success(outcome)
            assert isinstance(done, ImportedSettings)
            assert set(found) <= {setting.key for setting in SETTINGS}
            assert held(bench) == {
                key: text
                for key, text in (before | {each.key: each.after for each in done.differences}).items()
                if text is not None
            }
        else:
            error = refusal(outcome)
            assert held(bench) == before
            assert error.code in {"settings.unusable_document", "input.too_long"}
            if error.code == "settings.unusable_document":
                unknown = [key for key in found if key not in {setting.key for setting in SETTINGS}]
                problems = error.params["problems"]
                assert isinstance(problems, tuple)
                unread = problems[0].startswith("It isn't a JSON object")
                assert unread or all(any(each.startswith(key[:64]) for each in problems) for key in unknown)

    asyncio.run(check())


@pytest.mark.asyncio
async def test_a_document_may_be_written_by_hand() -> None:
    """Numbers and yes or no as JSON has them or as people write them, ids as texts or numbers, null for the default."""
    bench = await filled({HELP_CHANNEL: ChannelId(5)})
    document = """{
        "links.page_size": "10",
        "permissions.admin_roles": ["<@&3>", 2, "2"],
        "permissions.help_channel": null,
        "permissions.quiet_refusals": "on"
    }"""
    done = await take(bench, document, apply=True)
    assert held(bench) == {
        "links.page_size": "10",
        "permissions.admin_roles": "2,3",
        "permissions.quiet_refusals": "true",
    }
    assert len(done.differences) == 4
    assert await export(bench) == (
        '{\n  "links.page_size": 10,\n  "permissions.admin_roles": ["2", "3"],\n  "permissions.quiet_refusals": true\n}'
    )


@pytest.mark.asyncio
async def test_all_problems_are_reported_at_once() -> None:
    """Unknown keys and unusable values are named together, each with its problem; long keys and lists are cut."""
    bench = await filled({PAGE_SIZE: 7})
    found: dict[str, object] = {"links.page_size": 50, "permissions.quiet_refusals": [], "x" * 5_000: 1}
    error = await refused(bench, json.dumps(found))
    assert error.params["problems"] == (
        "links.page_size: It takes a whole number from 5 to 20.",
        "permissions.quiet_refusals: It takes yes or no.",
        f"{'x' * 64}…: There's no such setting.",
    )
    many = await refused(bench, json.dumps({f"k{number}": 1 for number in range(PROBLEMS_SHOWN + 7)}))
    shown = many.params["problems"]
    assert isinstance(shown, tuple)
    assert (len(shown), shown[-1]) == (PROBLEMS_SHOWN + 1, "And 7 more.")
    assert len(SETTINGS) < PROBLEMS_SHOWN, "what is wrong with known settings is never only counted"
    assert held(bench) == {PAGE_SIZE.key: "7"}


@pytest.mark.asyncio
async def test_wrong_roles_and_values_are_reported_together() -> None:
    """A role that may not be named is one problem among the others."""
    bench = build()
    guild = bench.by(Who.SHELL).guild
    error = await refused(bench, json.dumps({ADMIN_ROLES.key: [str(guild)], PAGE_SIZE.key: 1}))
    assert error.code == "settings.unusable_document"
    assert error.params["problems"] == (
        "links.page_size: It takes a whole number from 5 to 20.",
        "permissions.admin_roles: That role can't be used in a setting: everyone has it.",
    )
    assert error.message() == "\n".join(
        ("The document can't be imported:", *(f"- {problem}" for problem in error.params["problems"]))
    )
    assert held(bench) == {}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("[]", "settings.unusable_document"),
        ("{", "settings.unusable_document"),
        ('{"links.page_size": 7, "links.page_size": 8}', "settings.unusable_document"),
        ('{"links.page_size": NaN}', "settings.unusable_document"),
        ("[" * 50, "settings.unusable_document"),
        ('{"links.page_size": 7.0}', "settings.unusable_document"),
        ('{"links.page_size": true}', "settings.unusable_document"),
        ('{"links.page_size": [7]}', "settings.unusable_document"),
        ('{"links.page_size": {"value": 7}}', "settings.unusable_document"),
        ('{"LINKS.PAGE_SIZE": 7}', "settings.unusable_document"),
        ('{"permissions.admin_roles": [true]}', "settings.unusable_document"),
        ('{"permissions.admin_roles": [[1]]}', "settings.unusable_document"),
        ('{"permissions.admin_roles": [null]}', "settings.unusable_document"),
        ('{"permissions.admin_roles": ["1,"]}', "settings.unusable_document"),
        (json.dumps({"permissions.admin_roles": list(range(1, 27))}), "settings.unusable_document"),
        ('{"permissions.quiet_refusals": ""}', "settings.unusable_document"),
        ('{"permissions.quiet_refusals": "\\ud800"}', "settings.unusable_document"),
        ("x" * 20_001, "input.too_long"),
        ("  ", "input.empty"),
    ],
)
@pytest.mark.asyncio
async def test_invalid_documents(document: str, code: str) -> None:
    """What cannot be read, or has another kind than its setting, is refused and changes nothing."""
    bench = await filled({PAGE_SIZE: 9})
    assert (await refused(bench, document, replace=True)).code == code
    assert held(bench) == {PAGE_SIZE.key: "9"}


@pytest.mark.asyncio
async def test_what_a_document_leaves_out_stays_unless_it_replaces() -> None:
    """Without replacing only named keys change; with it the others are reset; an empty document resets everything."""
    bench = await filled({PAGE_SIZE: 7, QUIET_REFUSALS: True})
    await take(bench, '{"links.page_size": 8}', apply=True)
    assert held(bench) == {PAGE_SIZE.key: "8", QUIET_REFUSALS.key: "true"}
    done = await take(bench, '{"links.page_size": 8}', apply=True, replace=True)
    assert differences(done) == [(QUIET_REFUSALS.key, "true", None)]
    assert held(bench) == {PAGE_SIZE.key: "8"}
    await take(bench, "{}", apply=True, replace=True)
    assert held(bench) == {}


@pytest.mark.asyncio
async def test_an_import_is_one_change_of_each_setting() -> None:
    """What an import changes is in the history, each setting once, by its author; a preview is not."""
    bench = await filled({PAGE_SIZE: 7})
    document = '{"links.page_size": 8, "permissions.quiet_refusals": true}'
    await take(bench, document, Who.ADMINISTRATOR)
    assert noted(bench) == 1
    await take(bench, document, Who.ADMINISTRATOR, apply=True)
    made = list(bench.store.table(SETTING_CHANGE_ROWS).rows.values())[1:]
    assert [(each.key, each.before, each.after) for each in made] == [
        (PAGE_SIZE.key, "7", "8"),
        (QUIET_REFUSALS.key, None, "true"),
    ]
    assert {each.changed_by for each in made} == {Who.ADMINISTRATOR.actor}


@pytest.mark.asyncio
async def test_every_change_takes_its_settings_permission() -> None:
    """A caller who lacks a permission changes nothing and is shown which; unchanged values need none."""
    bench = await filled({QUIET_REFUSALS: True})
    rule: dict[str, object] = {"permission": "links.configure", "user": str(Who.MODERATOR.value)}
    success(await bench.call("permissions.grant", Who.SHELL, **rule))
    both = '{"links.page_size": 8, "permissions.quiet_refusals": %s}'
    error = await refused(bench, both % "false", Who.MODERATOR)
    assert (error.code, error.params["permission"]) == ("permissions.denied", "permissions.manage")
    assert await bench.code("settings.import", Who.MODERATOR, document=both % "false") == "permissions.denied"
    assert held(bench) == {QUIET_REFUSALS.key: "true"}
    error = await refused(bench, '{"links.page_size": 8}', Who.MODERATOR, replace=True)
    assert error.code == "permissions.denied"
    await take(bench, both % "true", Who.MODERATOR, apply=True)
    assert held(bench) == {PAGE_SIZE.key: "8", QUIET_REFUSALS.key: "true"}


@pytest.mark.asyncio
async def test_an_import_stays_in_its_server() -> None:
    """What one server imports, even to replace everything, leaves another one alone."""
    bench = await filled({PAGE_SIZE: 7})
    await take(bench, '{"links.page_size": 8}', Who.SHELL, OTHER_GUILD, apply=True, replace=True)
    await take(bench, "{}", Who.SHELL, OTHER_GUILD, apply=True, replace=True)
    assert held(bench) == {PAGE_SIZE.key: "7"}
    assert held(bench, OTHER_GUILD) == {}
