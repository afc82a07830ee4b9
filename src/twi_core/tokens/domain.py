"""An API token, and how its secret is created and stored."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, final

from twi_core.kernel.ids import GuildId, Snowflake, UserId
from twi_core.kernel.permissions import Level
from twi_core.kernel.sources import RandomSource

NAME_LIMIT: Final = 50
SECRET_PREFIX: Final = "twi_"  # noqa: S105  # the prefix marks our tokens, so that scanners can find leaked ones
SECRET_BYTES: Final = 32
GUILDS_LIMIT: Final = 100


class TokenId(Snowflake):
    """The id of an API token."""

    __slots__ = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token that lets its bearer act as `actor` with `level` in `guilds`; it doesn't contain the secret."""

    id: TokenId
    name: str
    actor: UserId
    level: Level
    guilds: tuple[GuildId, ...]
    created_at: datetime


@final
@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token and its secret, which is shown once and stored nowhere."""

    token: ApiToken
    secret: str = field(repr=False)


def new_secret(random: RandomSource) -> str:
    """Return a new secret of 256 bits."""
    return SECRET_PREFIX + base64.urlsafe_b64encode(random.token(SECRET_BYTES)).decode().rstrip("=")


def digest(secret: str) -> bytes:
    """Return what is stored instead of a secret, which is random, so one SHA-256 is enough."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()
