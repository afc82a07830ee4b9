"""The memory storage keeps what every store of API tokens promises."""

import pytest

from tests.contracts.tokens import TokensContract
from tests.contracts.values import Store
from twi_memory.storage.store import MemoryStore


@pytest.fixture
def store() -> Store:
    return MemoryStore()


class TestTokens(TokensContract):
    pass
