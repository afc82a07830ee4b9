"""Settings of a server in a terminal: what each command writes."""

import json

import pytest

from tests.shells import in_bash
from tests.unit.cli.conftest import Twi
from twi_runtime.process.exits import Exit

GUILD = "--guild=9001"
PRETTY = json.dumps({"links.page_size": 7}, indent=2)
"""A document as people write it: of several lines."""


def test_the_list_is_a_table_of_keys_values_and_permissions(twi: Twi) -> None:
    """One line per setting; a default says that it is one."""
    ran = twi("settings", "list", GUILD)
    assert (ran.code, ran.err) == (Exit.OK, "")
    header, *lines = ran.out.splitlines()
    assert header.split() == ["setting", "value", "changed", "with", "purpose"]
    assert "links.page_size             20 (default)    links.configure (administrator)" in ran.out
    assert len(lines) >= 4


def test_a_change_shows_the_old_value(twi: Twi) -> None:
    """The answer has the value now and before; an unchanged value says so; a refusal says what is accepted."""
    ran = twi("settings", "set", "links.page_size", "7", GUILD)
    assert ran.out.splitlines() == ["setting  links.page_size", "value    7", "before   the default"]
    ran = twi("settings", "reset", "links.page_size", GUILD)
    assert ran.out.splitlines()[-1] == "unchanged  it already had this value"
    ran = twi("settings", "set", "links.page_size", "70", GUILD)
    assert (ran.code, ran.out) == (Exit.INVALID, "")
    assert "It takes a whole number from 5 to 20, for example: twi settings set" in ran.err


def test_one_setting_is_shown_line_by_line(twi: Twi) -> None:
    """Its purpose, its accepted values and its default are there; an empty value is shown as none."""
    out = twi("settings", "show", "permissions.admin_roles", GUILD).out
    facts = {line.partition("  ")[0]: line.partition("  ")[2].strip() for line in out.splitlines()}
    assert facts["value"] == "none (default)"
    assert facts["default"] == "none"
    assert facts["possible values"].startswith("up to 25 roles")


def test_switches_are_shown_in_one_way(twi: Twi) -> None:
    """The value, the default and each change are shown as people write them, as `takes` says."""
    key = "permissions.quiet_refusals"
    for asked in (("list",), ("show", key)):
        assert "no (default)" in twi("settings", *asked, GUILD).out
    assert "default          no" in twi("settings", "show", key, GUILD).out
    assert "value    yes" in twi("settings", "set", key, "true", GUILD).out
    previewed = twi("settings", "import", '{"permissions.quiet_refusals": true}', GUILD).out
    assert previewed.splitlines()[1].split() == [key, "the", "default", "yes"]


def test_an_export_is_the_document_itself(twi: Twi) -> None:
    """What goes to standard output can be saved to a file and imported."""
    ran = twi("settings", "export", GUILD)
    assert (ran.code, json.loads(ran.out)) == (Exit.OK, {})


def test_an_import_shows_its_differences_and_whether_they_were_made(twi: Twi) -> None:
    """A preview says how to go on, an import says that it is done, and one that changes nothing says that."""
    document = '{"links.page_size": 7, "permissions.quiet_refusals": true}'
    shown = twi("settings", "import", document, GUILD).out.splitlines()
    assert shown[0].split() == ["setting", "before", "after"]
    assert shown[1].split() == ["links.page_size", "the", "default", "7"]
    assert shown[-1] == f"Nothing has changed yet. Apply it: twi settings import '{document}' --apply --guild 9001"
    assert twi("settings", "import", document, "--apply", GUILD).out.splitlines()[-1] == "Changed."
    assert twi("settings", "import", "{}", "--apply", GUILD).out == "Already up to date.\n"
    ran = twi("settings", "import", '{"links.page_size": 70, "x": 1}', GUILD)
    assert ran.code == Exit.INVALID
    assert "links.page_size: It takes a whole number from 5 to 20." in ran.err
    assert "x: There's no such setting." in ran.err


@pytest.mark.parametrize(
    "line",
    [
        ("settings", "import", PRETTY, GUILD),
        ("settings", "import", PRETTY, GUILD, "--no-apply"),
        (
            "settings",
            "import",
            f"--document={PRETTY}",
            "--replace",
            GUILD,
            "--actor=7",
            "--role=8",
            "--as=administrator",
        ),
        ("call", "settings.import", json.dumps({"document": PRETTY}), GUILD),
        ("call", "settings.import", json.dumps({"document": PRETTY, "apply": "no"}), GUILD),
        ("call", "settings.import", "-", GUILD),
    ],
    ids=str,
)
def test_the_line_that_applies_an_import_can_be_typed(line: tuple[str, ...], twi: Twi) -> None:
    """However the preview was called, the shown line makes exactly those changes, as the same caller."""
    shown = twi(*line, stdin=json.dumps({"document": PRETTY}).encode()).out.splitlines()[-1]
    words = in_bash(shown.removeprefix("Nothing has changed yet. Apply it: "))
    assert words[0] == "twi"
    assert words[3] == PRETTY
    assert words.count("--apply") == 1
    assert [word for word in words if word in {"7", "8", "administrator"}] == (
        ["7", "8", "administrator"] if "--actor=7" in line else []
    )
    ran = twi(*words[1:])
    assert ran.out.splitlines()[-1] == "Changed.", ran.err


@pytest.mark.parametrize(("by_name", "added"), [(True, '"apply": true'), (False, "--apply")])
def test_a_long_import_is_not_repeated(by_name: bool, added: str, twi: Twi) -> None:
    """A document that fills the screen is not shown again; what to add to the command is."""
    document = f'{{"links.page_size": {" " * 500} 7}}'
    line = (
        ["call", "settings.import", json.dumps({"document": document})] if by_name else ["settings", "import", document]
    )
    shown = twi(*line, GUILD).out.splitlines()[-1]
    assert shown == f"Nothing has changed yet. To apply it, repeat the command with: {added}"


def test_a_history_without_changes_says_so(twi: Twi) -> None:
    """Where nothing was changed there is nothing to show."""
    assert twi("settings", "history", GUILD).out == "No changes recorded.\n"
