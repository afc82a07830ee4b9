"""The commands of `twi`: names and help, those of contexts by their manifests; the rest is imported when it runs."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Final

from cyclopts import App

from twi_core.application import Application
from twi_core.kernel.contexts import offered

_COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "operations": ("twi_cli.commands.call:operations", "List every use case: name, permission, limits, parameters."),
    "call": ("twi_cli.commands.call:call", "Call any use case by its name, with its parameters as JSON."),
    "errors": ("twi_cli.commands.catalogue:errors", "List every error code, or tell all about one."),
    "bot": ("twi_cli.commands.serve:bot", "Run the Discord bot."),
    "http": ("twi_cli.commands.serve:http", "Run the HTTP API."),
    "run": ("twi_cli.commands.serve:run", "Run Discord and HTTP in one process."),
    "sandbox": ("twi_cli.commands.serve:sandbox", "Try the bot in a browser, in a simulated Discord, without a token."),
    "doctor": (
        "twi_cli.commands.doctor:doctor",
        "Check settings, database, schema, Redis and Discord; exit 3 on a failure.",
    ),
}
_GROUPS: Final[Mapping[str, tuple[str, str]]] = {
    "db": ("twi_cli.commands.lazy:db", "Look after the database."),
    "config": ("twi_cli.commands.lazy:config", "The settings of this process."),
    "logs": ("twi_cli.commands.lazy:logs", "What the log tells: counts, errors, slow calls, single lines."),
}


def build_app() -> App:
    """Make `twi`."""
    app = App(
        "twi",
        help="A community bot for the Discord server of a web serial.",
        help_format="plaintext",
        help_formatter="plain",
        version=lambda: version("twi-core"),
        suppress_keyboard_interrupt=False,
    )
    for context in offered(Application):
        app.command(f"twi_cli.commands.lazy:{context.name}", name=context.name, help=context.summary)
    for name, (place, told) in {**_COMMANDS, **_GROUPS}.items():
        app.command(place, name=name, help=told)
    app.register_install_completion_command()
    return app
