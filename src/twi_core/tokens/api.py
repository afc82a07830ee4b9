"""The operations of API tokens."""

from typing import final

from twi_core.kernel.handling import Api, use
from twi_core.tokens.use_cases.create import CreateTokenUseCase
from twi_core.tokens.use_cases.list import ListTokensUseCase
from twi_core.tokens.use_cases.revoke import RevokeTokenUseCase


@final
class TokensApi(Api):
    """API tokens, for access over HTTP."""

    create = use(CreateTokenUseCase)
    list = use(ListTokensUseCase)
    revoke = use(RevokeTokenUseCase)
