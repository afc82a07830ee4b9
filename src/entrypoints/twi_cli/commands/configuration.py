"""`twi config`: the settings of this process."""

import os

from cyclopts import App

from twi_cli.commands.caller import OutputOption
from twi_cli.output.outlet import warn, write, write_json
from twi_cli.output.table import labelled
from twi_runtime.configuration.settings import load_settings, unknown_settings
from twi_runtime.plain import plain
from twi_runtime.process.exits import Exit


def configuration_app() -> App:
    """Make the group."""
    app = App("config", help="The settings of this process.")
    app.command(show)
    app.command(check)
    return app


def show(*, output: OutputOption = "text") -> int:
    """Show every setting; of secrets only whether they are set."""
    shown = dict(load_settings().shown())
    if output == "json":
        write_json(shown)
    else:
        write(labelled({name: plain(value) for name, value in shown.items()}))
    return Exit.OK


def check(*, output: OutputOption = "text") -> int:
    """Say whether the settings are sound: exit 78 where they cannot be used, 3 where a name is none of ours."""
    as_json = output == "json"
    unknown = list(unknown_settings(os.environ))
    for problem in unknown:
        warn(problem, as_json=as_json)
    load_settings()  # after the names: who mends a wrong value hears of a misspelt name in the same run
    if as_json:
        write_json({"sound": not unknown, "unknown": unknown})
    elif not unknown:
        write("The settings are sound.")
    return Exit.CHECK_FAILED if unknown else Exit.OK
