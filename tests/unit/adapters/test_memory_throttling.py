"""The memory storage keeps what every storage of rules about limits promises."""

import pytest

from tests.contracts.throttling import LimitRulesContract
from tests.contracts.values import Store
from twi_memory.store import MemoryStore


@pytest.fixture
def store() -> Store:
    return MemoryStore()


class TestLimitRules(LimitRulesContract):
    pass
