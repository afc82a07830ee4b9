"""The fake Discord as tests use it: REST and gateway on one loopback port."""

from __future__ import annotations

import socket
from collections.abc import Callable
from types import TracebackType
from typing import Self

from aiohttp import web
from typing_extensions import override

from tests.waiting import PATIENCE
from tests.wire.gateway import Gateway
from tests.wire.records import Bell, Json
from tests.wire.rest import API_PREFIX, Rest
from tests.wire.routes import Exchange
from tests.wire.world import World


class FakeDiscord(Gateway, Rest):
    """A Discord on 127.0.0.1 that an unmodified discord.py bot takes for real.

    Use it as an async context manager; point the bot at `api_url` and `gateway_url` (for a process:
    `environment()`), with the token `TOKEN`. `world` says who is there and makes what people do.

        async with FakeDiscord() as discord:
            ...  # start the bot
            await discord.wait_until_connected()
            asked = discord.interact(discord.world.slash("link get", {"title": "map"}))
            answer = await discord.wait_for_request("POST", "/interactions/*/callback")

    Leaving drops every connection, releases what is held and frees the port.
    """

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        bell = Bell()
        Gateway.__init__(self, self.world, bell)
        Rest.__init__(self, self.world, bell)
        self._api_url = ""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/gateway", self._serve_gateway)
        app.router.add_route("*", API_PREFIX + "/{path:.*}", self._serve_rest)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    async def __aenter__(self) -> Self:
        listener = socket.create_server(("127.0.0.1", 0))
        host, port = listener.getsockname()
        self._api_url = f"http://{host}:{port}{API_PREFIX}"
        self._gateway_url = f"ws://{host}:{port}/gateway"
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release_holds()
        self._drop_all()
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """The address in place of `https://discord.com/api/v10`."""
        return self._api_url

    @property
    def gateway_url(self) -> str:
        """The address in place of `wss://gateway.discord.gg/`."""
        return self._gateway_url

    def environment(self) -> dict[str, str]:
        """Return the settings that point a bot's process here."""
        return {"TWI_DISCORD_API_URL": self._api_url, "TWI_DISCORD_GATEWAY_URL": self._gateway_url}

    @override
    def emit(self, event: str, data: Json, *, times: int = 1) -> int:
        if event == "INTERACTION_CREATE":
            self.routes.exchanges.setdefault(data["token"], Exchange(data))
        return super().emit(event, data, times=times)

    def interact(self, interaction: Json, *, times: int = 1, expired: bool = False) -> Json:
        """Dispatch an interaction made by `world.slash`, `autocomplete` or `click`, and return it.

        With `times` it is delivered more than once; if `expired`, its answer is refused as unknown (10062).
        """
        self.emit("INTERACTION_CREATE", interaction, times=times)
        if expired:
            del self.routes.exchanges[interaction["token"]]
        return interaction

    async def until(self, condition: Callable[[], bool], *, deadline: float = PATIENCE) -> None:
        """Wait for a condition of the test's own.

        Raises:
            AssertionError: It did not hold within `deadline` seconds.
        """
        await self._bell.until(lambda: condition() or None, deadline, lambda: "the condition did not hold")

    def say(self, message: Json) -> Json:
        """Dispatch a message made by `world.message`, and return it."""
        self.emit("MESSAGE_CREATE", message)
        return message
