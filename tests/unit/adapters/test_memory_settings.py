"""The memory storage keeps what every store of settings promises."""

import pytest

from tests.contracts.settings import SettingsContract
from tests.contracts.values import Store
from twi_memory.storage.store import MemoryStore


@pytest.fixture
def store() -> Store:
    return MemoryStore()


class TestSettings(SettingsContract):
    pass
