"""The language of the terminal: which variable decides, what is translated, and how a bad catalogue is refused."""

import re
import shlex
from pathlib import Path
from typing import Final

import pytest

from tests.german import compile_german
from tests.unit.cli.conftest import Twi
from twi_core.kernel.language import language
from twi_runtime.process.exits import Exit

GUILD: Final = "--guild=9001"
VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


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


def test_a_code_is_explained_in_german_too(german: Twi, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recorded answers are English, so the message is shown in German too, with example facts."""
    monkeypatch.setenv("LANG", "de")
    shown = german("errors", "links.not_found").out
    assert shown.startswith("message (example)  Hier gibt es keinen Link „world map“.")
    assert "Answer on the command line:\n  $ twi links get 'wrold map'" in shown
    monkeypatch.setenv("LANG", "en")
    assert "world map”." not in german("errors", "links.not_found").out


def test_a_command_leaves_the_language_as_it_was(german: Twi, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that runs commands itself goes on in its own language."""
    before = language()
    monkeypatch.setenv("LANG", "de")
    assert "Fehler" in german("lnks").err
    assert language() is before


@pytest.mark.parametrize(
    "content",
    [b"", b"nonsense", b"\xde\x12\x04\x95", b"\xde\x12\x04\x95" + b"\xff" * 40],
    ids=["empty", "text", "cut off", "lengths that lie"],
)
@pytest.mark.parametrize(
    ("command", "ended", "refused"),
    [
        ("--help", Exit.OK, False),
        (f"links tags {GUILD}", Exit.OK, False),
        ("doctor", Exit.CHECK_FAILED, False),
        ("config check", Exit.SETTINGS, True),
        ("http", Exit.SETTINGS, True),
    ],
)
def test_a_bad_catalogue_is_a_warning_unless_the_process_serves(
    content: bytes,
    command: str,
    ended: Exit,
    refused: bool,
    german: Twi,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The file is named by each command; those that explain and maintain go on in English, a server doesn't start."""
    (tmp_path / "de" / "LC_MESSAGES" / "twi.mo").write_bytes(content)
    monkeypatch.setenv("LANG", "de")
    ran = german(*shlex.split(command))
    assert ran.code == ended
    assert ran.err.startswith("warning: The catalogue de/LC_MESSAGES/twi.mo can't be read: it isn't a compiled")
    assert ("code:  runtime.catalogue_unreadable" in ran.err) is refused
    if command == "doctor":
        assert re.search(r"^catalogues +failed +The catalogue de/LC_MESSAGES/twi\.mo", ran.out, re.MULTILINE)


def test_a_folder_without_catalogues_is_refused(german: Twi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with the folder is said; an empty variable asks for none."""
    for folder, reason in {
        "nowhere": "it doesn't exist",
        "de/LC_MESSAGES/twi.mo": "it isn't a folder",
        "de": "it contains no <language>/LC_MESSAGES/twi.mo",
    }.items():
        monkeypatch.setenv("TWI_CATALOGUES", str(tmp_path / folder))
        ran = german("config", "check")
        assert ran.code == Exit.SETTINGS
        assert f"in TWI_CATALOGUES can't be used: {reason}.\n" in ran.err
    monkeypatch.setenv("TWI_CATALOGUES", "")
    assert german("links", "tags", GUILD).code == Exit.OK
