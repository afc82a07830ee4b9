"""API tokens in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Final, final

from twi_core.kernel.paging import Position
from twi_core.kernel.text import name_key
from twi_core.tokens import TOKENS
from twi_core.tokens.domain import ApiToken
from twi_memory.storage.table import Rows, View
from twi_memory.storage.unit import MemoryUnit, Units


@final
@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token and the digest of its secret."""

    token: ApiToken
    digest: bytes


def _together(_: StoredToken) -> None:
    """Put all tokens in one group: they belong to no guild."""


TOKEN_ROWS: Final = Rows[StoredToken](
    "tokens", number=lambda row: row.token.id, unique=lambda row: name_key(row.token.name), group=_together
)


@final
class MemoryTokens:
    """Tokens in memory; see `Tokens` for what each call promises."""

    def __init__(self, rows: View[StoredToken]) -> None:
        self._rows = rows

    async def add(self, token: ApiToken, digest: bytes, /) -> bool:
        """See `Tokens`."""
        return self._rows.insert(StoredToken(token, digest))

    async def find(self, digest: bytes, /) -> ApiToken | None:
        """See `Tokens`."""
        return next((row.token for row in self._rows.group(None) if row.digest == digest), None)

    async def remove(self, name_key: str, /) -> ApiToken | None:
        """See `Tokens`."""
        row = self._rows.find(name_key)
        if row is None:
            return None
        self._rows.remove(row)
        return row.token

    async def list(self, *, after: Position | None, limit: int) -> Sequence[ApiToken]:
        """See `Tokens`."""
        tokens = (row.token for row in self._rows.group(None))
        following = (token for token in tokens if after is None or _place(token) > after)
        return nsmallest(limit, following, key=_place)


def _place(token: ApiToken) -> Position:
    return (name_key(token.name), token.id)


@final
class MemoryTokensUnit(MemoryUnit):
    """A unit of work over API tokens."""

    @property
    def tokens(self) -> MemoryTokens:
        """See `TokensUnit`."""
        return MemoryTokens(self.view(TOKEN_ROWS))


UNITS: Final = Units(TOKENS, MemoryTokensUnit)
