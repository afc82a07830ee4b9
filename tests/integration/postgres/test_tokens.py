"""PostgreSQL keeps what every storage of API tokens promises."""

from tests.contracts.tokens import TokensContract


class TestTokens(TokensContract):
    pass
