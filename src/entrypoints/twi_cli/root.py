"""The commands of `twi`: names and help, those of contexts by their manifests; the rest is imported when it runs."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Final

from cyclopts import App

from twi_cli.output.help import HelpText
from twi_core.application import Application
from twi_core.kernel.contexts import offered
from twi_core.kernel.language import text
from twi_core.kernel.names import dotted

HELP: Final = "help"
GROUPS: Final = ("db", "config", "logs")
"""Groups of commands beside those of contexts."""


def build_app() -> App:
    """Make `twi`. Texts of its help are translated where they are shown, by `HelpText`."""
    app = App(
        "twi",
        help="A community bot for the Discord server of a web serial.",
        help_format="plaintext",
        help_formatter=HelpText(),
        version=lambda: version("twi-core"),
        suppress_keyboard_interrupt=False,
    )
    for context in offered(Application):
        app.command(f"twi_cli.commands.lazy:{context.name}", name=context.name, help=context.summary)
    _add_calls(app)
    _add_servers(app)
    _add_maintenance(app)
    app["--help"].help = text("Show this help.")
    app["--version"].help = text("Show the version.")
    return app


def with_full_names(arguments: Sequence[str]) -> Sequence[str]:
    """Return arguments with a command's name as it is registered: `links.list`, `link list` and `Links List` too.

    `help` before a command is `--help` behind it.
    """
    if not arguments:
        return arguments
    first, *rest = arguments
    if first.casefold() == HELP:
        return (*with_full_names(rest), "--help")
    groups = (*GROUPS, *(context.name for context in offered(Application)))
    group, _, verb = dotted(first, groups).partition(".")
    if group not in groups:
        return arguments
    if verb:
        return (group, _hyphened(verb), *rest)
    return (group, *(_hyphened(word) for word in rest[:1]), *rest[1:])


def _hyphened(word: str) -> str:
    return word if word.startswith("-") else word.casefold().replace("_", "-")


def _add_calls(app: App) -> None:
    place = "twi_cli.commands.call"
    app.command(
        f"{place}:operations", name="operations", help="List all operations: name, permission, limits, parameters."
    )
    app.command(f"{place}:call", name="call", help="Call an operation by its name, with its parameters as JSON.")
    app.command("twi_cli.commands.catalogue:errors", name="errors", help="List all error codes, or explain one.")


def _add_servers(app: App) -> None:
    place = "twi_cli.commands.serve"
    app.command(f"{place}:bot", name="bot", help="Run the Discord bot.")
    app.command(f"{place}:http", name="http", help="Run the HTTP API.")
    app.command(f"{place}:run", name="run", help="Run the Discord bot and the HTTP API in one process.")
    app.command(
        f"{place}:sandbox", name="sandbox", help="Try the bot in your browser, in a simulated Discord, without a token."
    )


def _add_maintenance(app: App) -> None:
    app.command("twi_cli.commands.lazy:db", name="db", help="Check, upgrade and downgrade the database.")
    app.command("twi_cli.commands.lazy:config", name="config", help="Show and check the settings of this process.")
    app.command(
        "twi_cli.commands.lazy:logs", name="logs", help="Read the log: counts, errors, slow calls, single lines."
    )
    app.command(
        "twi_cli.commands.doctor:doctor",
        name="doctor",
        help="Check settings, database, schema, Redis and Discord; exits with 3 if something fails.",
    )
    app.command(
        "twi_cli.commands.completion:install",
        name="--install-completion",
        help="Install completion of commands for your shell.",
    )
