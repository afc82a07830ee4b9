"""Settings of the process that can't be used."""

from tests.integration.provoked.recording import Answer, provokes
from tests.integration.provoked.shell import Shell


@provokes("settings.invalid")
def invalid(shell: Shell) -> Answer:
    """Set two of them wrongly."""
    return shell.refused("TWI_STORAGE=memory TWI_HTTP_PORT=http TWI_PREFIX= twi links tags --guild 42")
