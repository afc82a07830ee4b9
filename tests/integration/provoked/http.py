"""What the HTTP API refuses before there is a call, and an address that it can't have."""

import asyncio
import json
import socket

import httpx
import pytest

from tests.integration.http.server import GUILD, HttpServer, opened
from tests.integration.http.storage import FaultyStore
from tests.integration.http.test_transport import raw
from tests.integration.provoked.calls import posted
from tests.integration.provoked.recording import Answer, provokes, sent, stable
from tests.integration.provoked.shell import Shell
from twi_http import intake, shield
from twi_runtime.opening.lifecycle import Overrides

TAGS = f"/api/v1/guilds/{GUILD}/operations/links.tags"


async def written(server: HttpServer, request: str) -> Answer:
    """Write a request by hand, and return what was answered."""
    status, _, body = await raw(server, request.replace("\n", "\r\n").encode() + b"\r\n\r\n")
    shown = json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    return Answer("http", sent(request), stable(f"{status} {httpx.codes.get_reason_phrase(status)}\n{shown}"))


@provokes("http.bad_request")
async def bad_request() -> Answer:
    """Leave out what HTTP wants."""
    async with opened() as server:
        return await written(server, "GET / HTTP/1.1")


@provokes("http.no_route")
async def no_route() -> Answer:
    """Misspell a path."""
    async with opened() as server:
        return await written(server, "GET /api/v2/operations HTTP/1.1\nHost: 127.0.0.1")


@provokes("http.wrong_method")
async def wrong_method() -> Answer:
    """Read what is to be called."""
    async with opened() as server:
        return await written(server, f"GET {TAGS} HTTP/1.1\nHost: 127.0.0.1")


@provokes("http.wrong_media_type")
async def wrong_media_type() -> Answer:
    """Send a form."""
    async with opened() as server:
        request = f"POST {TAGS} HTTP/1.1\nHost: 127.0.0.1\nAuthorization: Bearer TOKEN\nContent-Length: 2"
        request += "\nContent-Type: application/x-www-form-urlencoded"
        answer = await written(server, request.replace("TOKEN", await server.token()) + "\n\n{}")
        return Answer("http", request, answer.answered)


@provokes("http.too_slow")
async def too_slow(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Announce a body and send none; the patience is cut to what rounds to a second."""
    monkeypatch.setattr(intake, "BODY_SECONDS", 0.6)
    async with opened() as server:
        request = f"POST {TAGS} HTTP/1.1\nHost: 127.0.0.1\nAuthorization: Bearer TOKEN\nContent-Length: 30"
        request += "\nContent-Type: application/json"
        answer = await written(server, request.replace("TOKEN", await server.token()))
        return Answer("http", request, answer.answered)


@provokes("http.busy")
async def busy(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Call while as many calls as are answered at once, here one, wait for the storage."""
    monkeypatch.setattr(shield, "REQUESTS", 1)
    store = FaultyStore()
    async with opened(Overrides(storage=store)) as server:
        token = await server.token()
        store.gate = asyncio.Event()
        waiting = asyncio.create_task(server.call("links.tags", {}, token=token))
        await asyncio.wait_for(store.entered.wait(), 10)
        answer = await posted(server, token, TAGS, "{}")
        store.gate.set()
        assert (await waiting).status_code == 200
        return answer


@provokes("http.cannot_listen")
def cannot_listen(shell: Shell) -> Answer:
    """Ask for a port where something listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return shell.refused("twi http", TWI_STORAGE="memory", TWI_HTTP_PORT=str(taken.getsockname()[1]))
