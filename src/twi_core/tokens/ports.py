"""What the operations of API tokens need of a storage."""

from collections.abc import Sequence
from typing import Protocol

from twi_core.kernel.paging import Position
from twi_core.kernel.unit import Unit
from twi_core.tokens.domain import ApiToken


class Tokens(Protocol):
    """Keep API tokens and the digests of their secrets."""

    async def add(self, token: ApiToken, digest: bytes, /) -> bool:
        """Store a new token; false where its name's key is taken (nothing is stored then)."""
        ...

    async def find(self, digest: bytes, /) -> ApiToken | None:
        """Return the token whose secret has this digest."""
        ...

    async def remove(self, name_key: str, /) -> ApiToken | None:
        """Delete the token of a name's key and give it; none where there is none."""
        ...

    async def list(self, *, after: Position | None, limit: int) -> Sequence[ApiToken]:
        """List tokens by `(name key, id)`."""
        ...


class TokensUnit(Unit, Protocol):
    """Be a unit of work over API tokens."""

    @property
    def tokens(self) -> Tokens:
        """Return the tokens as this unit sees them."""
        ...
