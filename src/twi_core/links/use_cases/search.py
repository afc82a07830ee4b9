"""Search links."""

from typing import Annotated, Final, final

from pydantic import Field

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.paging import INVALID_CURSOR, Cursor, Page, page, read_cursor
from twi_core.kernel.policy import Policy, Rate
from twi_core.kernel.schemas import TextShape
from twi_core.kernel.settings import GuildSettings
from twi_core.kernel.text import words
from twi_core.kernel.unit import Open
from twi_core.links.domain import TITLE_LIMIT, Link
from twi_core.links.errors import NOTHING_FOUND
from twi_core.links.permissions import LINKS_VIEW
from twi_core.links.ports import LinksUnit
from twi_core.links.settings import PAGE_SIZE


class SearchLinks(Command):
    """Search the titles, tags and contents of links."""

    query: Annotated[
        str,
        TextShape(TITLE_LIMIT),
        Field(
            description="Words to look for, or their beginnings. Links must contain all of them.", examples=["world ma"]
        ),
    ]
    after: Cursor | None = None


@final
class SearchLinksUseCase:
    """A search for the links that contain all the words."""

    policy: Final = Policy(
        name="links.search",
        requires=LINKS_VIEW,
        limit=Rate(20, per=60),
        cost=4,
        heavy=True,
        public=True,
        errors=(NOTHING_FOUND, INVALID_CURSOR),
    )

    def __init__(self, open_unit: Open[LinksUnit], settings: GuildSettings) -> None:
        self._open_unit = open_unit
        self._settings = settings

    async def __call__(self, command: SearchLinks, context: CallContext, /) -> Outcome[Page[Link], AppError]:
        """Return a page of links, by title."""
        after = read_cursor(command.after)
        if isinstance(after, Failure):
            return after
        wanted = words(command.query)
        nothing = Failure(AppError(NOTHING_FOUND, {"query": command.query}))
        if not wanted:
            return nothing
        size = await self._settings.get(PAGE_SIZE, context.in_guild)
        async with self._open_unit(context) as unit:
            found = await unit.links.search(context.in_guild, wanted, after=after.unwrap(), limit=size + 1)
        if not found and command.after is None:
            return nothing
        return Success(page(found, size, lambda link: link.position))
