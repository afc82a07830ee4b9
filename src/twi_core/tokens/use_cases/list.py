"""List API tokens."""

from typing import Final, final

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.paging import INVALID_CURSOR, Cursor, Page, page, read_cursor
from twi_core.kernel.policy import Policy
from twi_core.kernel.text import name_key
from twi_core.kernel.unit import Open
from twi_core.tokens.domain import ApiToken
from twi_core.tokens.permissions import TOKENS_MANAGE
from twi_core.tokens.ports import TokensUnit
from twi_core.tokens.use_cases.create import CLOSED

PAGE_SIZE: Final = 50


class ListTokens(Command):
    """List the API tokens in use, without their secrets."""

    after: Cursor | None = None


@final
class ListTokensUseCase:
    """A listing of tokens by name."""

    policy: Final = Policy(
        name="tokens.list", requires=TOKENS_MANAGE, guild=False, errors=(INVALID_CURSOR,), closed_to=CLOSED
    )

    def __init__(self, open_unit: Open[TokensUnit]) -> None:
        self._open_unit = open_unit

    async def __call__(self, command: ListTokens, context: CallContext, /) -> Outcome[Page[ApiToken], AppError]:
        """Return a page of tokens."""
        after = read_cursor(command.after)
        if isinstance(after, Failure):
            return after
        async with self._open_unit(context) as unit:
            found = await unit.tokens.list(after=after.unwrap(), limit=PAGE_SIZE + 1)
        return Success(page(found, PAGE_SIZE, lambda token: (name_key(token.name), token.id)))
