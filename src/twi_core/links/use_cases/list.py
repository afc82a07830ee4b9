"""List the links with a tag."""

from typing import Final, final

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.paging import INVALID_CURSOR, Cursor, Page, page, read_cursor
from twi_core.kernel.policy import Policy, Rate
from twi_core.kernel.settings import GuildSettings
from twi_core.kernel.text import name_key
from twi_core.kernel.unit import Open
from twi_core.links.domain import UNTAGGED, Link
from twi_core.links.errors import TAG_NOT_FOUND
from twi_core.links.fields import TagName
from twi_core.links.permissions import LINKS_VIEW
from twi_core.links.ports import LinksUnit
from twi_core.links.settings import PAGE_SIZE


class ListLinks(Command):
    """List the links with a tag."""

    tag: TagName
    after: Cursor | None = None


@final
class ListLinksUseCase:
    """A listing of links by title, with numbers sorted as numbers."""

    policy: Final = Policy(
        name="links.list",
        requires=LINKS_VIEW,
        limit=Rate(30, per=60),
        public=True,
        errors=(TAG_NOT_FOUND, INVALID_CURSOR),
    )

    def __init__(self, open_unit: Open[LinksUnit], settings: GuildSettings) -> None:
        self._open_unit = open_unit
        self._settings = settings

    async def __call__(self, command: ListLinks, context: CallContext, /) -> Outcome[Page[Link], AppError]:
        """Return a page of links."""
        after = read_cursor(command.after)
        if isinstance(after, Failure):
            return after
        key = name_key(command.tag)
        tag_key = None if key == name_key(UNTAGGED) else key
        size = await self._settings.get(PAGE_SIZE, context.in_guild)
        async with self._open_unit(context) as unit:
            found = await unit.links.of_tag(context.in_guild, tag_key, after=after.unwrap(), limit=size + 1)
        if not found and command.after is None:
            return Failure(AppError(TAG_NOT_FOUND, {"tag": command.tag}))
        return Success(page(found, size, lambda link: link.position))
