"""PostgreSQL keeps what every storage of failures promises."""

from tests.contracts.failures import BugsContract, OccurrencesContract


class TestOccurrences(OccurrencesContract):
    pass


class TestBugs(BugsContract):
    pass
