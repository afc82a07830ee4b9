"""How the command line shows limits, beside their facts."""

from typing import Final

from twi_cli.output.presenters import Presenters
from twi_core.kernel.language import text

PRESENTERS: Final = Presenters(
    nothing={"limits.rules": lambda _: text("No limits are set there, so the defaults apply.")}
)
