"""One process with both entrypoints open; its secrets are canaries, and its storage fails with whatever it is given."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, final

import httpx
import simcord
from typing_extensions import override

from tests.every import Around
from tests.integration.canaries.canaries import settings
from tests.integration.canaries.sinks import Sinks
from tests.integration.discord.stage import Stage, populate
from tests.integration.http.server import HttpServer, bearer
from tests.unlimited import Unlimited
from tests.waiting import PATIENCE
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.ids import ChannelId, UserId
from twi_core.kernel.outcome import Outcome
from twi_discord.connection.bot import TwiBot
from twi_discord.connection.notifying import ChannelNotifier
from twi_discord.replies.message import Answer, Message
from twi_http.server import serve_http
from twi_memory.failures import BUG_ROWS, OCCURRENCE_ROWS
from twi_memory.ports.sources import ManualClock
from twi_memory.storage.store import MemoryStore
from twi_runtime.opening.lifecycle import Overrides, Runtime, open_runtime


@final
class Failing(Around):
    """A storage in memory; while there is an `error`, opening a unit for a call of somebody raises it."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        super().__init__(self.store)
        self.error: BaseException | None = None

    @override
    def wrap(self, unit: Any, context: CallContext) -> Any:
        if self.error is not None and context.actor is not None:
            raise self.error
        return unit


@final
@dataclass
class World:
    """The process and what it wrote, stored and answered."""

    sinks: Sinks
    runtime: Runtime
    storage: Failing
    stage: Stage
    entrypoint: HttpServer
    token: str
    room: simcord.ChannelHandle

    async def http(self, name: str, body: Mapping[str, Any]) -> None:
        """Call an operation over HTTP; what is answered is a sink."""
        self.answered(await self.entrypoint.call(name, body, token=self.token))

    def answered(self, response: httpx.Response) -> None:
        self.sinks.add("HTTP answer", f"{response.status_code} {dict(response.headers)} {response.text}")

    async def written(self) -> None:
        """Write what was noted, announce bugs, and read everything back."""
        assert await self.runtime.app.failure_records.flush()
        for _ in range(40):
            await self.runtime.app.failure_records.notify(ChannelNotifier(self.stage.bot, ChannelId(self.room.id)))
        for message in self.room.history():
            self.sinks.add("announcement", message.content)
        self.sinks.stored(self.storage.store)

    async def read_back(self) -> None:
        """Look at everything as an operator, through every entrypoint."""
        operator = await self.entrypoint.token("operator")
        for row in list(self.storage.store.table(OCCURRENCE_ROWS).rows.values()):
            self.answered(await self.entrypoint.call("failures.show", {"reference": row.reference}, token=operator))
        for bug in list(self.storage.store.table(BUG_ROWS).rows.values()):
            self.answered(
                await self.entrypoint.client.post(
                    "/api/v1/operations/failures.describe",
                    json={"fingerprint": bug.fingerprint},
                    headers=bearer(operator),
                )
            )
            await self.stage.ask("operator", "slash", "failure describe", fingerprint=bug.fingerprint)

    async def documented(self) -> None:
        """Read the pages that describe the API."""
        for path in ("/openapi.json", "/docs", "/docs/links", "/docs/errors", "/health/ready"):
            self.answered(await self.entrypoint.client.get(path))

    def said(self) -> None:
        """Add everything that the bot sent to Discord."""
        for request in self.stage.env.http_requests:
            self.sinks.add("Discord", f"{request.path} {request.json}")


@asynccontextmanager
async def opened(sinks: Sinks) -> AsyncIterator[World]:
    """Open both entrypoints on one runtime; everything that it shows goes into the sinks."""
    storage, clock = Failing(), ManualClock()
    overrides = Overrides(storage=storage, limiter=Unlimited(), refusals=None, clock=clock)
    async with (
        open_runtime(settings(http_host="127.0.0.1", http_port=0), overrides) as runtime,
        serve_http(runtime) as (_, url),
        httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client,
    ):
        bot = TwiBot(runtime.app, runtime.drain)
        running = simcord.run(bot, settle_timeout=PATIENCE)
        guild, channel, people = populate(running._env)
        room = guild.create_text_channel("operators")
        runtime.operators.replace([UserId(people["operator"].id)])
        async with running as env:
            stage = Stage(env, bot, runtime.app, storage.store, clock, guild, channel, people, runtime.drain)
            entrypoint = HttpServer(runtime, url, client)
            yield World(sinks, runtime, storage, stage, entrypoint, await entrypoint.token(), room)


def raising(error: Callable[[], BaseException]) -> Answer:
    """Answer a command, a click or a form with an exception."""

    async def answer(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
        raise error()

    return answer
