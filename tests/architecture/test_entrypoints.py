"""Every operation can be reached through every entrypoint, or says why not."""

import asyncio
from typing import Final

import discord
import pytest
from discord.ext import commands

from tests.app import build
from tests.architecture.operations import EVERY, named
from tests.contexts import Scope, suites
from tests.each import for_each
from twi_cli.commands.calling import offers
from twi_cli.commands.contexts import context_app, verb_of
from twi_cli.root import build_app
from twi_core.application import Application
from twi_core.kernel.context import Origin
from twi_core.kernel.contexts import AnyContext, offered
from twi_core.kernel.handling import AnyOperation
from twi_discord import attach
from twi_discord.commands.hybrids import HostedCommand
from twi_discord.commands.specs import CommandSpec
from twi_discord.connection.bot import extensions
from twi_http.openapi import document
from twi_http.paths import offered as offered_by_http
from twi_http.paths import path_of

WHILE_TYPING: Final = {name for suite in suites().values() for name in suite.typed}
"""Operations that Discord calls for autocomplete, so that they have no command."""


def context_of(operation: AnyOperation) -> AnyContext:
    """Return the context of an operation."""
    return next(each for each in offered(Application) if each.name == operation.name.partition(".")[0])


@pytest.fixture(scope="module")
def specs() -> list[CommandSpec]:
    """Return the commands of every extension."""

    async def loaded() -> list[CommandSpec]:
        bot = commands.Bot("!", intents=discord.Intents.none(), help_command=None)
        app = build().app
        await attach(bot, app)
        for extension in extensions(app):
            await bot.load_extension(extension)
        return [command.spec for command in bot.walk_commands() if isinstance(command, HostedCommand)]

    return asyncio.run(loaded())


@for_each("operation", EVERY, ids=named)
def test_discord_offers_it(operation: AnyOperation, specs: list[CommandSpec]) -> None:
    """It has a command, or suggests while somebody types into one, unless its policy closes it to Discord."""
    offered = {policy.name for spec in specs for policy in spec.policies}
    offered |= WHILE_TYPING if any(option.complete for spec in specs for option in spec.options) else set()
    assert (operation.name in offered) == (Origin.DISCORD not in operation.policy.closed_to)


@for_each("operation", EVERY, ids=named)
def test_the_command_line_offers_it(operation: AnyOperation) -> None:
    """It is a subcommand of its context, unless its policy closes it to the command line."""
    offered = set(context_app(context_of(operation)))
    assert (verb_of(operation) in offered) == (Origin.CLI not in operation.policy.closed_to)


NOWHERE: Final = {"--guild", "--role"}
WITHOUT: Final = {
    **{row.name: NOWHERE for suite in suites().values() for row in suite.rows if row.scope is Scope.NONE},
    **{name: without for suite in suites().values() for name, without in suite.without.items()},
}
"""Options saying who calls that subcommands do without; `twi call` has them all."""


@for_each("operation", [each for each in EVERY if offers(each)], ids=named)
def test_the_command_line_takes_every_field(operation: AnyOperation) -> None:
    """A subcommand has an option for each field of its operation's command, and those that say who calls."""
    arguments = context_app(context_of(operation))[verb_of(operation)].assemble_argument_collection()
    offered = {name for argument in arguments for name in argument.names}
    fields = {f"--{name.replace('_', '-')}" for name in operation.command.model_fields}
    assert fields - offered == set()
    assert {"--guild", "--actor", "--role", "--as", "--output"} - offered == WITHOUT.get(operation.name, set())


def test_the_root_help_names_every_context() -> None:
    """`twi --help` has a line for each context, made from its manifest."""
    app = build_app()
    for context in offered(Application):
        assert context.summary.endswith(".")
        assert app[context.name].help == context.summary


def test_http_offers_them() -> None:
    """Each operation has its own path in the OpenAPI document, unless its policy closes it to HTTP."""
    paths = document(offered_by_http(EVERY), ())["paths"]
    assert isinstance(paths, dict)
    assert set(paths) & set(map(path_of, EVERY)) == {path_of(o) for o in EVERY if Origin.HTTP not in o.policy.closed_to}
