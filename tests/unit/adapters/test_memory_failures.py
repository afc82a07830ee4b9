"""The memory storage keeps what every failure store promises."""

import pytest

from tests.contracts.failures import BugsContract, OccurrencesContract
from tests.contracts.values import Store
from twi_memory.storage.store import MemoryStore


@pytest.fixture
def store() -> Store:
    return MemoryStore()


class TestOccurrences(OccurrencesContract):
    pass


class TestBugs(BugsContract):
    pass
