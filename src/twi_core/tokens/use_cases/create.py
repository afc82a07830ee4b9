"""Create an API token."""

from typing import Annotated, Final, Literal, final

from pydantic import Field

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import AppError
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Policy
from twi_core.kernel.schemas import TextShape
from twi_core.kernel.sources import Clock, IdSource, RandomSource
from twi_core.kernel.unit import Change, Open
from twi_core.tokens.domain import GUILDS_LIMIT, NAME_LIMIT, ApiToken, IssuedToken, TokenId, digest, new_secret
from twi_core.tokens.errors import NAME_TAKEN
from twi_core.tokens.permissions import TOKENS_MANAGE
from twi_core.tokens.ports import TokensUnit

CLOSED: Final = {
    Origin.DISCORD: "secrets don't belong in a chat",
    Origin.HTTP: "tokens can't create or revoke tokens",
}


class CreateToken(Command):
    """Create an API token; its secret is shown only once."""

    name: Annotated[
        str, TextShape(NAME_LIMIT), Field(description="A name that says what it's for.", examples=["dashboard"])
    ]
    actor: UserId = Field(description="The user that the token acts as.", examples=["175928847299117063"])
    level: Literal["everyone", "moderator", "administrator", "operator"] = Field(
        "everyone", description="The level that the token has.", examples=["moderator"]
    )
    guilds: tuple[GuildId, ...] = Field(
        min_length=1, max_length=GUILDS_LIMIT, description="The servers it works in.", examples=[["175928847299117063"]]
    )


@final
class CreateTokenUseCase:
    """The storage of a new token under a free name."""

    policy: Final = Policy(
        name="tokens.create", requires=TOKENS_MANAGE, guild=False, errors=(NAME_TAKEN,), closed_to=CLOSED
    )

    def __init__(self, open_unit: Open[TokensUnit], clock: Clock, ids: IdSource, random: RandomSource) -> None:
        self._open_unit = open_unit
        self._clock = clock
        self._ids = ids
        self._random = random

    async def __call__(self, command: CreateToken, context: CallContext, /) -> Outcome[IssuedToken, AppError]:
        """Return the token and its secret."""
        secret = new_secret(self._random)
        token = ApiToken(
            id=TokenId(self._ids.new_id()),
            name=command.name,
            actor=command.actor,
            level=Level[command.level.upper()],
            guilds=tuple(sorted(set(command.guilds))),
            created_at=self._clock.now(),
        )
        async with self._open_unit(context) as unit:
            if not await unit.tokens.add(token, digest(secret)):
                return Failure(AppError(NAME_TAKEN, {"name": command.name}))
            await unit.commit(Change(f"token:{token.id}", None, token))
        return Success(IssuedToken(token, secret))
