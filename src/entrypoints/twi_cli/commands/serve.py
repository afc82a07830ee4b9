"""`twi bot`, `twi http`, `twi run` and `twi sandbox`: what serves until it's stopped."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from twi_cli.commands.calling import read_settings
from twi_cli.errors import INVALID_VALUE
from twi_cli.output.outlet import UsageError
from twi_core.kernel.language import text
from twi_runtime.extras import require
from twi_runtime.process.servers import Server, run_servers

SyncOption = Annotated[
    bool,
    Parameter(help="Send the commands to Discord even if they haven't changed.", negative=""),
]

LAST_PORT: Final = 65_535


def bot(*, sync: SyncOption = False) -> int:
    """Run the Discord bot until SIGINT or SIGTERM; running commands end first, and it exits 0."""
    return _serve([_discord(sync)])


def http() -> int:
    """Run the HTTP API until SIGINT or SIGTERM; running requests end first, and it exits 0."""
    return _serve([_http()])


def run(*, sync: SyncOption = False) -> int:
    """Run the Discord bot and the HTTP API in one process."""
    return _serve([_discord(sync), _http()])


def sandbox(
    *,
    port: Annotated[int, Parameter(help="The port of the page; 0 takes any free one.")] = 8642,
    data: Annotated[Path | None, Parameter(help="The folder of its data.", show_default=False)] = None,
    empty: Annotated[bool, Parameter(help="Start without the example links.", negative="")] = False,
    reset: Annotated[bool, Parameter(help="Delete the data of earlier runs first.", negative="")] = False,
    open_page: Annotated[bool, Parameter("--open", help="Open the page in your browser.", negative="")] = False,
    tour: Annotated[bool, Parameter(help="Play a scripted conversation in the terminal.", negative="")] = False,
) -> int:
    """Try the bot in your browser, in a simulated Discord, without a token; --tour exits 3 on an unexpected answer."""
    if not 0 <= port <= LAST_PORT:
        takes = text("a whole number from {first} to {last}", first="0", last=str(LAST_PORT))
        raise UsageError(INVALID_VALUE, {"option": "--port", "value": str(port), "takes": takes})
    require("sandbox", text("The sandbox"))
    from twi_sandbox.main import run_page, run_tour

    settings = read_settings(as_json=False)
    if tour:
        return run_tour(settings, data)
    return run_page(settings, port=port, data=data, empty=empty, reset=reset, browser=open_page)


def _serve(servers: Sequence[Server]) -> int:
    return run_servers(servers, read_settings(as_json=False))


def _discord(sync: bool) -> Server:
    require("discord", text("The Discord bot"))
    from twi_discord.connection.server import discord_server

    return discord_server(sync=sync)


def _http() -> Server:
    require("http", text("The HTTP API"))
    from twi_http.server import http_server

    return http_server()
