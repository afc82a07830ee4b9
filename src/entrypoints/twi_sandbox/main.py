"""`twi sandbox`: its own settings, then the page or the tour."""

import asyncio
import sys
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from twi_core.kernel.language import language, text, translated
from twi_runtime.configuration.settings import Settings
from twi_runtime.opening.lifecycle import Runtime, open_runtime
from twi_runtime.opening.storage import data_folder
from twi_runtime.process.servers import Died, Exit, Server, run_once, run_servers
from twi_sandbox.stage.folder import own_folder, temporary_folder
from twi_sandbox.stage.session import open_world, operator_id, prepare, serve_page
from twi_sandbox.stage.tour import play
from twi_sandbox.stage.world import PEOPLE


def run_page(settings: Settings, *, port: int, data: Path | None, empty: bool, reset: bool, browser: bool) -> int:
    """Serve the page until a signal comes, and return the exit code.

    Raises:
        RuntimeFailure: the folder can't be used, or the database can't start.
    """
    with own_folder(data or data_folder(settings) / "sandbox", reset=reset) as folder:
        chosen = _own_settings(settings, folder)

        @asynccontextmanager
        async def opened(runtime: Runtime) -> AsyncIterator[Died]:
            if not empty:
                await prepare(chosen)
            async with serve_page(runtime, port) as (serving, address):
                print(_welcome(address), flush=True)
                if browser:
                    await asyncio.to_thread(webbrowser.open, address)
                yield serving

        return run_servers([Server("sandbox", opened)], chosen)


def run_tour(settings: Settings, data: Path | None) -> int:
    """Play the scripted conversation, and return 0, or 3 where an answer was not as expected.

    Raises:
        RuntimeFailure: the folder can't be used, or the database can't start.
    """
    folder = own_folder(data, reset=True) if data else temporary_folder(data_folder(settings))
    with folder as place:
        chosen = _own_settings(settings, place)

        async def tour() -> int:
            await prepare(chosen)
            async with open_runtime(chosen) as runtime, open_world(runtime) as world:
                wrong = await play(world, print)
            return Exit.CHECK_FAILED if wrong else Exit.OK

        return run_once(tour)


def _own_settings(settings: Settings, folder: Path) -> Settings:
    """Return settings without the real bot's database, people and prefix."""
    own = {
        "data_dir": folder,
        "database_url": None,
        "storage": None,
        "discord_token": None,
        "operator_ids": frozenset({operator_id()}),
        "prefix": "!",
    }
    return settings.model_copy(update=own)


def _welcome(address: str) -> str:
    people = language().listed([f"{person.shown} ({translated(person.rank)})" for person in PEOPLE])
    return "\n".join(
        (
            text("The bot runs in a simulated Discord. Open this page:"),
            "",
            f"    {address}",
            "",
            text("You're {name}; “Viewing as” switches between {people}.", name=PEOPLE[0].shown, people=people),
            text("Type / to see the commands, or write !help. Links survive a restart, messages don't."),
            text("Press Ctrl-C to stop it.") if sys.stdin.isatty() else text("Stop it with a signal (SIGTERM)."),
        )
    )
