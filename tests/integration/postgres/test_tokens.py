"""PostgreSQL keeps what every store of API tokens promises."""

from tests.contracts.tokens import TokensContract


class TestTokens(TokensContract):
    pass
