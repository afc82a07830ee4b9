"""What the command line says of failures and bugs beyond their facts."""

from typing import Final

from twi_cli.output.presenters import Presenters

PRESENTERS: Final = Presenters(
    nothing={"failures.list": "No such bugs are known. Those that were resolved are listed with --resolved."}
)
