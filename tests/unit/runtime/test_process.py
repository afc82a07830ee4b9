"""The process: servers open and close in order, signals drain, failures end it with their exit code."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.waiting import PATIENCE
from twi_core.kernel.errors import AppError
from twi_discord.errors import TOKEN_MISSING
from twi_runtime.configuration.settings import Settings
from twi_runtime.opening.lifecycle import Runtime
from twi_runtime.process.exits import Exit
from twi_runtime.process.servers import (
    Died,
    Ended,
    FatalServerError,
    RuntimeFailure,
    Server,
    Signals,
    run_once,
    run_servers,
    serve,
)

MEMORY = Settings(storage="memory")

Opened = Callable[[Runtime, Died], None]


def server(name: str, events: list[str], opened: Opened = lambda _, __: None, **timeouts: float) -> Server:
    @asynccontextmanager
    async def open_server(runtime: Runtime) -> AsyncIterator[Died]:
        events.append(f"open {name}")
        died: Died = asyncio.get_running_loop().create_future()
        opened(runtime, died)
        yield died
        events.append(f"close {name}")

    return Server(name, open_server, **timeouts)


async def draining(runtime: Runtime) -> None:
    """Wait until new calls are refused."""
    while not runtime.drain.closed:  # noqa: ASYNC110  # it has no event to wait for
        await asyncio.sleep(0)


async def served(servers: list[Server], signals: Signals, settings: Settings = MEMORY) -> Ended:
    async with asyncio.timeout(PATIENCE):
        return await serve(servers, settings, signals)


@pytest.mark.asyncio
async def test_a_signal_closes_the_servers_in_reverse_and_ends_with_zero() -> None:
    """Asked to stop, the process closes what it opened, last first, and reports success."""
    events: list[str] = []
    signals = Signals()
    last = server("second", events, lambda _, __: signals.received(signal.SIGTERM))
    assert await served([server("first", events), last], signals) == Ended(Exit.OK, abandoned=False)
    assert events == ["open first", "open second", "close second", "close first"]


@pytest.mark.asyncio
async def test_running_calls_are_answered_before_the_servers_close() -> None:
    """A call that runs when the signal comes ends while its server is still open; new ones are refused."""
    events: list[str] = []
    signals = Signals()
    calls: list[asyncio.Task[None]] = []

    async def call(runtime: Runtime) -> None:
        async with runtime.drain.call():
            signals.received(signal.SIGTERM)
            await draining(runtime)
            events.append("answered")

    await served([server("d", events, lambda runtime, _: calls.append(asyncio.create_task(call(runtime))))], signals)
    assert events == ["open d", "answered", "close d"]


@pytest.mark.asyncio
@pytest.mark.parametrize("by", ["time", "second signal"])
async def test_a_call_that_does_not_end_is_cut_short(by: str) -> None:
    """The time-out, or a second signal, ends the wait for running calls."""
    events: list[str] = []
    signals = Signals()
    calls: list[asyncio.Task[None]] = []

    async def call(runtime: Runtime) -> None:
        async with runtime.drain.call():
            signals.received(signal.SIGTERM)
            if by == "second signal":
                await draining(runtime)
                signals.received(signal.SIGTERM)
            await asyncio.Event().wait()

    settings = Settings(storage="memory", stop_timeout=0.05 if by == "time" else 300)
    opened = server("d", events, lambda runtime, _: calls.append(asyncio.create_task(call(runtime))))
    assert (await served([opened], signals, settings)).code == Exit.OK
    assert events == ["open d", "close d"]
    calls[0].cancel()


@pytest.mark.asyncio
async def test_a_server_that_fails_ends_the_process_with_its_failure() -> None:
    """A failed server stops the others and determines the code and the exit code."""
    events: list[str] = []
    failure = FatalServerError(AppError(TOKEN_MISSING))
    with pytest.raises(FatalServerError) as caught:
        await served([server("a", events), server("b", events, lambda _, died: died.set_exception(failure))], Signals())
    assert caught.value.exit_code == Exit.SETTINGS
    assert events == ["open a", "open b", "close b", "close a"]


@pytest.mark.asyncio
async def test_a_server_that_just_ends_is_a_failure_too() -> None:
    """A server that stops serving without a reason does not look like success."""
    with pytest.raises(RuntimeFailure) as caught:
        await served([server("quiet", [], lambda _, died: died.set_result(None))], Signals())
    assert caught.value.error.code == "runtime.server_ended"
    assert caught.value.exit_code == Exit.UNEXPECTED


@pytest.mark.asyncio
async def test_a_signal_while_a_server_opens_stops_the_opening() -> None:
    """Asked to stop before everything has started, the process closes what is open and reports success."""
    events: list[str] = []
    signals = Signals()

    @asynccontextmanager
    async def hanging(_: Runtime) -> AsyncIterator[Died]:
        signals.received(signal.SIGINT)
        await asyncio.Event().wait()
        yield asyncio.get_running_loop().create_future()

    assert (await served([server("a", events), Server("b", hanging)], signals)).code == Exit.OK
    assert events == ["open a", "close a"]


@pytest.mark.asyncio
async def test_a_server_that_does_not_close_is_not_success() -> None:
    """A part that hangs at the end is cancelled, and the exit code says so."""

    @asynccontextmanager
    async def stuck(_: Runtime) -> AsyncIterator[Died]:
        signals.received(signal.SIGTERM)
        yield asyncio.get_running_loop().create_future()
        await asyncio.Event().wait()

    signals = Signals()
    assert await served([Server("stuck", stuck, stop_timeout=0.01)], signals) == Ended(Exit.UNEXPECTED, abandoned=False)


def _signalled(number: int) -> Opened:
    return lambda _, __: os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_process_owns_its_signals(number: signal.Signals) -> None:
    """A real SIGINT or SIGTERM drains, and afterwards the handlers of before are back."""
    before = signal.getsignal(signal.SIGTERM)
    events: list[str] = []
    assert run_servers([server("a", events, _signalled(number))], MEMORY) == Exit.OK
    assert events == ["open a", "close a"]
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_command_that_is_interrupted_cleans_up_and_says_so(number: signal.Signals, code: int) -> None:
    """A signal cancels a one-shot command, which may close what it opened; the exit code names the signal."""
    events: list[str] = []

    async def command() -> int:
        try:
            os.kill(os.getpid(), number)
            await asyncio.Event().wait()
        finally:
            events.append("closed")
        return 0

    assert run_once(command) == code
    assert events == ["closed"]


def test_a_command_returns_its_own_exit_code() -> None:
    """Nothing is added to a command that runs to its end."""

    async def command() -> int:
        return 14

    assert run_once(command) == 14


STUCK = """
import asyncio, contextlib, sys
from twi_core.kernel.errors import AppError
from twi_core.pipeline.guard import UNAVAILABLE
from twi_runtime.process import components
from twi_runtime.process.servers import Server, FatalServerError, run_servers
from twi_runtime.configuration.settings import Settings

components.LAST_GRACE = 0.01

async def for_ever():
    while True:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

@contextlib.asynccontextmanager
async def dies_and_stays(_):
    died = asyncio.get_running_loop().create_future()
    died.set_exception(FatalServerError(AppError(UNAVAILABLE)))
    yield died
    await for_ever()

@contextlib.asynccontextmanager
async def never_starts(_):
    await for_ever()
    yield

opened = {"start": never_starts, "end": dies_and_stays}[sys.argv[1]]
run_servers([Server("stuck", opened, start_timeout=0.01, stop_timeout=0.01)], Settings(storage="memory"))
"""


@pytest.mark.parametrize(
    ("when", "code", "exit_code"),
    [("start", "runtime.start_timed_out", Exit.TIMEOUT), ("end", "storage.unavailable", Exit.SETTINGS)],
)
def test_a_server_that_cannot_be_ended_does_not_hide_the_failure(when: str, code: str, exit_code: int) -> None:
    """A process that fails while a server swallows its cancellation reports the failure and ends with its exit code."""
    ended = subprocess.run(
        [sys.executable, "-c", STUCK, when], capture_output=True, text=True, timeout=PATIENCE * 3, check=False
    )
    assert ended.returncode == exit_code, ended.stderr
    assert f" {code}: " in ended.stderr
