"""How the command line shows links, beside their facts."""

from typing import Final

from twi_cli.output.presenters import Presenters
from twi_core.kernel.language import text

PRESENTERS: Final = Presenters(
    nothing={
        "links.tags": lambda _: text("No links have been saved there yet."),
        "links.list": lambda _: text("No more links."),
    }
)
