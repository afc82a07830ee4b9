"""The commands of `twi`. Only names and help are here; what a command needs is imported when it runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final, final

from cyclopts import App


@final
@dataclass(frozen=True, slots=True)
class ContextCommand:
    """Name the command of a context: the field of `Application` that holds it, and its line in the root help."""

    context: str
    help: str


CONTEXT_COMMANDS: Final[Mapping[str, ContextCommand]] = {
    "links": ContextCommand("links", "Links that people save under a title."),
    "permissions": ContextCommand("permissions", "Who may do what in a server, and why."),
    "limits": ContextCommand("limits", "How often something may be done in a server, and by whom."),
    "settings": ContextCommand("settings", "What a server has set, how that came about, and its export."),
    "failures": ContextCommand("failures", "What went wrong, and the bugs behind it."),
    "tokens": ContextCommand("tokens", "API tokens: who may call over HTTP."),
}
"""One line a context: the only thing that is written by hand for it; a test compares it with the application."""

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
    for name, entry in CONTEXT_COMMANDS.items():
        app.command(f"twi_cli.commands.lazy:{name}", name=name, help=entry.help)
    for name, (place, told) in {**_COMMANDS, **_GROUPS}.items():
        app.command(place, name=name, help=told)
    app.register_install_completion_command()
    return app
