"""Edit a link."""

from dataclasses import replace
from typing import Final, final

from pydantic import Field

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.policy import Ownership, Policy, Rate
from twi_core.kernel.sources import Clock
from twi_core.kernel.unit import Change, Open
from twi_core.links.domain import Link
from twi_core.links.errors import INVALID_URL, NOT_FOUND, NOTHING_TO_CHANGE, RESERVED_TAG, TAG_AND_CLEAR_TAG
from twi_core.links.fields import LinkContent, LinkTag, LinkTitle
from twi_core.links.permissions import LINKS_MANAGE_ANY, LINKS_MANAGE_OWN
from twi_core.links.ports import LinksUnit
from twi_core.links.rules.managed import managed_link


class EditLink(Command):
    """Change a link; anything you leave out stays as it is."""

    title: LinkTitle
    content: LinkContent | None = Field(None, description="The new address or text.", examples=["https://example.org"])
    tag: LinkTag | None = Field(None, description="The new tag.", examples=["maps"])
    clear_tag: bool = Field(False, description="Whether to remove its tag.", examples=[False])
    preview: bool | None = Field(None, description="Whether to show a preview of the address.", examples=[False])


@final
class EditLinkUseCase:
    """A change of a link's content, tag or preview choice."""

    policy: Final = Policy(
        name="links.edit",
        requires=LINKS_MANAGE_ANY,
        own=LINKS_MANAGE_OWN,
        limit=Rate(10, per=60),
        public=True,
        errors=(NOT_FOUND, NOTHING_TO_CHANGE, TAG_AND_CLEAR_TAG, INVALID_URL, RESERVED_TAG),
    )

    def __init__(self, open_unit: Open[LinksUnit], ownership: Ownership, clock: Clock) -> None:
        self._open_unit = open_unit
        self._ownership = ownership
        self._clock = clock

    async def __call__(self, command: EditLink, context: CallContext, /) -> Outcome[Link, AppError]:
        """Return the link as it is now."""
        if command.clear_tag and command.tag is not None:
            return Failure(AppError(TAG_AND_CLEAR_TAG))
        if not command.clear_tag and (command.content, command.tag, command.preview) == (None, None, None):
            return Failure(AppError(NOTHING_TO_CHANGE))
        async with self._open_unit(context) as unit:
            found = await managed_link(unit.links, self._ownership, self.policy, command.title, context)
            if isinstance(found, Failure):
                return found
            link = found.unwrap()
            changed = replace(
                link,
                content=link.content if command.content is None else command.content,
                tag=None if command.clear_tag else command.tag or link.tag,
                preview=link.preview if command.preview is None else command.preview,
                changed_by=context.actor,
                changed_at=self._clock.now(),
            )
            if not await unit.links.replace(changed):
                raise RuntimeError("the title is unchanged, yet it is taken")
            await unit.commit(Change(f"link:{link.id}", link, changed))
        return Success(changed)
