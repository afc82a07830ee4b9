"""The HTTP door on a real socket, with the storage in memory, and clients with tokens."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.integration.http.door import HttpDoor, opened


@pytest_asyncio.fixture
async def door() -> AsyncIterator[HttpDoor]:
    """Serve on a free port until the test ends."""
    async with opened() as found:
        yield found
