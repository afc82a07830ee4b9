"""What the fake saw: REST requests, identifies, resumes, and a way to wait for them."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

Json: TypeAlias = dict[str, Any]
"""An object of Discord's API: its shapes are Discord's, and tests look into them by key."""

_Found = TypeVar("_Found")
_DISCORD_EPOCH_MS = 1_420_070_400_000
_LOOK_EVERY = 0.02


@dataclass(slots=True, eq=False)
class Request:
    """One REST request.

    Attributes:
        method: In capitals.
        path: Without the `/api/v10` in front.
        query: The query string, decoded.
        json: The body, or the `payload_json` part of a form; None when there was none.
        files: Uploaded files by name.
        headers: As sent, names in lower case; the token stays out of the repr.
        at: Seconds on the monotonic clock, at arrival.
        status: What was answered; None while unanswered, 0 when the connection was dropped instead.
    """

    method: str
    path: str
    query: Mapping[str, str]
    json: Any
    files: Mapping[str, bytes]
    headers: Mapping[str, str] = field(repr=False)
    at: float = field(repr=False)
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Identify:
    """One IDENTIFY (op 2): intents as Discord's bit field."""

    token: str = field(repr=False)
    intents: int
    at: float


@dataclass(frozen=True, slots=True)
class Resume:
    """One RESUME (op 6): the last event that the client had, and how many were replayed.

    `replayed` is None when the session was not resumable, so that the client had to identify again.
    """

    seq: int
    replayed: int | None
    at: float


class Bell:
    """A bell that wakes those who wait for a condition, whenever something changed."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def ring(self) -> None:
        """Make every waiter look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, look: Callable[[], _Found | None], deadline: float, missing: Callable[[], str]) -> _Found:
        """Return what `look` finds (anything but None), looking at each ring and every 20 ms.

        Raises:
            AssertionError: Nothing was found within `deadline` seconds; says `missing()`.
        """
        try:
            async with asyncio.timeout(deadline):
                while (found := look()) is None:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(_LOOK_EVERY):
                            await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"{missing()} (waited {deadline:g} s)") from None
        return found


class Snowflakes:
    """Ids as Discord makes them: milliseconds since 2015 above a counter."""

    def __init__(self) -> None:
        self._counter = itertools.count(1)

    def next(self, *, age: float = 0.0) -> str:
        """Return a new id that says it was made `age` seconds ago."""
        milliseconds = int((time.time() - age) * 1000) - _DISCORD_EPOCH_MS
        return str(milliseconds << 22 | next(self._counter) & 0x3FFFFF)
