"""Every command that a text of the source names can be typed: hints, causes, help, log lines and docstrings."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from cyclopts import CycloptsError

from twi_cli.root import build_app

ROOT: Final = Path(__file__).parents[2]
COMMAND: Final = re.compile(r"(?:^|: )twi (-{0,2}[a-z].*?)(?=[.,;)]?(?:\n|$)|[.;] )|`twi ([^`]+)`", re.MULTILINE)
NO_COMMANDS: Final = {
    "twi notifications": "a connection's name in PostgreSQL",
    "twi links ad": "a mistake that the example of an error makes",
}
"""Whole texts that only look like commands, each with what it is."""


def texts(source: str) -> Iterator[str]:
    """Yield each text in a source; an X stands for what is put into one."""
    inner: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            inner |= {id(part) for part in node.values}
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.value


def named(text: str) -> list[str]:
    """Return the commands that a text names, without `twi`."""
    return [] if text in NO_COMMANDS else [found or quoted for found, quoted in COMMAND.findall(text)]


def misunderstood(line: str) -> str | None:
    """Return why a line can't be typed; one without arguments only has to be a command."""
    app, words = build_app(), shlex.split(line)
    _, _, rest = app.parse_commands(words)
    if rest in ([], ["--help"]):
        return None
    try:
        app.parse_args(words, exit_on_error=False, print_error=False)
    except CycloptsError as refused:
        return f"twi {line}: {type(refused).__name__}"
    return None


def test_every_command_that_a_text_names_can_be_typed() -> None:
    """The command exists and takes these options, so a command that is renamed can't be left in a hint."""
    files = sorted((ROOT / "src").rglob("*.py"))
    found = [(path.name, line) for path in files for text in texts(path.read_text("utf-8")) for line in named(text)]
    assert [f"{name}: {wrong}" for name, line in found if (wrong := misunderstood(line))] == []
    known = {line for _, line in found}
    assert {"config check", "errors", "bot --sync", "doctor", "db status", "logs summary bot.log", "sandbox"} <= known


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("See the state of the database: twi db staus", ["db staus"]),
        ("Make a backup, then run `twi db upgrad`.", ["db upgrad"]),
        ("Try `twi bot --sink` again.", ["bot --sink"]),
        ("Correct them, and check them: twi config chek", ["config chek"]),
        ("twi links get map --output json", []),
        ("See what it takes: twi links get --help.", []),
        ("The data folder is /var/lib/twi for root, and the shell is the one twi runs in.", []),
    ],
    ids=str,
)
def test_a_command_that_there_is_not_is_found(text: str, lines: list[str]) -> None:
    """It is found in backticks, behind a colon and at the start of a text."""
    assert [line for line in named(text) if misunderstood(line)] == lines
