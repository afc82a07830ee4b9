"""The language of the terminal: which variable decides, what is translated, and what a bad catalogue stops."""

import json
import os
import shlex
from pathlib import Path
from typing import Final

import pytest

from tests.german import compile_german, compiled
from tests.unit.cli.conftest import Twi
from twi_core.kernel.language import language
from twi_runtime.process.exits import Exit

GUILD: Final = "--guild=9001"
VARIABLES: Final = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture
def german(twi: Twi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Twi:
    """Run commands with a German catalogue, in a terminal that asks for no language."""
    compile_german(tmp_path)
    monkeypatch.setenv("TWI_CATALOGUES", str(tmp_path))
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return twi


@pytest.mark.parametrize(
    ("variables", "translated"),
    [
        ({"LANG": "de_DE.UTF-8"}, True),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "de_AT"}, True),
        ({"LANG": "de_DE", "LC_MESSAGES": "de", "LC_ALL": "C"}, False),
        ({"LANG": "en_GB", "LC_ALL": "de@euro"}, True),
        ({"LANG": "de", "LC_ALL": ""}, True),
        ({"LANG": "en_GB", "LANGUAGE": "fr:de"}, True),
        ({"LANG": "C", "LANGUAGE": "de"}, False),
        ({"LANG": "fr_FR"}, False),
        ({"LANG": "../../de"}, False),
        ({"LANG": "de" * 5_000}, False),
        ({"LANG": "{command}\x1b[2J\udcff"}, False),
        ({}, False),
    ],
    ids=str,
)
def test_the_terminals_variables_choose_the_language(
    variables: dict[str, str], translated: bool, german: Twi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LC_ALL goes before LC_MESSAGES and LANG, a region finds its language, and all else is English."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ran = german("links", "tags", GUILD)
    assert ran.out == ("Dort ist noch kein Link.\n" if translated else "No links have been saved there yet.\n")
    assert ran.err == ""


def test_help_answers_and_refusals_are_translated(german: Twi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Help, headings of facts, errors and hints are German; what is typed, codes and JSON stay."""
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    whole = german("--help").out
    for part in ("Aufruf: twi COMMAND", "Befehle:", "Prüfe alles.", "Run the Discord bot."):
        assert part in whole
    search = german("logs", "search", "--help").out
    assert "Aufruf: twi logs search [OPTIONS]" in search
    assert "Zeige die neuesten Zeilen." in search
    assert "Das Format des Ergebnisses." in search
    assert german("links", "add", "map", "x", GUILD).out.startswith("Titel")
    assert '"title": "map"' in german("links", "add", "map", "x", GUILD, "--output=json").out
    wrong = german("lnks", "tags").err.splitlines()
    assert wrong[0] == "Fehler: Es gibt keinen Befehl „twi lnks“."
    assert "Meintest du: twi links tags" in wrong[1]
    assert wrong[2] == "code:  cli.unknown_command"
    error = german("links", "get", "x", GUILD, "--output=json").error
    assert (error["code"], error["kind"]) == ("links.not_found", "not_found")
    assert error["message"] == "Hier gibt es keinen Link „x“."


def test_a_command_leaves_the_language_as_it_was(german: Twi, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that runs commands itself goes on in its own language."""
    before = language()
    monkeypatch.setenv("LANG", "de")
    assert "Fehler" in german("lnks").err
    assert language() is before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        b"\xde\x12\x04\x95",
        b"\xde\x12\x04\x95" + b"\xff" * 40,
        pytest.param(compiled("Content-Type: text/plain; charset=nonsense\n", {}), id="unknown charset"),
        pytest.param(compiled("Plural-Forms: nplurals=2; plural=n%0;\n", {}), id="division by zero"),
    ],
)
@pytest.mark.parametrize(
    ("command", "ends"),
    [
        ("--help", Exit.OK),
        ("--version", Exit.OK),
        ("errors", Exit.OK),
        (f"links tags {GUILD}", Exit.OK),
        ("doctor", Exit.CHECK_FAILED),
        ("config check", Exit.SETTINGS),
        ("http", Exit.SETTINGS),
    ],
)
def test_commands_work_in_english_with_a_bad_catalogue_and_servers_refuse(
    content: bytes, command: str, ends: Exit, german: Twi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line warns of the file and names the setting; what explains or checks settings says so as its result."""
    (tmp_path / "de" / "LC_MESSAGES" / "twi.mo").write_bytes(content)
    monkeypatch.setenv("LANG", "de")
    ran = german(*shlex.split(command))
    assert ran.code == ends
    warning, *more = ran.err.splitlines()
    assert warning.startswith("warning: The catalogue de/LC_MESSAGES/twi.mo can't be read: ")
    assert "TWI_CATALOGUES" in warning
    if ends == Exit.SETTINGS:
        assert more[-1] == "code:  runtime.catalogue_unreadable"
        assert ran.out == ""
    else:
        assert more == []
    if command == "doctor":
        assert "de/LC_MESSAGES/twi.mo" in ran.out


def test_the_warning_is_json_where_json_is_wanted(german: Twi, tmp_path: Path) -> None:
    """A program gets its result, and a warning that it can read."""
    (tmp_path / "de" / "LC_MESSAGES" / "twi.mo").write_bytes(b"")
    ran = german("links", "tags", GUILD, "--output=json")
    assert (ran.code, ran.result) == (Exit.OK, german("links", "tags", GUILD, "--output=json").result)
    assert "can't be read" in json.loads(ran.err)["warning"]


def test_a_pipe_in_place_of_a_catalogue_keeps_nobody_waiting(german: Twi, tmp_path: Path) -> None:
    """No command waits for a catalogue."""
    path = tmp_path / "de" / "LC_MESSAGES" / "twi.mo"
    path.unlink()
    os.mkfifo(path)
    assert german("--version").code == Exit.OK


def test_a_folder_without_catalogues_is_reported(german: Twi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that isn't there, or holds none, is a mistake; an empty variable asks for none."""
    for folder in ("nowhere", "de"):
        monkeypatch.setenv("TWI_CATALOGUES", str(tmp_path / folder))
        ran = german("links", "tags", GUILD)
        assert (ran.code, ran.out) == (Exit.OK, "No links have been saved there yet.\n")
        assert f"The catalogue {tmp_path / folder} can't be read" in ran.err
        assert german("config", "check").code == Exit.SETTINGS
        assert german("http").code == Exit.SETTINGS
    monkeypatch.setenv("TWI_CATALOGUES", "")
    assert (german("links", "tags", GUILD).code, german("config", "check").code) == (Exit.OK, Exit.OK)


def test_the_doctor_lists_the_languages(german: Twi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catalogues are a check: read, unreadable, or none."""

    def state() -> list[str]:
        findings = german("doctor", "--output=json").result["findings"]
        return [f"{each['state']}: {each['details']}" for each in findings if each["check"] == "catalogues"]

    assert state() == ["ok: Languages: de and en."]
    monkeypatch.setenv("TWI_CATALOGUES", "/nowhere")
    assert state()[0].startswith("failed: The catalogue /nowhere can't be read: it contains no <language>/")
    monkeypatch.delenv("TWI_CATALOGUES")
    assert state() == ["missing: TWI_CATALOGUES isn't set: everything is in English."]
