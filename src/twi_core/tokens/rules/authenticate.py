"""Identify the bearer of a token; entrypoints do this before there is a call."""

from typing import final

from twi_core.kernel.context import CallContext
from twi_core.kernel.unit import Open
from twi_core.tokens.domain import ApiToken, digest
from twi_core.tokens.ports import TokensUnit


@final
class Authenticate:
    """The lookup of tokens by the digest of their secret, so that its time doesn't depend on the secret."""

    def __init__(self, open_unit: Open[TokensUnit]) -> None:
        self._open_unit = open_unit

    async def __call__(self, secret: str, context: CallContext, /) -> ApiToken | None:
        """Return the token with a secret, or None if it is unknown or revoked.

        Raises:
            PortError: the storage can't answer.
        """
        async with self._open_unit(context) as unit:
            return await unit.tokens.find(digest(secret))
