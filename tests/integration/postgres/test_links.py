"""PostgreSQL keeps what every store of links promises."""

from tests.contracts.links import LinksContract
from tests.contracts.links_lists import LinksListsContract, ResemblingContract
from tests.contracts.units import UnitContract


class TestLinks(LinksContract):
    pass


class TestLists(LinksListsContract):
    pass


class TestResembling(ResemblingContract):
    pass


class TestUnit(UnitContract):
    pass
