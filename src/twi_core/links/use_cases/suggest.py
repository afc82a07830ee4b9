"""Suggest titles during autocompletion."""

from collections.abc import Sequence
from typing import Annotated, Final, final

from pydantic import Field

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome, Success
from twi_core.kernel.policy import Policy
from twi_core.kernel.schemas import TextShape
from twi_core.kernel.text import name_key
from twi_core.kernel.unit import Open
from twi_core.links.domain import TITLE_LIMIT, Suggestion
from twi_core.links.fields import CHOICES
from twi_core.links.permissions import LINKS_VIEW
from twi_core.links.ports import LinksUnit
from twi_core.links.rules.near_misses import ranked


class SuggestLinks(Command):
    """Suggest links whose title matches the text."""

    typed: Annotated[
        str, TextShape(TITLE_LIMIT, optional=True), Field(description="The text so far.", examples=["wor"])
    ] = ""


@final
class SuggestLinksUseCase:
    """Suggestions preselected in the storage and ranked in the core."""

    policy: Final = Policy(name="links.suggest", requires=LINKS_VIEW)

    def __init__(self, open_unit: Open[LinksUnit]) -> None:
        self._open_unit = open_unit

    async def __call__(self, command: SuggestLinks, context: CallContext, /) -> Outcome[Sequence[Suggestion], AppError]:
        """Return up to 25 suggestions, best first."""
        key = name_key(command.typed)
        async with self._open_unit(context) as unit:
            found = await unit.links.resembling(context.in_guild, key, limit=CHOICES)
        return Success(ranked(key, found)[:CHOICES])
