"""What goes wrong with REST requests: error answers, dropped connections, answers held back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tests.wire.records import Json


@dataclass(slots=True, eq=False)
class Fault:
    """Something that happens to the next matching requests.

    Attributes:
        method: `"GET"`, ...; `"*"` is any.
        pattern: Shell-style pattern of the path behind `/api/v10`; `*` matches slashes too.
        times: How many requests it still befalls.
        status: The error answered; None drops the connection.
        body: The JSON answered; None makes Discord's usual one.
        headers: Added to the answer.
        applied: Whether the request takes effect before it fails (its answer is lost), or not.
    """

    method: str
    pattern: str
    times: int
    status: int | None
    body: Json | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    applied: bool = False

    def matches(self, method: str, path: str) -> bool:
        """Return whether a request is meant."""
        return matches(self.method, self.pattern, method, path)


@dataclass(slots=True, eq=False)
class Hold:
    """A hold on the answers of matching requests, until it is released.

    The request has taken effect when it is held, and is among `requests` with `status` None.
    """

    method: str
    pattern: str
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Release the held answers, and hold no more."""
        self._released.set()

    async def pass_through(self, method: str, path: str) -> None:
        """Wait here if the request is one to be held."""
        if matches(self.method, self.pattern, method, path):
            await self._released.wait()


def matches(wanted_method: str, pattern: str, method: str, path: str) -> bool:
    """Return whether a request has the method (or any, `"*"`) and a path of the pattern."""
    return wanted_method in ("*", method) and fnmatchcase(path, pattern)


def rate_limited(retry_after: float, *, everywhere: bool) -> tuple[Json, dict[str, str]]:
    """Return the body and headers of Discord's 429; without `Via` discord.py takes it for a ban."""
    body: Json = {"message": "You are being rate limited.", "retry_after": retry_after, "global": everywhere}
    headers = {"Retry-After": f"{retry_after:g}", "Via": "1.1 google"}
    return body, headers | ({"X-RateLimit-Global": "true"} if everywhere else {})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answers."""

    status: int
    body: Any = None


def refusal(status: int, code: int, message: str) -> Answer:
    """Return an error as Discord words it."""
    return Answer(status, {"code": code, "message": message})
