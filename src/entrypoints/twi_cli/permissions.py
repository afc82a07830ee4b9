"""What the command line says of permissions beyond their facts."""

from typing import Final

from twi_cli.output.presenters import Presenters

PRESENTERS: Final = Presenters(nothing={"permissions.show": "No such rules have been set there."})
