"""The HTTP entrypoint on a real socket, with the storage in memory, and clients with tokens."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.integration.http.server import HttpServer, opened


@pytest_asyncio.fixture
async def entrypoint() -> AsyncIterator[HttpServer]:
    """Serve on a free port until the test ends."""
    async with opened() as found:
        yield found
