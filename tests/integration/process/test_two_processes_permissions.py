"""What one process sets of permissions and settings is in effect in another one within a second."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, final

import httpx
import psycopg
import pytest

from tests.integration.postgres_server import libpq
from tests.integration.process.database import servers
from tests.integration.process.stage import PATIENCE, Twi, started
from tests.waiting import wait_until
from tests.wire import GUILD
from twi_embedded.server import EmbeddedPostgres
from twi_postgres.database.notifications import APPLICATION_NAME

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOON: Final = 1.0
"""Seconds after the end of one process within which the other one acts on what it did."""

STAFF_ONLY: Final = "permissions.show"
"""What a member may do only where somebody granted `permissions.view`."""
FOR_ALL: Final = "links.tags"
"""What a member may do unless somebody denied `links.view`."""


@final
class Member:
    """A member of the guild at the HTTP API of a process."""

    def __init__(self, twi: Twi, client: httpx.Client, number: int) -> None:
        self.twi = twi
        self.rule = {"user": str(number)}
        self._client = client

    def status(self, name: str) -> int:
        """Call an operation without parameters and return the answer's status."""
        return self._client.post(f"/api/v1/guilds/{GUILD}/operations/{name}", json={}).status_code

    async def meets(self, name: str, status: int) -> None:
        """Wait until an operation answers with a status."""
        await asyncio.to_thread(wait_until, lambda: self.status(name) == status, SOON)


async def call(environment: Mapping[str, str], name: str, raw: Mapping[str, object]) -> Mapping[str, object]:
    """Run `twi call` as the operator, to its end, and return its result."""
    async with started(
        "call", name, json.dumps(raw), f"--guild={GUILD}", "--output=json", environment=environment
    ) as twi:
        assert await twi.ended() == 0, twi.tail
        assert twi.err == ""
        result: Mapping[str, object] = json.loads(twi.out)
        return result


@asynccontextmanager
async def member(environment: Mapping[str, str], number: int) -> AsyncIterator[Member]:
    """Start `twi http`, and yield a member of the level everyone who calls it; it ends in order."""
    token = await call(
        environment, "tokens.create", {"name": f"of {number}", "actor": str(number), "guilds": [str(GUILD)]}
    )
    async with started("http", environment=environment) as twi:
        await twi.says(" started: ")
        url = next(word.rstrip(",") for word in twi.err.split() if word.startswith("http://"))
        with httpx.Client(
            base_url=url, timeout=PATIENCE, headers={"Authorization": f"Bearer {token['secret']}"}, trust_env=False
        ) as client:
            yield Member(twi, client, number)
        await twi.stopped()


async def has_listener(folder: Path) -> None:
    """Wait until one process listens at the server of a folder."""
    query = "SELECT 1 FROM pg_stat_activity WHERE application_name = %s"

    def listens() -> bool:
        with psycopg.connect(libpq(server.url)) as connection:
            return len(connection.execute(query, (APPLICATION_NAME,)).fetchall()) == 1

    with EmbeddedPostgres(folder, durability=False) as server:
        await asyncio.to_thread(wait_until, listens, PATIENCE)


@pytest.fixture
def environment(folder: Path) -> dict[str, str]:
    return {"TWI_DATA_DIR": str(folder), "TWI_HTTP_PORT": "0"}


async def test_rules_of_another_process_hold_within_a_second(environment: Mapping[str, str], folder: Path) -> None:
    """A running process acts on a grant, a denial and their revocations as soon as the command that made them ends."""
    async with member(environment, 410_000_000_000_000_101) as alice:
        await has_listener(folder)
        granted, denied = alice.rule | {"permission": "permissions.view"}, alice.rule | {"permission": "links.*"}
        for _ in range(2):  # the second time they are known and cached
            assert [alice.status(STAFF_ONLY), alice.status(FOR_ALL)] == [403, 200]
        await call(environment, "permissions.grant", granted)
        await alice.meets(STAFF_ONLY, 200)
        await call(environment, "permissions.deny", denied)
        await alice.meets(FOR_ALL, 403)
        assert alice.status(STAFF_ONLY) == 200
        await call(environment, "permissions.revoke", denied)
        await alice.meets(FOR_ALL, 200)
        await call(environment, "permissions.revoke", granted)
        await alice.meets(STAFF_ONLY, 403)


async def test_rules_hold_within_a_second_after_the_server_went_away(
    environment: Mapping[str, str], folder: Path
) -> None:
    """A rule that was made before the process could listen again holds at once, and so do the ones made after."""
    async with member(environment, 410_000_000_000_000_102) as bob:
        await has_listener(folder)
        granted = bob.rule | {"permission": "permissions.view"}
        assert [bob.status(STAFF_ONLY), bob.status(STAFF_ONLY)] == [403, 403]
        (server,) = servers(folder)
        os.kill(server, signal.SIGQUIT)
        await bob.twi.until(lambda: servers(folder) == [], "end of the server")
        await bob.meets(STAFF_ONLY, 503)
        await call(environment, "permissions.grant", granted)  # it starts the server again
        await bob.meets(STAFF_ONLY, 200)
        await has_listener(folder)
        assert [bob.status(STAFF_ONLY), bob.status(STAFF_ONLY)] == [200, 200]
        await call(environment, "permissions.revoke", granted)
        await bob.meets(STAFF_ONLY, 403)
        assert bob.twi.err.count("while listening for other processes' changes; reconnecting") == 1
        assert bob.twi.err.count("listening again to other processes") == 1
