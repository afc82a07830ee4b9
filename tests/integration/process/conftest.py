"""A fake Discord for each module, with members who may add links."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.integration.process.stage import admit_moderators
from tests.wire import FakeDiscord


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def discord() -> AsyncIterator[FakeDiscord]:
    """A fake Discord that lives as long as the module's tests."""
    async with FakeDiscord() as server:
        admit_moderators(server)
        yield server
