"""API tokens, for access over HTTP."""

from typing import TYPE_CHECKING, Final

from twi_core.kernel.contexts import Context

if TYPE_CHECKING:
    from twi_core.tokens.api import TokensApi
    from twi_core.tokens.domain import ApiToken, IssuedToken, TokenId
    from twi_core.tokens.permissions import TOKENS_MANAGE
    from twi_core.tokens.ports import TokensUnit
    from twi_core.tokens.use_cases.create import CreateToken
    from twi_core.tokens.use_cases.list import ListTokens
    from twi_core.tokens.use_cases.revoke import RevokeToken

__all__ = [
    "TOKENS",
    "TOKENS_MANAGE",
    "ApiToken",
    "CreateToken",
    "IssuedToken",
    "ListTokens",
    "RevokeToken",
    "TokenId",
    "TokensApi",
    "TokensUnit",
]

TOKENS: "Final[Context[TokensApi, TokensUnit]]" = Context(__name__)

if not TYPE_CHECKING:  # these names are all a type checker sees
    __getattr__ = TOKENS.public_name
