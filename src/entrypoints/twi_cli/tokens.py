"""What the command line says of API tokens beyond their facts."""

from typing import Final

from twi_cli.output.presenters import Presenters

PRESENTERS: Final = Presenters(nothing={"tokens.list": "No tokens are in use; `twi tokens create` makes one."})
