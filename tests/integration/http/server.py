"""Open the HTTP entrypoint on a free port and speak to it as a program would."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx

from tests.waiting import PATIENCE
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.outcome import Success
from twi_core.kernel.permissions import Level
from twi_core.tokens.use_cases.create import CreateToken
from twi_core.tokens.use_cases.revoke import RevokeToken
from twi_http.server import serve_http
from twi_runtime.configuration.settings import Settings
from twi_runtime.opening.lifecycle import Overrides, Runtime, open_runtime

GUILD: Final = 175928847299117063
OTHER_GUILD: Final = 175928847299117064
MEMBER: Final = 200000000000000001
OTHER_MEMBER: Final = 200000000000000002

LEVELS: Final = ("everyone", "moderator", "administrator", "operator")


@dataclass
class HttpServer:
    """The open entrypoint and a client of it."""

    runtime: Runtime
    url: str
    client: httpx.AsyncClient
    tokens: int = 0

    async def token(self, level: str = "everyone", actor: int = MEMBER, guilds: tuple[int, ...] = (GUILD,)) -> str:
        """Make a token and return its secret."""
        self.tokens += 1
        outcome = await self.runtime.app.tokens.create(
            CreateToken.model_validate(
                {"name": f"token {self.tokens}", "actor": actor, "level": level, "guilds": guilds}
            ),
            self.runtime.app.context(actor=None, guild=None, asserted_level=Level.OPERATOR),
        )
        assert isinstance(outcome, Success)
        return outcome.unwrap().secret

    async def revoke(self, number: int) -> None:
        """Revoke a token, counted from one."""
        outcome = await self.runtime.app.tokens.revoke(
            RevokeToken.model_validate({"name": f"token {number}"}),
            self.runtime.app.context(actor=None, guild=None, asserted_level=Level.OPERATOR),
        )
        assert isinstance(outcome, Success)

    async def call(
        self, name: str, body: Mapping[str, Any] | None = None, *, token: str | None, guild: object = GUILD
    ) -> httpx.Response:
        """Call an operation in a guild."""
        return await self.client.post(
            f"/api/v1/guilds/{guild}/operations/{name}", json=body, headers=bearer(token) if token else {}
        )


def bearer(token: str) -> dict[str, str]:
    """Return the header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


def settings(**given: Any) -> Settings:
    """Return the settings of an entrypoint on a free port."""
    return Settings(storage="memory", http_host="127.0.0.1", http_port=0, **given)


@asynccontextmanager
async def opened(
    overrides: Overrides | None = None, *, operations: Sequence[AnyOperation] | None = None, **given: Any
) -> AsyncIterator[HttpServer]:
    """Open the runtime and the entrypoint; `given` are further settings."""
    async with (
        open_runtime(settings(**given), overrides) as runtime,
        serve_http(runtime, operations) as (_, url),
        httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client,
    ):
        yield HttpServer(runtime, url, client)
