"""The memory storage keeps what every store of links promises."""

import pytest

from tests.contracts.links import LinksContract
from tests.contracts.links_lists import LinksListsContract, ResemblingContract
from tests.contracts.units import UnitContract
from tests.contracts.values import Store
from twi_memory.storage.store import MemoryStore


@pytest.fixture
def store() -> Store:
    return MemoryStore()


class TestLinks(LinksContract):
    pass


class TestLists(LinksListsContract):
    pass


class TestResembling(ResemblingContract):
    pass


class TestUnit(UnitContract):
    pass
