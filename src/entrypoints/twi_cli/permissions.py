"""How the command line shows permissions, beside their facts."""

from typing import Final

from twi_cli.output.presenters import Presenters
from twi_core.kernel.language import text

PRESENTERS: Final = Presenters(nothing={"permissions.show": lambda _: text("No such rules have been set there.")})
