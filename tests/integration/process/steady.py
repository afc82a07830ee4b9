"""A client that adds one link after the other over HTTP and notes what became of each, whatever happens to the bot."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import Final

import httpx
import psycopg

from tests.integration.postgres_server import libpq
from tests.integration.process.stage import PATIENCE, Twi, started
from tests.wire import MOD

GUILDS: Final = range(700_000_000_000_000_000, 700_000_000_000_000_090)
"""The servers that links are added to in turns, so that no limit is met."""
PAUSE: Final = 0.01
"""Seconds between two requests."""


class Steady:
    """Add links until stopped; retry what failed for the moment, as the answer's hint says.

    Attributes:
        url: Where the API is; it may change.
        token: What is sent; it may change.
        stored: The links whose addition was answered, as server and title.
        failed: Answers and exceptions of the moment: codes, and names of exceptions.
        wrong: What was answered and should not have been.
    """

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token
        self.stored: list[tuple[int, str]] = []
        self.failed: list[str] = []
        self.wrong: list[str] = []
        self.stop = asyncio.Event()

    async def run(self) -> None:
        """Add them."""
        number = 0
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            while not self.stop.is_set() and not self.wrong:
                if await self._add(client, GUILDS[number % len(GUILDS)], f"link {number}"):
                    number += 1
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.stop.wait(), PAUSE)

    async def _add(self, client: httpx.AsyncClient, guild: int, title: str) -> bool:
        """Add one; return whether it is stored."""
        try:
            answer = await client.post(
                f"{self.url}/api/v1/guilds/{guild}/operations/links.add",
                headers={"Authorization": f"Bearer {self.token}"},
                json={"title": title, "content": "words"},
            )
        except httpx.TransportError as error:
            self.failed.append(type(error).__name__)
            return False
        if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            self.failed.append(answer.json()["code"])
            return False
        again = bool(self.failed) and answer.status_code == HTTPStatus.CONFLICT
        if answer.status_code != HTTPStatus.OK and not again:  # what was stored although its answer was lost is taken
            self.wrong.append(answer.text)
            return False
        self.stored.append((guild, title))
        return True

    async def goes_on(self, twi: Twi, *, more: int = 10) -> None:
        """Wait until so many more links are stored."""
        wanted = len(self.stored) + more
        await twi.until(lambda: len(self.stored) >= wanted or bool(self.wrong), "links", deadline=PATIENCE)
        assert self.wrong == []


@asynccontextmanager
async def steady(url: str, token: str) -> AsyncIterator[Steady]:
    """Add links for the length of the block."""
    caller = Steady(url, token)
    running = asyncio.create_task(caller.run())
    try:
        yield caller
    finally:
        caller.stop.set()
        await asyncio.wait_for(running, PATIENCE)


async def address(twi: Twi) -> str:
    """Wait until the HTTP API serves and return its address."""
    await twi.says(" started: ", deadline=PATIENCE)
    return next(word.rstrip(",") for word in twi.err.split() if word.startswith("http://"))


async def issued(name: str, environment: Mapping[str, str]) -> str:
    """Make a token of an operator, whom no limit slows, from the command line, and return its secret."""
    guilds = [f"--guild={guild}" for guild in GUILDS]
    given = ("tokens", "create", name, str(MOD), "--level=operator", *guilds, "--output=json")
    async with started(*given, environment=environment) as twi:
        assert await twi.ended() == 0, twi.tail
        secret: str = json.loads(twi.out)["secret"]
        return secret


def links(url: str) -> list[tuple[int, str]]:
    """Return the links of all servers that are in a database."""
    with psycopg.connect(libpq(url)) as connection:
        found = connection.execute("SELECT guild_id, title FROM twi.links").fetchall()
    return [(guild, title) for guild, title in found]
