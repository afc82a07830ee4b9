"""Refusals of every kind, and of every address, are problems with a registered code."""

import json
from typing import Final

import httpx
import pytest

from tests.integration.http.server import GUILD, HttpServer, bearer, opened
from tests.integration.http.storage import FaultyStore
from twi_core.kernel.errors import registered_errors
from twi_core.kernel.faults import Conflict, CorruptData, TimedOut, Unavailable
from twi_http.shield import HEADERS
from twi_runtime.opening.lifecycle import Overrides

SECRET: Final = "postgresql://bot:hunter2@db/twi"

FIELDS: Final = {"type", "title", "status", "detail", "hint", "code", "reference", "params"}

FAULTS: Final = (
    (Unavailable(SECRET), 503, "storage.unavailable"),
    (TimedOut(SECRET), 504, "storage.timed_out"),
    (Conflict(SECRET), 409, "storage.conflict"),
    (CorruptData(SECRET), 500, "internal.unexpected"),
    (RuntimeError(SECRET), 500, "internal.unexpected"),
)


def check_problem(answer: httpx.Response, status: int, code: str) -> None:
    """Check that a response has what every refusal promises."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert (answer.status_code, body["code"], body["status"]) == (status, code, status), answer.text
    assert set(body) == FIELDS
    assert code in registered_errors()
    assert body["type"] == f"/docs/errors/{code}"
    assert body["detail"]
    assert body["hint"]
    assert body["reference"] == answer.headers["x-request-id"]
    check_headers(answer)
    for leaked in ("Traceback", "/src/", "site-packages", "hunter2", ".py"):
        assert leaked not in answer.text


def check_headers(answer: httpx.Response) -> None:
    """Check that a response has the headers that all of them carry."""
    for name, value in HEADERS.items():
        assert answer.headers.get_list(name) == [value], (answer.url, name)
    assert "server" not in answer.headers
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.asyncio
async def test_outages_and_bugs_have_their_codes_wherever_they_strike() -> None:
    """A storage that fails, in the call or while the token is read, is reported by code, and nothing of it leaks."""
    store = FaultyStore()
    async with opened(Overrides(storage=store)) as entrypoint:
        token = await entrypoint.token("moderator")
        for store.calls_only in (True, False):
            for fault, status, code in FAULTS:
                store.fault = fault
                answer = await entrypoint.call("links.add", {"title": "a", "content": "b"}, token=token)
                expected = (
                    (503, "storage.unavailable") if isinstance(fault, Conflict) and not store.calls_only else None
                )
                check_problem(answer, *(expected or (status, code)))
                assert ("retry-after" in answer.headers) == (answer.status_code == 503)
        store.fault = None
        assert (await entrypoint.call("links.add", {"title": "a", "content": "b"}, token=token)).status_code == 200


@pytest.mark.asyncio
async def test_a_call_too_many_is_answered_with_when_to_come_back(entrypoint: HttpServer) -> None:
    """The limit of the policy holds per caller and guild, and Retry-After says when it ends."""
    token = await entrypoint.token("moderator")
    codes = [
        (await entrypoint.call("links.add", {"title": str(number), "content": "b"}, token=token)).status_code
        for number in range(10)
    ]
    assert codes == [200] * 10
    answer = await entrypoint.call("links.add", {"title": "more", "content": "b"}, token=token)
    check_problem(answer, 429, "limits.limited")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    spoofed = {"X-Forwarded-For": "10.0.0.1", "Forwarded": "for=10.0.0.1", "X-Real-IP": "10.0.0.1"}
    again = await entrypoint.client.post(
        f"/api/v1/guilds/{GUILD}/operations/links.add",
        headers={**bearer(token), **spoofed},
        json={"title": "more", "content": "b"},
    )
    check_problem(again, 429, "limits.limited")


@pytest.mark.asyncio
async def test_every_address_carries_the_headers_and_refuses_other_methods(entrypoint: HttpServer) -> None:
    """On each route, whatever the method or the answer: the security headers, and 405 with Allow for other methods."""
    token = await entrypoint.token("administrator")
    document = (await entrypoint.client.get("/openapi.json")).json()
    pages = (
        *("/openapi.json", "/docs", "/docs/docs.css", "/docs/docs.js", "/docs/icon.svg", "/"),
        *("/docs/links", "/docs/errors", "/docs/errors/links.not_found"),
    )
    routes = {path.replace("{guild}", str(GUILD)): set(found) for path, found in document["paths"].items()}
    routes |= {page: {"get"} for page in pages}
    for path, methods in routes.items():
        for method in ("get", "post", "put", "patch", "delete", "trace", "options"):
            answer = await entrypoint.client.request(method, path, headers=bearer(token))
            check_headers(answer)
            if method == "options":
                assert answer.status_code == 204
            elif method in methods:
                assert answer.status_code != 405
            else:
                check_problem(answer, 405, "http.wrong_method")
                assert {name.lower() for name in answer.headers["allow"].split(", ")} - {"options"} == methods


@pytest.mark.asyncio
async def test_a_head_request_is_answered_like_get_without_a_body(entrypoint: HttpServer) -> None:
    """Monitors that ask with HEAD see whether the bot is ready."""
    answer = await entrypoint.client.head("/health/ready")
    assert (answer.status_code, answer.content) == (200, b"")
    check_headers(answer)


@pytest.mark.asyncio
async def test_addresses_that_are_none_are_problems(entrypoint: HttpServer) -> None:
    """Misspelt paths, climbing paths and doubly encoded ones lead nowhere."""
    paths = (
        "/nowhere", "/api", "/api/v1", "/api/v2/operations", "/docs/../../etc/passwd", "/docs/%2e%2e/x",
        "/docs/%252e%252e/x", "/docs/app.py", "/docs/tokens", "/static/docs.css", "/%00", "/%ff", "/docs/errors/x",
        "/favicon.ico", "/docs/errors/links.not_found/x", "/docs/errors/%00", "/docs/errors/links.not_found%2f..",
    )  # fmt: skip
    for path in paths:
        check_problem(await entrypoint.client.get(path), 404, "http.no_route")


@pytest.mark.asyncio
async def test_the_api_takes_no_query(entrypoint: HttpServer) -> None:
    """A query is refused, so that nothing is said twice or in two places; it names the parameter."""
    headers = bearer(await entrypoint.token())
    for query in ("title=a", "id=1&id=2", "%40everyone=1", "a"):
        url = f"/api/v1/guilds/{GUILD}/operations/links.get?{query}"
        answer = await entrypoint.client.post(url, headers=headers, json={"title": "a"})
        check_problem(answer, 422, "input.unknown_field")
        check_problem(
            await entrypoint.client.get(f"/api/v1/operations?{query}", headers=headers), 422, "input.unknown_field"
        )


@pytest.mark.asyncio
async def test_only_plain_json_is_read(entrypoint: HttpServer) -> None:
    """A body of another type, charset or encoding is not guessed at; a browser's form cannot call."""
    token = await entrypoint.token()
    url = f"/api/v1/guilds/{GUILD}/operations/links.tags"
    for content_type in (
        "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp",
        "application/json; charset=latin-1", "application/json; charset=utf-16", "application/xml", "",
    ):  # fmt: skip
        answer = await entrypoint.client.post(
            url, headers={**bearer(token), "Content-Type": content_type}, content=b"{}"
        )
        check_problem(answer, 415, "http.wrong_media_type")
    check_problem(await entrypoint.client.post(url, headers=bearer(token), content=b"{}"), 415, "http.wrong_media_type")
    packed = {**bearer(token), "Content-Type": "application/json", "Content-Encoding": "gzip"}
    check_problem(await entrypoint.client.post(url, headers=packed, content=b"{}"), 415, "http.wrong_media_type")
    for content_type in ("application/json", "Application/JSON; charset=UTF-8"):
        answer = await entrypoint.client.post(
            url, headers={**bearer(token), "Content-Type": content_type}, content=b"{}"
        )
        assert answer.status_code == 200


@pytest.mark.asyncio
async def test_a_hint_repeats_what_was_sent() -> None:
    """Only what is missing or wrong is replaced by an example, so that the request does what was meant."""
    async with opened() as entrypoint:
        token = await entrypoint.token("moderator")
        path = f"/api/v1/guilds/{GUILD}/operations/links.edit"
        given = {"title": "my map", "tag": 1, "preview": True}
        answer = await entrypoint.client.post(path, headers=bearer(token), json=given)
        sent = json.loads(answer.json()["hint"].partition(f"{path} ")[2])
        assert sent == {"title": "my map", "tag": "maps", "preview": True}
