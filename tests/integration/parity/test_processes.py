"""One PostgreSQL, and every entrypoint at once: the bot, an HTTP socket, and the command line as real processes."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest
import simcord

from tests.integration.discord.stage import Stage, populate
from tests.integration.http.server import bearer
from tests.integration.parity.entrypoints import PATIENCE
from tests.integration.parity.world import cast
from twi_discord.connection.bot import TwiBot
from twi_http.server import serve_http
from twi_memory.ports.sources import ManualClock
from twi_memory.storage.store import MemoryStore
from twi_runtime.configuration.settings import Settings, with_database
from twi_runtime.opening.lifecycle import open_runtime
from twi_runtime.process.exits import Exit

TWI: Final = (sys.executable, "-c", "from twi_cli.main import run; run()")
MAP: Final = "https://example.org/map"


@dataclass
class Entrypoints:
    """Every entrypoint to one database."""

    url: str
    stage: Stage
    client: httpx.AsyncClient

    async def shell(self, *words: str) -> tuple[int, Any]:
        """Run a command as a process; return its exit code, and the result or the error that it wrote as JSON."""
        bare = {name: value for name, value in os.environ.items() if not name.upper().startswith("TWI_")}
        process = await asyncio.create_subprocess_exec(
            *TWI, *words, "--output=json", env={**bare, "TWI_DATABASE_URL": self.url},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        assert bool(out) != bool(err)
        assert process.returncode is not None
        return process.returncode, json.loads(out or err)

    async def http(self, token: str, name: str, **body: Any) -> tuple[int, Any]:
        """Call an operation over HTTP."""
        path = f"/api/v1/guilds/{cast()[0]}/operations/{name}"
        answer = await self.client.post(path, json=body, headers=bearer(token))
        return answer.status_code, answer.json()


@asynccontextmanager
async def all_entrypoints(database: str) -> AsyncIterator[Entrypoints]:
    """Open the bot and the HTTP API on one database, whose URL the processes get too."""
    settings = with_database(Settings(http_port=0), database)
    async with open_runtime(settings) as runtime, serve_http(runtime) as (_, url):
        bot = TwiBot(runtime.app, runtime.drain)
        running = simcord.run(bot, settle_timeout=PATIENCE)
        guild, channel, people = populate(running._env)
        async with running as env, httpx.AsyncClient(base_url=url, timeout=PATIENCE * 6) as client:
            stage = Stage(env, bot, runtime.app, MemoryStore(), ManualClock(), guild, channel, people, runtime.drain)
            yield Entrypoints(database, stage, client)


@pytest.mark.asyncio
async def test_what_one_entrypoint_stores_all_others_see_and_refuse_alike(postgres_url: str) -> None:
    """A link that a process added is found by all entrypoints; a member who would delete it is refused by all alike."""
    async with all_entrypoints(postgres_url) as entrypoints:
        await go_round(entrypoints)


async def go_round(entrypoints: Entrypoints) -> None:
    """Add by process, look by all, be refused by all, edit over HTTP, rename in writing, delete by slash."""
    guild, people = cast()
    owner, member = f"--actor={people['owner']}", f"--actor={people['member']}"
    here = f"--guild={guild}"
    code, added = await entrypoints.shell("links", "add", "world map", MAP, here, owner, "--as=moderator")
    assert (code, added["added_by"]) == (Exit.OK, str(people["owner"]))
    tokens = {}
    for who in ("owner", "member"):
        code, issued = await entrypoints.shell("tokens", "create", who, str(people[who]), here)
        assert code == Exit.OK
        tokens[who] = issued["secret"]

    assert await entrypoints.shell("links", "get", "WORLD MAP", here, member) == (Exit.OK, added)
    assert await entrypoints.http(tokens["member"], "links.get", title="World  Map") == (200, added)
    for way in ("slash", "prefix"):
        assert MAP in (await entrypoints.stage.ask("member", way, "link get", title="world map")).text

    assert (
        "`permissions.denied`"
        in (await entrypoints.stage.ask("member", "slash", "link delete", title="world map")).text
    )
    assert (
        "`permissions.denied`"
        in (await entrypoints.stage.ask("member", "prefix", "link delete", title="world map")).text
    )
    code, error = await entrypoints.shell("links", "delete", "world map", here, member)
    assert (code, error["code"]) == (Exit.FORBIDDEN, "permissions.denied")
    status, problem = await entrypoints.http(tokens["member"], "links.delete", title="world map")
    assert (status, problem["code"]) == (403, "permissions.denied")
    assert problem["detail"] == error["message"]

    assert (await entrypoints.http(tokens["owner"], "links.edit", title="world map", tag="maps"))[0] == 200
    assert (
        "**atlas**"
        in (await entrypoints.stage.ask("owner", "prefix", "link rename", title="world map", new_title="atlas")).text
    )
    code, changed = await entrypoints.shell("links", "info", "atlas", here, member)
    assert (code, changed["tag"], changed["id"]) == (Exit.OK, "maps", added["id"])
    assert "Deleted **atlas**" in (await entrypoints.stage.ask("owner", "slash", "link delete", title="atlas")).text
    assert (await entrypoints.http(tokens["member"], "links.get", title="atlas"))[1]["code"] == "links.not_found"
    code, error = await entrypoints.shell("call", "links.get", '{"title": "atlas"}', here, member)
    assert (code, error["code"]) == (Exit.NOT_FOUND, "links.not_found")
