"""What the command line says of links beyond their facts."""

from typing import Final

from twi_cli.output.presenters import Presenters

PRESENTERS: Final = Presenters(
    nothing={"links.tags": "No links have been saved there yet.", "links.list": "No further links."}
)
