"""Logs that can't be read."""

from tests.integration.provoked.recording import Answer, provokes
from tests.integration.provoked.shell import Shell


@provokes("logs.no_file")
def no_file(shell: Shell) -> Answer:
    """Name no file, neither in the settings nor in the line."""
    return shell.refused("twi logs summary")


@provokes("logs.unreadable")
def unreadable(shell: Shell) -> Answer:
    """Name a file that isn't there."""
    return shell.refused("twi logs summary bot.log")
