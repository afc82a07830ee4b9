"""What the operations of API tokens need from a storage."""

from collections.abc import Sequence
from typing import Protocol

from twi_core.kernel.paging import Position
from twi_core.kernel.unit import Unit
from twi_core.tokens.domain import ApiToken


class Tokens(Protocol):
    """The stored API tokens, and the digests of their secrets."""

    async def add(self, token: ApiToken, digest: bytes, /) -> bool:
        """Store a new token; return False, storing nothing, if its name's key is taken."""
        ...

    async def find(self, digest: bytes, /) -> ApiToken | None:
        """Return the token whose secret has this digest."""
        ...

    async def remove(self, name_key: str, /) -> ApiToken | None:
        """Delete the token with a name's key and return it; None if there is no such token."""
        ...

    async def list(self, *, after: Position | None, limit: int) -> Sequence[ApiToken]:
        """Return tokens by `(name key, id)`."""
        ...


class TokensUnit(Unit, Protocol):
    """A unit of work over API tokens."""

    @property
    def tokens(self) -> Tokens:
        """Return the tokens as this unit sees them."""
        ...
