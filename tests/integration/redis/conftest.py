"""A separate Redis for each test, or an emptied one for tests that leave it alone."""

from collections.abc import Iterator

import pytest

from tests.integration.redis.server import RedisServer, redis_server


@pytest.fixture(scope="module")
def shared_server() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def calm(shared_server: RedisServer) -> RedisServer:
    """Return a server that holds nothing, for tests that do it no harm."""
    shared_server.command("FLUSHALL")
    return shared_server


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """Yield a server that a test may treat as it likes."""
    with redis_server() as found:
        yield found
