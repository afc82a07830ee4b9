"""Revoke an API token."""

from typing import Annotated, Final, final

from pydantic import Field

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.policy import Policy
from twi_core.kernel.schemas import TextShape
from twi_core.kernel.text import name_key
from twi_core.kernel.unit import Change, Open
from twi_core.tokens.domain import NAME_LIMIT, ApiToken
from twi_core.tokens.errors import TOKEN_NOT_FOUND
from twi_core.tokens.permissions import TOKENS_MANAGE
from twi_core.tokens.ports import TokensUnit
from twi_core.tokens.use_cases.create import CLOSED


class RevokeToken(Command):
    """Revoke an API token, immediately and permanently."""

    name: Annotated[str, TextShape(NAME_LIMIT), Field(description="Its name.", examples=["dashboard"])]


@final
class RevokeTokenUseCase:
    """The deletion of a token by its name."""

    policy: Final = Policy(
        name="tokens.revoke", requires=TOKENS_MANAGE, guild=False, errors=(TOKEN_NOT_FOUND,), closed_to=CLOSED
    )

    def __init__(self, open_unit: Open[TokensUnit]) -> None:
        self._open_unit = open_unit

    async def __call__(self, command: RevokeToken, context: CallContext, /) -> Outcome[ApiToken, AppError]:
        """Return the revoked token."""
        async with self._open_unit(context) as unit:
            token = await unit.tokens.remove(name_key(command.name))
            if token is None:
                return Failure(AppError(TOKEN_NOT_FOUND, {"name": command.name}))
            await unit.commit(Change(f"token:{token.id}", token, None))
        return Success(token)
