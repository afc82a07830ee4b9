"""Add a link."""

from typing import Final, final

from pydantic import Field

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.policy import Policy, Rate
from twi_core.kernel.sources import Clock, IdSource
from twi_core.kernel.unit import Change, Open
from twi_core.links.domain import Link, LinkId
from twi_core.links.errors import INVALID_URL, RESERVED_TAG, TITLE_TAKEN
from twi_core.links.fields import LinkContent, LinkTag, LinkTitle
from twi_core.links.permissions import LINKS_ADD
from twi_core.links.ports import LinksUnit


class AddLink(Command):
    """Save a link under a title."""

    title: LinkTitle
    content: LinkContent
    tag: LinkTag | None = Field(None, description="The tag to file it under.", examples=["maps"])
    preview: bool = Field(True, description="Whether to show a preview of the address.", examples=[True])


@final
class AddLinkUseCase:
    """The storage of a new link; its title must be free in the guild."""

    policy: Final = Policy(
        name="links.add",
        requires=LINKS_ADD,
        limit=Rate(10, per=60),
        public=True,
        errors=(TITLE_TAKEN, INVALID_URL, RESERVED_TAG),
    )

    def __init__(self, open_unit: Open[LinksUnit], clock: Clock, ids: IdSource) -> None:
        self._open_unit = open_unit
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: AddLink, context: CallContext, /) -> Outcome[Link, AppError]:
        """Return the new link."""
        now = self._clock.now()
        link = Link(
            id=LinkId(self._ids.new_id()),
            guild=context.in_guild,
            title=command.title,
            content=command.content,
            tag=command.tag,
            preview=command.preview,
            added_by=context.actor,
            added_at=now,
            changed_by=context.actor,
            changed_at=now,
        )
        async with self._open_unit(context) as unit:
            if not await unit.links.add(link):
                return Failure(AppError(TITLE_TAKEN, {"title": command.title}))
            await unit.commit(Change(f"link:{link.id}", None, link))
        return Success(link)
