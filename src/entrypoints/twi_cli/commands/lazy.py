"""Groups of commands, each made when it is first asked for: `twi_cli.commands.lazy:links` is the group of the links."""

from cyclopts import App

from twi_cli.root import CONTEXT_COMMANDS


def __getattr__(name: str) -> App:
    """Make a group."""
    if name in CONTEXT_COMMANDS:
        from twi_cli.commands.contexts import context_app

        return context_app(name, CONTEXT_COMMANDS[name])
    if name == "db":
        from twi_cli.commands.database import database_app

        return database_app()
    if name == "config":
        from twi_cli.commands.configuration import configuration_app

        return configuration_app()
    if name == "logs":
        from twi_cli.commands.logs import logs_app

        return logs_app()
    raise AttributeError(name)
