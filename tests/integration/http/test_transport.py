"""What is not sound HTTP, comes too slowly, or is too large; and how the entrypoint closes."""

import asyncio
import json
import os
import socket
import sys
import time

import httpx
import pytest

from tests.integration.http.server import GUILD, HttpServer, bearer, opened, settings
from tests.integration.http.storage import FaultyStore
from tests.integration.http.test_problems import check_problem
from tests.waiting import PATIENCE
from twi_core.kernel.commands import JSON_LIMIT
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.wording import PLAIN
from twi_http import intake, protocol, shield
from twi_http.server import listen, serve_http
from twi_http.shield import HEAD_LIMIT, HEADERS
from twi_runtime.opening.lifecycle import Overrides, open_runtime
from twi_runtime.process.servers import FatalServerError

PATH = f"/api/v1/guilds/{GUILD}/operations/links.add"
BODY = b'{"title": "a", "content": "b"}'


async def raw(entrypoint: HttpServer, sent: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send bytes and read one response, until the server hangs up or is silent for a while."""
    url = httpx.URL(entrypoint.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    try:
        writer.write(sent)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:-2])}
        if "content-length" in headers:
            body = await asyncio.wait_for(reader.readexactly(int(headers["content-length"])), PATIENCE)
        else:
            body = await asyncio.wait_for(reader.read(), PATIENCE)
        return int(lines[0].split()[1]), headers, body
    finally:
        writer.close()


def request(token: str, *headers: str, body: bytes = b"", method: str = "POST") -> bytes:
    """Write a request by hand."""
    lines = [f"{method} {PATH} HTTP/1.1", "Host: x", f"Authorization: Bearer {token}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@pytest.mark.asyncio
async def test_what_is_no_http_is_a_problem_too(entrypoint: HttpServer) -> None:
    """Garbage, heads of 100 kB, forged framing and split headers are refused with the headers of every response."""
    token = await entrypoint.token("moderator")
    attempts = (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        request(token, "X-Long: " + "x" * 100_000),
        request(token, *(f"X-{number}: {number}" for number in range(2_000))),
        request(token, "Content-Length: 5", "Content-Length: 6"),
        request(token, "Content-Length: -1"),
        request(token, "Content-Length: 1e3"),
        request(token, "Transfer-Encoding: gzip, chunked"),
        request(token, "Bad Name: x"),
        request(token, "X: a\x00b"),
    )
    for sent in attempts:
        status, headers, body = await raw(entrypoint, sent)
        assert json.loads(body)["code"] == "http.bad_request", sent[-60:]
        assert status == 400 or (status == 431 and len(sent) > HEAD_LIMIT)
        assert headers["content-type"] == "application/problem+json"
        assert HEADERS.items() <= {name: headers.get(name.lower()) for name in HEADERS}.items()


@pytest.mark.asyncio
async def test_one_request_cannot_hide_another(entrypoint: HttpServer) -> None:
    """With Content-Length and chunks at once, what follows the body is never taken for a second request."""
    token = await entrypoint.token("moderator")
    hidden = request(token, f"Content-Length: {len(BODY)}", "Content-Type: application/json", body=BODY)
    sent = request(token, "Content-Length: 3", "Transfer-Encoding: chunked", body=b"0\r\n\r\n" + hidden)
    status, _, _ = await raw(entrypoint, sent)
    assert status in {400, 415}
    listed = await entrypoint.call("links.get", {"title": "a"}, token=token)
    assert listed.status_code in {200, 404}


@pytest.mark.asyncio
async def test_a_body_is_read_no_further_than_its_limit(entrypoint: HttpServer) -> None:
    """A body over 64 KiB is refused as it is announced, or as soon as its chunks pass the limit."""
    token = await entrypoint.token("moderator")
    headers = {**bearer(token), "Content-Type": "application/json"}

    fits = b'{"title": "a", "content": "b"' + b" " * (JSON_LIMIT - 30) + b"}"
    assert len(fits) == JSON_LIMIT
    assert (await entrypoint.client.post(PATH, headers=headers, content=fits)).status_code == 200
    check_problem(await entrypoint.client.post(PATH, headers=headers, content=fits + b" "), 413, "input.too_long")
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    sent = request(token, "Transfer-Encoding: chunked", "Content-Type: application/json", body=chunk * 2)
    status, _, body = await raw(entrypoint, sent)  # the last chunk never comes
    assert (status, json.loads(body)["code"]) == (413, "input.too_long")
    status, _, body = await raw(entrypoint, request(token, "Content-Length: 99999999999999999999"))
    assert (status, json.loads(body)["code"]) == (413, "input.too_long")


@pytest.mark.asyncio
async def test_a_body_that_does_not_come_is_given_up(entrypoint: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that begins a request and stops is refused, and holds no connection."""
    monkeypatch.setattr(intake, "BODY_SECONDS", 0.1)
    token = await entrypoint.token("moderator")
    status, headers, body = await raw(
        entrypoint, request(token, "Content-Length: 30", "Content-Type: application/json")
    )
    assert (status, json.loads(body)["code"], headers["connection"]) == (408, "http.too_slow", "close")


@pytest.mark.asyncio
async def test_a_head_that_does_not_come_is_given_up(entrypoint: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that sends nothing, or a head byte by byte, is closed; one that was served may come again."""
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    url = httpx.URL(entrypoint.url)
    whole = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    for first in (b"", whole):
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(first)
        assert not first or b"live" in await asyncio.wait_for(reader.readuntil(b"}"), PATIENCE)
        writer.write(whole[:20])
        assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        writer.close()
    for _ in range(3):
        assert (await entrypoint.client.get("/health/live")).status_code == 200
    reader, writer = await asyncio.open_connection(url.host, url.port)
    started = asyncio.get_running_loop().time()
    reading = asyncio.create_task(reader.read())
    while not reading.done():
        assert asyncio.get_running_loop().time() - started < PATIENCE
        writer.write(b"x")
        await asyncio.wait([reading], timeout=0.05)
    writer.close()


@pytest.mark.asyncio
async def test_too_many_requests_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is over the number that is served at once gets a problem and comes through later."""
    monkeypatch.setattr(shield, "REQUESTS", 2)
    store = FaultyStore()
    async with opened(Overrides(storage=store)) as entrypoint:
        token = await entrypoint.token()
        store.gate = asyncio.Event()
        calls = [asyncio.create_task(entrypoint.call("links.suggest", {}, token=token)) for _ in range(5)]
        waiting = set(calls)
        while len(waiting) > 2:
            _, waiting = await asyncio.wait(waiting, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        for call in set(calls) - waiting:
            check_problem(call.result(), 503, "http.busy")
        store.gate.set()
        assert [(await call).status_code for call in waiting] == [200, 200]


@pytest.mark.asyncio
async def test_a_caller_who_leaves_breaks_nothing(entrypoint: HttpServer) -> None:
    """A connection cut within its body stores nothing, and the next request is served."""
    token = await entrypoint.token("moderator")
    url = httpx.URL(entrypoint.url)
    for _ in range(5):
        _, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(request(token, "Content-Length: 30", "Content-Type: application/json", body=BODY[:10]))
        await writer.drain()
        writer.transport.abort()
    assert (await entrypoint.call("links.get", {"title": "a"}, token=token)).status_code == 404


@pytest.mark.asyncio
async def test_health_distinguishes_alive_from_ready() -> None:
    """Without its storage the process lives and is not ready, within a second or two also where the storage hangs."""
    store = FaultyStore()
    store.calls_only = False
    async with opened(Overrides(storage=store)) as entrypoint:
        assert (await entrypoint.client.get("/health/ready")).json() == {"status": "ready"}
        store.fault = ConnectionError("hunter2")
        check_problem(await entrypoint.client.get("/health/ready"), 500, "internal.unexpected")
        store.fault = Unavailable("hunter2")
        check_problem(await entrypoint.client.get("/health/ready"), 503, "storage.unavailable")
        store.fault = None
        store.gate = asyncio.Event()
        started = time.monotonic()
        check_problem(await entrypoint.client.get("/health/ready"), 503, "storage.timed_out")
        assert time.monotonic() - started < 3
        assert (await entrypoint.client.get("/health/live")).json() == {"status": "live"}
        store.gate = None
        assert (await entrypoint.client.get("/health/ready")).status_code == 200


@pytest.mark.asyncio
async def test_draining_answers_who_is_in_and_refuses_who_comes() -> None:
    """While the process stops, a running call is answered, a new one is refused for now, and it is not ready."""
    store = FaultyStore()
    async with opened(Overrides(storage=store)) as entrypoint:
        token = await entrypoint.token("moderator")
        store.gate = asyncio.Event()
        running = asyncio.create_task(entrypoint.call("links.add", {"title": "a", "content": "b"}, token=token))
        await asyncio.wait_for(store.entered.wait(), PATIENCE)
        closing = asyncio.create_task(entrypoint.runtime.drain.close(10))
        blocked = await until_refused(entrypoint, token)
        check_problem(blocked, 503, "runtime.stopping")
        assert blocked.headers["retry-after"]
        check_problem(await entrypoint.client.get("/health/ready"), 503, "runtime.stopping")
        assert (await entrypoint.client.get("/health/live")).status_code == 200
        assert not closing.done()
        store.gate.set()
        assert (await running).status_code == 200
        assert await closing


async def until_refused(entrypoint: HttpServer, token: str) -> httpx.Response:
    """Call until the drain has begun."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = await entrypoint.client.get("/api/v1/operations", headers=bearer(token))
            if answer.status_code != 200:
                return answer


@pytest.mark.asyncio
async def test_a_taken_port_is_one_clear_error(entrypoint: HttpServer) -> None:
    """The entrypoint names the address, and what to set, where it cannot listen."""
    port = httpx.URL(entrypoint.url).port
    async with open_runtime(settings().model_copy(update={"http_port": port})) as runtime:
        with pytest.raises(FatalServerError) as caught:
            async with serve_http(runtime):
                pass
    error = caught.value.error
    assert error.code == "http.cannot_listen"
    assert str(port) in error.message(PLAIN)
    assert "TWI_HTTP_PORT" in error.hint(PLAIN)
    with pytest.raises(FatalServerError):
        listen("no.such.host.invalid", 0)


def test_answers_are_not_held_back() -> None:
    """The socket is plainly a TCP one: asyncio then sends small writes at once, not 40 ms later."""
    with listen("127.0.0.1", 0) as bound:
        assert bound.proto == socket.IPPROTO_TCP


@pytest.mark.asyncio
async def test_the_door_closes_with_idle_connections_open() -> None:
    """Leaving the entrypoint ends it at once although a client keeps its connection, and the port is free again."""
    async with open_runtime(settings()) as runtime:
        async with serve_http(runtime) as (died, url):
            client = httpx.AsyncClient(base_url=url)
            assert (await client.get("/health/live")).status_code == 200
            assert not died.done()
            started = time.monotonic()
        assert time.monotonic() - started < 3
        with pytest.raises(httpx.ConnectError):
            await client.get("/health/live")
        await client.aclose()


@pytest.mark.asyncio
async def test_the_process_prints_its_address_and_ends_cleanly_on_sigterm() -> None:
    """The entrypoint as a separate process: the printed URL works, and SIGTERM ends it with 0."""
    code = (
        "import sys; from twi_http.server import http_server; from twi_runtime.process.servers import run_servers;"
        "from twi_runtime.configuration.settings import load_settings;"
        "sys.exit(run_servers([http_server()], load_settings()))"
    )
    environment = {"TWI_STORAGE": "memory", "TWI_HTTP_PORT": "0", "PATH": os.environ["PATH"]}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, env=environment, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    said = ""
    while "HTTP API on" not in said:
        line = await asyncio.wait_for(process.stderr.readline(), PATIENCE)
        assert line, said
        said += line.decode()
    url = said.partition("HTTP API on ")[2].partition(",")[0]
    async with httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/health/ready")).status_code == 200
        assert (await client.get("/api/v1/operations")).status_code == 401
        process.terminate()
        rest = await asyncio.wait_for(process.stderr.read(), PATIENCE)
    assert await process.wait() == 0, said + rest.decode()
    assert "Traceback" not in said + rest.decode()
