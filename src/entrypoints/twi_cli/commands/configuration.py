"""`twi config`: the settings of this process."""

import os

from cyclopts import App

from twi_cli.commands.caller import OutputOption
from twi_cli.output.outlet import warn, write, write_json
from twi_cli.output.table import labelled
from twi_core.kernel.language import text
from twi_runtime.configuration.settings import load_settings, unknown_settings
from twi_runtime.languages import Catalogues
from twi_runtime.plain import plain
from twi_runtime.process.exits import Exit


def configuration_app() -> App:
    """Make the group."""
    app = App("config", help="Show and check the settings of this process.")
    app.command(show, help="Show all settings; secrets only as set or unset.")
    app.command(check, help="Check the settings; exits with 78 if they can't be used, 3 if a name isn't a setting.")
    return app


def show(*, output: OutputOption = "text") -> int:
    """Show all settings; secrets only as set or unset."""
    shown = dict(load_settings().shown())
    if output == "json":
        write_json(shown)
    else:
        write(labelled({name: plain(value) for name, value in shown.items()}))
    return Exit.OK


def check(*, output: OutputOption = "text") -> int:
    """Check the settings; exits with 78 if they can't be used, 3 if a name isn't a setting."""
    as_json = output == "json"
    unknown = list(unknown_settings(os.environ))
    for problem in unknown:
        warn(problem, as_json=as_json)
    settings = load_settings()  # after the names, so that one run shows misspelt names and wrong values
    if settings.catalogues is not None:
        Catalogues.read(settings.catalogues)
    if as_json:
        write_json({"sound": not unknown, "unknown": unknown})
    elif not unknown:
        write(text("The settings are fine."))
    return Exit.CHECK_FAILED if unknown else Exit.OK
