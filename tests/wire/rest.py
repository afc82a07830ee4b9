"""The REST half of the fake: records every request, lets some fail, answers the rest from `Routes`."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Final

from aiohttp import BodyPartReader, web

from tests.waiting import PATIENCE
from tests.wire.faults import Answer, Fault, Hold, matches, rate_limited, refusal
from tests.wire.records import Bell, Json, Request
from tests.wire.routes import Routes
from tests.wire.world import World

API_PREFIX: Final = "/api/v10"
_BY_TOKEN_IN_PATH: Final = ("/interactions/", "/webhooks/")


class Rest:
    """As much of Discord's REST API v10 as our bots use.

    Attributes:
        requests: Every request in order of arrival, those that failed too.
        routes: What the API has received: messages, answered interactions.
    """

    def __init__(self, world: World, bell: Bell) -> None:
        self.requests: list[Request] = []
        self.routes = Routes(world)
        self._world = world
        self._gateway_url = ""
        self._bell = bell
        self._faults: list[Fault] = []
        self._holds: list[Hold] = []
        self._claimed: set[Request] = set()
        self._refusing_login = False

    def refuse_login(self, refuse: bool = True) -> None:
        """Answer every request that carries the bot's token with 401, as for a reset token."""
        self._refusing_login = refuse

    def fail_next(
        self,
        method: str,
        pattern: str,
        *,
        status: int,
        times: int = 1,
        retry_after: float | None = None,
        everywhere: bool = False,
        headers: Mapping[str, str] | None = None,
        body: Json | None = None,
        applied: bool = False,
    ) -> None:
        """Answer the next `times` matching requests with an error.

        Args:
            method: `"GET"`, ...; `"*"` is any.
            pattern: Shell-style, of the path behind `/api/v10`: `"/interactions/*/callback"`.
            status: 429, 500, 502, 503, 403, ...
            times: How many requests fail.
            retry_after: Seconds, sent as `Retry-After`; a 429 has 1 if not set.
            everywhere: Whether a 429 is Discord's global one.
            headers: Further headers.
            body: The JSON in place of Discord's usual `code` and `message`.
            applied: Let the request take effect first, so that only its answer is lost.
        """
        more = dict(headers or {})
        if status == 429:
            limit_body, limit_headers = rate_limited(retry_after or 1.0, everywhere=everywhere)
            body, more = body or limit_body, limit_headers | more
        elif retry_after is not None:
            more.setdefault("Retry-After", f"{retry_after:g}")
        self._faults.append(Fault(method, pattern, times, status, body, more, applied))

    def drop_next(self, method: str, pattern: str, *, times: int = 1, applied: bool = False) -> None:
        """Drop the connection of the next `times` matching requests instead of answering.

        aiohttp itself sends a GET, PUT or DELETE again, once, when a reused connection breaks.
        """
        self._faults.append(Fault(method, pattern, times, None, applied=applied))

    def hold(self, method: str, pattern: str) -> Hold:
        """Keep the answers of matching requests back until `release()` of what is returned."""
        hold = Hold(method, pattern)
        self._holds.append(hold)
        return hold

    async def wait_for_request(
        self, method: str, pattern: str, *, deadline: float = PATIENCE, answered: bool = True
    ) -> Request:
        """Return the oldest matching request that no earlier call has returned.

        Args:
            method: `"GET"`, ...; `"*"` is any.
            pattern: Shell-style, of the path behind `/api/v10`.
            deadline: Seconds to wait for it.
            answered: Wait until it is answered too; not so for a held one.

        Raises:
            AssertionError: None came in time; names what came instead.
        """

        def look() -> Request | None:
            for request in self.sent(method, pattern):
                if request not in self._claimed and not (answered and request.status is None):
                    self._claimed.add(request)
                    return request
            return None

        def missing() -> str:
            came = ", ".join(f"{entry.method} {entry.path} {entry.status}" for entry in self.requests[-10:])
            return f"no {method} {pattern}; the last requests were: {came or 'none'}"

        return await self._bell.until(look, deadline, missing)

    def sent(self, method: str, pattern: str) -> list[Request]:
        """Return all matching requests so far."""
        return [entry for entry in self.requests if matches(method, pattern, entry.method, entry.path)]

    def answers_to(self, interaction: Json) -> list[Request]:
        """Return the requests made for an interaction: callbacks, edits and follow-ups, in order."""
        token = str(interaction["token"])
        return [entry for entry in self.requests if token in entry.path.split("/")]

    async def _serve_rest(self, request: web.Request) -> web.StreamResponse:
        record = await _recorded(request)
        self.requests.append(record)
        self._bell.ring()
        try:
            fault = self._next_fault(record)
            answer = self._answer(record) if fault is None or fault.applied else Answer(204)
            for hold in self._holds:
                await hold.pass_through(record.method, record.path)
            if fault is None:
                return self._respond(record, answer, {})
            if fault.status is None:
                record.status = 0
                if request.transport is not None:
                    request.transport.abort()
                return web.Response()
            body = fault.body or {"code": 0, "message": f"{fault.status}: made by the test"}
            return self._respond(record, Answer(fault.status, body), fault.headers)
        finally:
            self._bell.ring()

    def _respond(self, record: Request, answer: Answer, headers: Mapping[str, str]) -> web.Response:
        record.status = answer.status
        if answer.status == 204:
            return web.Response(status=204, headers=headers)
        # Encoded here: aiohttp would add a charset to the content type, and discord.py compares the whole of it.
        body = json.dumps(answer.body).encode()
        return web.Response(status=answer.status, body=body, content_type="application/json", headers=headers)

    def _next_fault(self, record: Request) -> Fault | None:
        for fault in self._faults:
            if fault.times > 0 and fault.matches(record.method, record.path):
                fault.times -= 1
                return fault
        return None

    def _answer(self, record: Request) -> Answer:
        by_header = not record.path.startswith(_BY_TOKEN_IN_PATH)
        if by_header and (self._refusing_login or record.headers.get("authorization") != f"Bot {self._world.token}"):
            return refusal(401, 0, "401: Unauthorized")
        if record.path in ("/gateway", "/gateway/bot"):
            limits = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
            return Answer(200, {"url": self._gateway_url, "shards": 1, "session_start_limit": limits})
        return self.routes.answer(record)

    def _release_holds(self) -> None:
        for hold in self._holds:
            hold.release()


async def _recorded(request: web.Request) -> Request:
    body, files = await _body(request)
    return Request(
        method=request.method,
        path=request.path.removeprefix(API_PREFIX),
        query=dict(request.query),
        json=body,
        files=files,
        headers={name.lower(): value for name, value in request.headers.items()},
        at=time.monotonic(),
    )


async def _body(request: web.Request) -> tuple[object, dict[str, bytes]]:
    if not request.content_type.startswith("multipart/"):
        raw = await request.read()
        return (json.loads(raw) if raw else None), {}
    body: object = None
    files: dict[str, bytes] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "payload_json":
            body = json.loads(await part.text())
        elif part.filename is not None:
            files[part.filename] = bytes(await part.read())
    return body, files
