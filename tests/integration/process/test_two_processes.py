"""Several processes on one embedded database, and a database that goes away under a process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from tests.integration.process.database import servers
from tests.integration.process.stage import PATIENCE, Twi, ask, online, pointed_at, started
from tests.wire import ALICE, GUILD, FakeDiscord
from twi_embedded.server import EmbeddedPostgres

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHERE = f"--guild={GUILD}"


async def _call(environment: Mapping[str, str], name: str, parameters: Mapping[str, object]) -> Mapping[str, object]:
    """Run `twi call` to its end and return its result."""
    raw = json.dumps(parameters)
    async with started("call", name, raw, WHERE, "--output=json", environment=environment) as twi:
        assert await twi.ended() == 0, twi.tail
        assert twi.err == ""
        result: Mapping[str, object] = json.loads(twi.out)
        return result


async def _url(twi: Twi) -> str:
    """Wait until the HTTP API serves, and return its address."""
    await twi.says(" started: ")
    return next(word.rstrip(",") for word in twi.err.split() if word.startswith("http://"))


async def test_two_commands_at_once_share_the_database(folder: Path) -> None:
    """Two processes that start at the same moment both add their link, and a third one finds both."""
    environment = {"TWI_DATA_DIR": str(folder)}
    titles = ("from one", "from the other")
    made = await asyncio.gather(
        *(_call(environment, "links.add", {"title": t, "content": "words", "tag": "at once"}) for t in titles)
    )
    assert servers(folder) == [], "the last one stops the server"
    found = await _call(environment, "links.list", {"tag": "at once"})
    assert found["items"] == list(made)


async def test_a_command_works_beside_both_entrypoints(discord: FakeDiscord, folder: Path) -> None:
    """`twi run` serves Discord and HTTP from one process, sees at once what `twi call` adds, and ends with 0."""
    environment = {**pointed_at(discord, folder), "TWI_DATA_DIR": str(folder), "TWI_HTTP_PORT": "0"}
    async with online(discord, "run", environment=environment) as twi:
        url = await _url(twi)
        _, token = await asyncio.gather(
            _call(environment, "links.add", {"title": "from outside", "content": "words"}),
            _call(environment, "tokens.create", {"name": "test", "actor": str(ALICE), "guilds": [str(GUILD)]}),
        )
        assert (await ask(discord, twi, "link get", {"title": "from outside"}, by=ALICE)).startswith("**from outside**")
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
            answer = await client.post(
                f"/api/v1/guilds/{GUILD}/operations/links.get",
                json={"title": "from outside"},
                headers={"Authorization": f"Bearer {token['secret']}"},
            )
            assert answer.status_code == 200, answer.text
            assert answer.json()["content"] == "words"
        assert servers(folder), "the command has not stopped the server"
        await twi.stopped()
    assert servers(folder) == []
    assert str(token["secret"]) not in twi.err
    assert discord.closed_by_client[-1:] == [1000]


async def test_readiness_follows_the_database(folder: Path) -> None:
    """`/health/ready` is 503 while the database is gone and 200 once it is back; `/health/live` is 200 throughout."""
    environment = {"TWI_DATA_DIR": str(folder), "TWI_HTTP_PORT": "0"}
    async with started("http", environment=environment) as twi:
        async with httpx.AsyncClient(base_url=await _url(twi), timeout=PATIENCE) as client:
            assert (await client.get("/health/ready")).status_code == 200
            (server,) = servers(folder)
            os.kill(server, signal.SIGINT)
            await twi.until(lambda: servers(folder) == [], "end of the server")
            gone = await client.get("/health/ready")
            assert gone.status_code == 503
            assert gone.json()["code"] == "storage.unavailable", gone.text
            assert (await client.get("/health/live")).status_code == 200
            with EmbeddedPostgres(folder, durability=False):
                assert (await client.get("/health/ready")).status_code == 200
        await twi.stopped()
    assert servers(folder) == []
