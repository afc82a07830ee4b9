"""List the tags of links."""

from typing import Final, final

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.paging import INVALID_CURSOR, Cursor, Page, Position, page, read_cursor
from twi_core.kernel.policy import Policy, Rate
from twi_core.kernel.text import name_key
from twi_core.kernel.unit import Open
from twi_core.links.domain import Tag
from twi_core.links.permissions import LINKS_VIEW
from twi_core.links.ports import LinksUnit

PAGE_SIZE: Final = 20


class ListTags(Command):
    """List all tags, and how many links each has."""

    after: Cursor | None = None


@final
class ListTagsUseCase:
    """A count of links by tag."""

    policy: Final = Policy(
        name="links.tags", requires=LINKS_VIEW, limit=Rate(30, per=60), public=True, errors=(INVALID_CURSOR,)
    )

    def __init__(self, open_unit: Open[LinksUnit]) -> None:
        self._open_unit = open_unit

    async def __call__(self, command: ListTags, context: CallContext, /) -> Outcome[Page[Tag], AppError]:
        """Return a page of tags by name; links without a tag come last."""
        after = read_cursor(command.after)
        if isinstance(after, Failure):
            return after
        async with self._open_unit(context) as unit:
            found = await unit.links.tags(context.in_guild, after=after.unwrap(), limit=PAGE_SIZE + 1)
        return Success(page(found, PAGE_SIZE, _position))


def _position(counted: Tag) -> Position:
    return (name_key(counted.tag or ""), 0)
