"""PostgreSQL keeps what every storage of API tokens promises."""

from tests.contracts.access import TokensContract


class TestTokens(TokensContract):
    pass
