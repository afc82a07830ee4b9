"""The operations of access."""

from typing import final

from twi_core.access.use_cases.create_token import CreateTokenUseCase
from twi_core.access.use_cases.list_tokens import ListTokensUseCase
from twi_core.access.use_cases.revoke_token import RevokeTokenUseCase
from twi_core.kernel.handling import Api, use


@final
class AccessApi(Api):
    """API tokens: who may call over HTTP."""

    create_token = use(CreateTokenUseCase)
    list_tokens = use(ListTokensUseCase)
    revoke_token = use(RevokeTokenUseCase)
