"""How the command line shows failures, beside their facts."""

from typing import Final

from twi_cli.output.presenters import Presenters
from twi_core.kernel.language import text
from twi_core.kernel.wording import Wording

PRESENTERS: Final = Presenters(
    nothing={
        "failures.list": lambda wording: text("No such bugs. See resolved ones too: {line}", line=_resolved(wording))
    }
)


def _resolved(wording: Wording) -> str:
    return wording.command("failures.list", {"resolved": ""}) or ""
