"""API tokens in PostgreSQL: the table, the mapping, the statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, final

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, LargeBinary, Row, UniqueConstraint, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.paging import Position
from twi_core.kernel.permissions import Level
from twi_core.kernel.text import name_key
from twi_core.tokens import TOKENS
from twi_core.tokens.domain import ApiToken, TokenId
from twi_postgres.database.faults import reading
from twi_postgres.database.metadata import Base, Key, Moment, Snowflake
from twi_postgres.database.transaction import Transaction
from twi_postgres.database.unit import PostgresUnit, Units

NAME_TAKEN: Final = "tokens_name_key_key"


class TokenRow(Base):
    """The row of an API token, with the digest of its secret."""

    __tablename__ = "tokens"

    id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    name_key: Mapped[Key]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    actor: Mapped[Snowflake]
    level: Mapped[str]
    guilds: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    created_at: Mapped[Moment]

    __table_args__ = (
        UniqueConstraint("name_key"),
        UniqueConstraint("digest"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 50", "name"),
        CheckConstraint("octet_length(digest) = 32", "digest"),
        CheckConstraint("level IN ('everyone', 'moderator', 'administrator', 'operator')", "level"),
    )


_TOKEN = (TokenRow.id, TokenRow.name, TokenRow.actor, TokenRow.level, TokenRow.guilds, TokenRow.created_at)


@final
class PostgresTokens:
    """Tokens in PostgreSQL; see `Tokens` for what each call promises."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, token: ApiToken, digest: bytes, /) -> bool:
        """See `Tokens`."""
        values = {
            "id": token.id,
            "name": token.name,
            "name_key": name_key(token.name),
            "digest": digest,
            "actor": token.actor,
            "level": token.level.label,
            "guilds": list(token.guilds),
            "created_at": token.created_at,
        }
        statement = insert(TokenRow).values(values).on_conflict_do_nothing(constraint=NAME_TAKEN)
        return len(await self._transaction.rows(statement.returning(TokenRow.id))) == 1

    async def find(self, digest: bytes, /) -> ApiToken | None:
        """See `Tokens`."""
        rows = await self._transaction.rows(select(*_TOKEN).where(TokenRow.digest == digest))
        return _token(rows[0]) if rows else None

    async def remove(self, name_key: str, /) -> ApiToken | None:
        """See `Tokens`."""
        rows = await self._transaction.rows(delete(TokenRow).where(TokenRow.name_key == name_key).returning(*_TOKEN))
        return _token(rows[0]) if rows else None

    async def list(self, *, after: Position | None, limit: int) -> Sequence[ApiToken]:
        """See `Tokens`."""
        place = tuple_(TokenRow.name_key, TokenRow.id)
        statement = select(*_TOKEN).order_by(TokenRow.name_key, TokenRow.id).limit(limit)
        if after is not None:
            statement = statement.where(place > after)
        return [_token(row) for row in await self._transaction.rows(statement)]


def _token(row: Row[int, str, int, str, list[int], datetime]) -> ApiToken:
    number, name, actor, level, guilds, created_at = row
    with reading():
        return ApiToken(
            id=TokenId(number),
            name=name,
            actor=UserId(actor),
            level=Level[level.upper()],
            guilds=tuple(map(GuildId, guilds)),
            created_at=created_at,
        )


@final
class PostgresTokensUnit(PostgresUnit):
    """A unit of work over API tokens."""

    @property
    def tokens(self) -> PostgresTokens:
        """See `TokensUnit`."""
        return PostgresTokens(self.usable())


UNITS: Final = Units(TOKENS, PostgresTokensUnit)
