"""How the command line shows API tokens, beside their facts."""

from typing import Final

from twi_cli.output.presenters import Presenters
from twi_core.kernel.language import text
from twi_core.kernel.wording import Wording

PRESENTERS: Final = Presenters(
    nothing={"tokens.list": lambda wording: text("No tokens yet. Create one: {line}", line=_creation(wording))}
)


def _creation(wording: Wording) -> str:
    return wording.command("tokens.create", {}) or ""
