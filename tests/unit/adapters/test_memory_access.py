"""The memory storage keeps what every storage of API tokens promises."""

import pytest

from tests.contracts.access import TokensContract
from tests.contracts.values import Store
from twi_memory.store import MemoryStore


@pytest.fixture
def store() -> Store:
    return MemoryStore()


class TestTokens(TokensContract):
    pass
