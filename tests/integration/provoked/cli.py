"""What the command line refuses by itself."""

import subprocess
import sys
from pathlib import Path

import pytest
from cyclopts.completion.detect import ShellDetectionError

from tests.integration.provoked.recording import Answer, provokes, stable
from tests.integration.provoked.shell import Shell
from twi_cli.errors import OUTPUT_FAILED
from twi_runtime.registry import exit_of


@provokes("cli.unknown_command")
def unknown_command(shell: Shell) -> list[Answer]:
    """Misspell a command, and name one that there isn't."""
    return [shell.refused("twi links ad map https://wanderinginn.com/map"), shell.refused("twi frobnicate")]


@provokes("cli.unknown_option")
def unknown_option(shell: Shell) -> list[Answer]:
    """Misspell an option, and name one that there isn't."""
    return [
        shell.refused("twi links add map https://wanderinginn.com/map --tga maps --guild 42"),
        shell.refused('twi links get "world map" --guild 42 --colour red'),
    ]


@provokes("cli.unexpected_words")
def unexpected_words(shell: Shell) -> Answer:
    """Forget the quotes."""
    return shell.refused("twi links get world map --guild 42")


@provokes("cli.missing_value")
def missing_value(shell: Shell) -> list[Answer]:
    """Leave out the content of a link, and the value of an option."""
    return [shell.refused("twi links add map --guild 42"), shell.refused("twi sandbox --port")]


@provokes("cli.invalid_value")
def invalid_value(shell: Shell) -> list[Answer]:
    """Misspell a choice, and write words where a number and an id belong."""
    return [
        shell.refused("twi links tags --guild 42 --output=jsn"),
        shell.refused("twi sandbox --port http"),
        shell.refused("twi links tags --guild innworld"),
    ]


@provokes("cli.repeated_option")
def repeated_option(shell: Shell) -> Answer:
    """Name the server twice."""
    return shell.refused('twi links get "world map" --guild 42 --guild 43')


@provokes("cli.unnamed_value")
def unnamed_value(shell: Shell) -> Answer:
    """Name one value and not the other."""
    return shell.refused("twi links add --title map https://wanderinginn.com/map --guild 42")


@provokes("cli.unreadable_file")
def unreadable_file(shell: Shell) -> Answer:
    """Name a file that there isn't."""
    return shell.refused("twi call links.get @parameters.json --guild 42")


@provokes("cli.not_confirmed")
def not_confirmed(shell: Shell) -> Answer:
    """Downgrade without a word."""
    return shell.refused("twi db downgrade 0003")


@provokes("cli.unknown_shell")
def unknown_shell(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Run it from a program that is no shell."""

    def unknown() -> None:
        raise ShellDetectionError

    monkeypatch.setattr("twi_cli.commands.completion.detect_shell", unknown)
    return shell.refused("twi --install-completion")


@provokes("cli.completion_not_installed")
def completion_not_installed(shell: Shell) -> Answer:
    """Name a file below another file."""
    (shell.folder / "taken").write_text("")
    return shell.refused("twi --install-completion --shell bash --output taken/twi.bash")


@provokes("cli.output_failed")
def output_failed(shell: Shell) -> Answer:
    """Write to a device that is always full."""
    program, words = "from twi_cli.main import run; run()", ("config", "show")
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ran = subprocess.run(
            [sys.executable, "-c", program, *words], check=False, stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert ran.returncode == exit_of(OUTPUT_FAILED)
    return Answer("cli", f"twi {' '.join(words)} > /dev/full", stable(ran.stderr, shell.folder))


@provokes("cli.unknown_code")
def unknown_code(shell: Shell) -> Answer:
    """Misspell a code."""
    return shell.refused("twi errors links.not_fuond")


@provokes("cli.unexpected")
def unexpected(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Plant a bug between the command line and the operations."""
    monkeypatch.setattr("twi_cli.commands.calling.decode", None)
    return shell.refused('TWI_STORAGE=memory twi links get "world map" --guild 42')
