"""The memory storage keeps what every store of permission rules promises."""

import pytest

from tests.contracts.permissions import PermissionRulesContract
from tests.contracts.values import Store
from twi_memory.storage.store import MemoryStore


@pytest.fixture
def store() -> Store:
    return MemoryStore()


class TestPermissionRules(PermissionRulesContract):
    pass
