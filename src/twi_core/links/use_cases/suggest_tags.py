"""Suggest tags during autocompletion."""

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
from twi_core.links.domain import TAG_LIMIT, Tag
from twi_core.links.fields import CHOICES
from twi_core.links.permissions import LINKS_VIEW
from twi_core.links.ports import LinksUnit


class SuggestTags(Command):
    """Suggest tags that begin with the text."""

    typed: Annotated[
        str, TextShape(TAG_LIMIT, optional=True), Field(description="The text so far.", examples=["ma"])
    ] = ""


@final
class SuggestTagsUseCase:
    """The lookup of tags by how they begin."""

    policy: Final = Policy(name="links.suggest_tags", requires=LINKS_VIEW)

    def __init__(self, open_unit: Open[LinksUnit]) -> None:
        self._open_unit = open_unit

    async def __call__(self, command: SuggestTags, context: CallContext, /) -> Outcome[Sequence[Tag], AppError]:
        """Return up to 25 tags in alphabetical order, each with its number of links."""
        async with self._open_unit(context) as unit:
            return Success(await unit.links.tags_beginning(context.in_guild, name_key(command.typed), limit=CHOICES))
