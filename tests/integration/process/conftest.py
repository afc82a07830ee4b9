"""A fake Discord for each module, with members who may add links, and a folder for databases."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integration.process.database import data_folder
from tests.integration.process.stage import admit_moderators
from tests.wire import FakeDiscord
from twi_embedded.server import EmbeddedPostgres


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def discord() -> AsyncIterator[FakeDiscord]:
    """A fake Discord that lives as long as the module's tests."""
    async with FakeDiscord() as server:
        admit_moderators(server)
        yield server


@pytest.fixture(scope="package")
def folder() -> Iterator[Path]:
    """A data folder with a database for all, as making one takes seconds; no server runs in it between tests."""
    with data_folder() as made:
        with EmbeddedPostgres(made, durability=False):
            pass
        yield made
