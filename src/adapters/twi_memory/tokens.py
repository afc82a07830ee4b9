"""API tokens in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import final

from twi_core.kernel.paging import Position
from twi_core.kernel.text import name_key
from twi_core.tokens.domain import ApiToken
from twi_memory.storage.table import Table, View


@final
@dataclass(frozen=True, slots=True)
class StoredToken:
    """Hold a token and the digest of its secret."""

    token: ApiToken
    digest: bytes


def _together(_: StoredToken) -> None:
    """Put all tokens in one group: they belong to no guild."""


def tokens_table() -> Table[StoredToken]:
    """Make the table of tokens: names are unique."""
    return Table(lambda row: row.token.id, lambda row: name_key(row.token.name), _together)


@final
class MemoryTokens:
    """Keep tokens; see `Tokens` for what each call promises."""

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
