"""Groups of commands, each made when it is first used: `twi_cli.commands.lazy:links` is the group of the links."""

from cyclopts import App

from twi_core.application import Application
from twi_core.kernel.contexts import offered


def __getattr__(name: str) -> App:
    """Make a group."""
    if name == "db":
        from twi_cli.commands.database import database_app

        return database_app()
    if name == "config":
        from twi_cli.commands.configuration import configuration_app

        return configuration_app()
    if name == "logs":
        from twi_cli.commands.logs import logs_app

        return logs_app()
    for context in offered(Application):
        if context.name == name:
            from twi_cli.commands.contexts import context_app

            return context_app(context)
    raise AttributeError(name)
