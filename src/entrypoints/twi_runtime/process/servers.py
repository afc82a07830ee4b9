"""Servers in one process, which alone owns the signals, drains, and closes what it opened."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar, final

from twi_core.kernel.errors import AppError, Kind, define_error
from twi_runtime.configuration.settings import Settings
from twi_runtime.logs.process import process_logs
from twi_runtime.opening.lifecycle import Overrides, Runtime, open_parts
from twi_runtime.process.components import START_TIMEOUT, STOP_TIMEOUT, Components
from twi_runtime.process.exits import Exit, FatalServerError, RuntimeFailure

__all__ = [
    "Died",
    "Ended",
    "Exit",
    "FatalServerError",
    "RuntimeFailure",
    "Server",
    "Signals",
    "run_once",
    "run_servers",
    "serve",
]

SERVER_ENDED: Final = define_error(
    "runtime.server_ended",
    Kind.INTERNAL,
    message="The server “{server}” stopped unexpectedly.",
    hint="Read the log lines before this one, and start the bot again.",
    cause="A server stopped without being asked to.",
    example={"server": "http"},
)

Died: TypeAlias = "asyncio.Future[None]"
"""A server's future or task that ends only when the server dies by itself; its exception says why."""

T = TypeVar("T")

_log: Final = logging.getLogger(__name__)


@final
@dataclass(frozen=True, slots=True)
class Server:
    """A way into the application.

    `open` returns a context manager. Entering it starts the server and returns a `Died`. If serving is no use, it
    raises `FatalServerError`, or sets it on the `Died`. Leaving it stops the server; until then the server answers,
    even while the process drains: each call runs within `runtime.drain.call()`, and once `runtime.drain.closed` is
    true, a new call is answered with `runtime.stopping`. A server installs no signal handlers.
    """

    name: str
    open: Callable[[Runtime], AbstractAsyncContextManager[Died]]
    start_timeout: float = START_TIMEOUT
    stop_timeout: float = STOP_TIMEOUT


@final
class Signals:
    """The signals received: the first asks the process to stop, the second forces it."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.force = asyncio.Event()
        self.first: signal.Signals | None = None

    def received(self, number: signal.Signals) -> None:
        """Record a signal; the third one ends the process at once."""
        if self.first is None:
            self.first = number
            self.stop.set()
        elif not self.force.is_set():
            self.force.set()
        else:
            os._exit(128 + number)


@asynccontextmanager
async def owned_signals() -> AsyncIterator[Signals]:
    """Handle SIGINT and SIGTERM within the block."""
    loop = asyncio.get_running_loop()
    found = Signals()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, found.received, number)
    try:
        yield found
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


@final
@dataclass(frozen=True, slots=True)
class Ended:
    """How serving ended; `abandoned` parts could not be stopped and would hang the interpreter's exit."""

    code: int
    abandoned: bool


def run_servers(servers: Sequence[Server], settings: Settings, overrides: Overrides | None = None) -> int:
    """Open the application and the servers, serve until a signal or a server's end, and return the exit code.

    If a part can't be stopped, the process exits immediately with that code, and a failure is in the log.

    Raises:
        RuntimeFailure: something can't start, or a server died for a reason that retrying does not fix.
    """
    parts = Components()

    async def main() -> Ended:
        async with owned_signals() as signals:
            return await serve(servers, settings, signals, overrides, parts)

    try:
        with process_logs(settings):
            code = _run(main, parts)
    except BaseException as error:
        if parts.abandoned:
            os._exit(error.exit_code if isinstance(error, RuntimeFailure) else Exit.UNEXPECTED)
        raise
    if parts.abandoned:
        os._exit(code)
    return code


def _run(main: Callable[[], Coroutine[None, None, Ended]], parts: Components) -> int:
    """Run the loop to its end, and close it unless parts were abandoned, for which closing would wait for ever."""
    runner = asyncio.Runner()
    try:
        return runner.run(main()).code
    except BaseException as error:
        if parts.abandoned:  # no caller gets to report it
            _log.critical("%s", error, exc_info=None if isinstance(error, RuntimeFailure) else error)
        raise
    finally:
        if not parts.abandoned:
            runner.close()


def run_once(command: Callable[[], Coroutine[None, None, int]]) -> int:
    """Run a command to its end and return its exit code; a signal cancels it and returns 130 or 143."""

    async def main() -> int:
        async with owned_signals() as signals:
            running = asyncio.create_task(command())
            stop = asyncio.create_task(signals.stop.wait())
            await asyncio.wait({running, stop}, return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
            if signals.first is None:
                return await running
            running.cancel()
            await asyncio.wait({running})
            return 128 + signals.first

    return asyncio.run(main())


async def serve(
    servers: Sequence[Server],
    settings: Settings,
    signals: Signals,
    overrides: Overrides | None = None,
    parts: Components | None = None,
) -> Ended:
    """Serve until `signals.stop`, then drain and close in reverse; see `run_servers`.

    The caller that passes `parts` checks them, even if this raises.
    """
    parts = Components() if parts is None else parts
    stop = asyncio.create_task(signals.stop.wait())
    hurry = asyncio.create_task(_hurry(signals, parts))
    try:
        async with parts:
            opening = asyncio.create_task(_open(servers, settings, overrides, parts))
            either: tuple[asyncio.Future[Any], ...] = (opening, stop)
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not opening.done():
                _log.info("stopping before everything has started")
                opening.cancel()
                await asyncio.wait({opening})
            else:
                runtime, died = opening.result()
                _log.info("started: %s", ", ".join(died))
                either = (stop, *died.values())
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
                _raise_what_died(died)
                await _drain(runtime, signals)
    finally:
        stop.cancel()
        hurry.cancel()
    _log.info("stopped")
    return Ended(Exit.UNEXPECTED if parts.failed or parts.abandoned else Exit.OK, bool(parts.abandoned))


async def _open(
    servers: Sequence[Server], settings: Settings, overrides: Overrides | None, parts: Components
) -> tuple[Runtime, dict[str, Died]]:
    runtime = await open_parts(parts, settings, overrides)
    died: dict[str, Died] = {}
    for server in servers:
        died[server.name] = await parts.open(
            server.name, server.open(runtime), start_timeout=server.start_timeout, stop_timeout=server.stop_timeout
        )
    return runtime, died


async def _drain(runtime: Runtime, signals: Signals) -> None:
    """Wait for the running calls, unless a second signal or the time-out cuts them short."""
    _log.info("stopping: waiting for running calls; a second signal cuts them short")
    force = asyncio.create_task(signals.force.wait())
    drained = asyncio.create_task(runtime.drain.close(runtime.settings.stop_timeout))
    await asyncio.wait({force, drained}, return_when=asyncio.FIRST_COMPLETED)
    if not drained.done() or not drained.result():
        _log.warning("stopping: some calls were cut short")
    for task in (force, drained):
        task.cancel()


async def _hurry(signals: Signals, parts: Components) -> None:
    await signals.force.wait()
    parts.hurry()


def _raise_what_died(died: dict[str, Died]) -> None:
    for name, future in died.items():
        if not future.done():
            continue
        if not future.cancelled() and (error := future.exception()) is not None:
            raise error
        raise RuntimeFailure(AppError(SERVER_ENDED, {"server": name}))
