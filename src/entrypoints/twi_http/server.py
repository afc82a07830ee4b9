"""The HTTP server: a listening socket, and a server that installs no signal handlers."""

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Final, final

import uvicorn
from litestar.types import ASGIApp
from typing_extensions import override

from twi_core.kernel.errors import AppError
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.language import text
from twi_http.app import build_http
from twi_http.errors import CANNOT_LISTEN
from twi_http.protocol import ProblemProtocol
from twi_http.shield import HEAD_LIMIT
from twi_runtime.opening.lifecycle import Runtime
from twi_runtime.process.servers import Died, FatalServerError, Server

CLOSING_SECONDS: Final = 3
"""Seconds for sending what remains when the server closes; by then, calls have ended or were cut short."""
BACKLOG: Final = 256

_log: Final = logging.getLogger(__name__)


@final
class QuietServer(uvicorn.Server):
    """A server that leaves the signals to the process."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then set `ready`."""
        await super().startup(sockets)
        self.ready.set()

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture no signals."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """Bind the first address of a host; port 0 takes any free one.

    Raises:
        FatalServerError: `http.cannot_listen`.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)  # asyncio disables Nagle's algorithm only if TCP is named
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
            bound.listen(BACKLOG)
        except OSError:
            bound.close()
            raise
    except OSError as error:
        params = {"address": url_of((host, port)), "reason": (error.strerror or text("it isn't an address")).lower()}
        raise FatalServerError(AppError(CANNOT_LISTEN, params)) from error
    return bound


def url_of(address: tuple[str, int]) -> str:
    """Return the URL of an address."""
    host, port = address
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@asynccontextmanager
async def serve_http(
    runtime: Runtime, operations: Sequence[AnyOperation] | None = None
) -> AsyncIterator[tuple[Died, str]]:
    """Serve until left; yield the `Died` of the server and its URL. For `operations` see `build_http`.

    Raises:
        FatalServerError: the server can't listen on the address.
    """
    bound = listen(runtime.settings.http_host, runtime.settings.http_port)
    with contextlib.closing(bound):
        server = QuietServer(_configuration(build_http(runtime, operations)))
        serving = asyncio.create_task(server.serve(sockets=[bound]), name="http")
        try:
            await _either(serving, server.ready)
            yield serving, url_of(bound.getsockname()[:2])
        finally:
            server.should_exit = True
            if not serving.done():  # otherwise the process already has the exception
                await serving


async def _either(serving: "asyncio.Task[None]", ready: asyncio.Event) -> None:
    """Wait until the server serves or has failed."""
    started = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait([serving, started], return_when=asyncio.FIRST_COMPLETED)
    finally:
        started.cancel()


def _configuration(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=ProblemProtocol,
        ws="none",
        lifespan="off",
        loop="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # clients' claims about where a request came from are not trusted
        server_header=False,
        h11_max_incomplete_event_size=HEAD_LIMIT,
        timeout_graceful_shutdown=CLOSING_SECONDS,
    )


@asynccontextmanager
async def _open(runtime: Runtime) -> AsyncIterator[Died]:
    async with serve_http(runtime) as (died, url):
        _log.info("the HTTP API is listening on %s", url)
        print(text("HTTP API on {url}, documentation on {url}/docs", url=url), file=sys.stderr, flush=True)
        yield died


def http_server() -> Server:
    """Return the description of the HTTP server for the process."""
    return Server("http", _open)
