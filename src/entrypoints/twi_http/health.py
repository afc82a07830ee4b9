"""The health checks: whether the process is alive, and whether it can serve."""

import asyncio
from typing import Final

from litestar import get
from litestar.handlers import HTTPRouteHandler

from twi_core.kernel.errors import AppError
from twi_core.pipeline.guard import TIMED_OUT
from twi_http.errors import Refused
from twi_http.intake import find_token
from twi_runtime.opening.lifecycle import Runtime
from twi_runtime.process.drain import STOPPING

READY_SECONDS: Final = 1.0
"""A storage that takes longer counts as down."""


def health_routes(runtime: Runtime) -> list[HTTPRouteHandler]:
    """Build the routes of the health checks; they need no token and reveal no details."""

    @get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @get("/health/ready")
    async def ready() -> dict[str, str]:
        await _check(runtime)
        return {"status": "ready"}

    return [live, ready]


async def _check(runtime: Runtime) -> None:
    """Look up a token through the application, as every request of the API does first.

    Raises:
        Refused: the process is stopping, or the storage can't be read within `READY_SECONDS`.
    """
    if runtime.drain.closed:
        raise Refused(AppError(STOPPING))
    try:
        async with asyncio.timeout(READY_SECONDS):
            await find_token(runtime.app, "")
    except TimeoutError:
        raise Refused(AppError(TIMED_OUT), status=503) from None
    except Refused as refused:
        raise Refused(refused.error, status=503) from refused
