"""What the command line refuses by itself."""

import pytest

from tests.integration.provoked.recording import Answer, provokes
from tests.integration.provoked.shell import Shell


@provokes("cli.usage")
def usage(shell: Shell) -> Answer:
    """Name an option that there isn't."""
    return shell.refused('twi links get "world map" --guild 42 --colour red')


@provokes("cli.unknown_code")
def unknown_code(shell: Shell) -> Answer:
    """Misspell a code."""
    return shell.refused("twi errors links.not_fuond")


@provokes("cli.unexpected")
def unexpected(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Plant a bug between the command line and the operations."""
    monkeypatch.setattr("twi_cli.commands.calling.decode", None)
    return shell.refused('TWI_STORAGE=memory twi links get "world map" --guild 42')
