"""`twi bot`, `twi http`, `twi run` and `twi sandbox`: what serves until it is told to stop."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from twi_cli.commands.calling import read_settings
from twi_cli.output.outlet import UsageError
from twi_runtime.extras import require
from twi_runtime.process.servers import Server, run_servers

SyncOption = Annotated[
    bool,
    Parameter(help="Send the commands to Discord although they have not changed.", negative="", show_default=False),
]

LAST_PORT: Final = 65_535


def bot(*, sync: SyncOption = False) -> int:
    """Run the Discord bot until it is told to stop; SIGINT or SIGTERM let running commands end, and it exits 0."""
    return _serve([_discord(sync)])


def http() -> int:
    """Run the HTTP API until it is told to stop; SIGINT or SIGTERM let running requests end, and it exits 0."""
    return _serve([_http()])


def run(*, sync: SyncOption = False) -> int:
    """Run Discord and HTTP in one process."""
    return _serve([_discord(sync), _http()])


def sandbox(
    *,
    port: Annotated[int, Parameter(help="Where the page is served; 0 takes any free port.")] = 8642,
    data: Annotated[Path | None, Parameter(help="The folder that keeps its data.", show_default=False)] = None,
    empty: Annotated[bool, Parameter(help="Begin without the example links.", negative="")] = False,
    reset: Annotated[bool, Parameter(help="Throw away what was kept before.", negative="")] = False,
    open_page: Annotated[bool, Parameter("--open", help="Open the page in a browser.", negative="")] = False,
    tour: Annotated[bool, Parameter(help="Play a scripted conversation in the terminal.", negative="")] = False,
) -> int:
    """Try the bot in a browser, in a simulated Discord, without a token; --tour exits 3 on an unexpected answer."""
    if not 0 <= port <= LAST_PORT:
        raise UsageError(f"--port is a number from 0 to {LAST_PORT}")
    require("sandbox", "The sandbox")
    from twi_sandbox.main import run_page, run_tour

    settings = read_settings(as_json=False)
    if tour:
        return run_tour(settings, data)
    return run_page(settings, port=port, data=data, empty=empty, reset=reset, browser=open_page)


def _serve(servers: Sequence[Server]) -> int:
    return run_servers(servers, read_settings(as_json=False))


def _discord(sync: bool) -> Server:
    require("discord", "The Discord bot")
    from twi_discord.connection.server import discord_server

    return discord_server(sync=sync)


def _http() -> Server:
    require("http", "The HTTP API")
    from twi_http.server import http_server

    return http_server()
