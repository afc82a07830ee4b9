"""The memory storage keeps what every store of limit rules promises."""

import pytest

from tests.contracts.limits import LimitRulesContract
from tests.contracts.values import Store
from twi_memory.storage.store import MemoryStore


@pytest.fixture
def store() -> Store:
    return MemoryStore()


class TestLimitRules(LimitRulesContract):
    pass
