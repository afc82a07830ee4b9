"""Recognise the bearer of a token; entrypoints ask it before there is a call."""

from typing import final

from twi_core.kernel.context import CallContext
from twi_core.kernel.unit import Open
from twi_core.tokens.domain import ApiToken, digest
from twi_core.tokens.ports import TokensUnit


@final
class Authenticate:
    """Find tokens by the digest of their secret, so that comparing them takes no secret-dependent time."""

    def __init__(self, open_unit: Open[TokensUnit]) -> None:
        self._open_unit = open_unit

    async def __call__(self, secret: str, context: CallContext, /) -> ApiToken | None:
        """Return the token of a secret, or none where it is unknown or revoked.

        Raises:
            PortError: the storage cannot tell.
        """
        async with self._open_unit(context) as unit:
            return await unit.tokens.find(digest(secret))
