"""What the command line says of limits beyond their facts."""

from typing import Final

from twi_cli.output.presenters import Presenters

PRESENTERS: Final = Presenters(nothing={"limits.rules": "No limits were set there: each operation has its own."})
