"""Rename a link."""

from dataclasses import replace
from typing import Annotated, Final, final

from pydantic import Field

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.policy import Ownership, Policy, Rate
from twi_core.kernel.sources import Clock
from twi_core.kernel.unit import Change, Open
from twi_core.links.domain import Link
from twi_core.links.errors import NOT_FOUND, TITLE_TAKEN
from twi_core.links.fields import LinkTitle
from twi_core.links.permissions import LINKS_MANAGE_ANY, LINKS_MANAGE_OWN
from twi_core.links.ports import LinksUnit
from twi_core.links.rules.managed import managed_link


class RenameLink(Command):
    """Rename a link."""

    title: LinkTitle
    new_title: Annotated[LinkTitle, Field(description="The new title.", examples=["map of Izril"])]


@final
class RenameLinkUseCase:
    """A change of a link's title, which must be free in the guild."""

    policy: Final = Policy(
        name="links.rename",
        requires=LINKS_MANAGE_ANY,
        own=LINKS_MANAGE_OWN,
        limit=Rate(10, per=60),
        public=True,
        errors=(NOT_FOUND, TITLE_TAKEN),
    )

    def __init__(self, open_unit: Open[LinksUnit], ownership: Ownership, clock: Clock) -> None:
        self._open_unit = open_unit
        self._ownership = ownership
        self._clock = clock

    async def __call__(self, command: RenameLink, context: CallContext, /) -> Outcome[Link, AppError]:
        """Return the link as it is now."""
        async with self._open_unit(context) as unit:
            found = await managed_link(unit.links, self._ownership, self.policy, command.title, context)
            if isinstance(found, Failure):
                return found
            renamed = replace(
                found.unwrap(), title=command.new_title, changed_by=context.actor, changed_at=self._clock.now()
            )
            if not await unit.links.replace(renamed):
                return Failure(AppError(TITLE_TAKEN, {"title": command.new_title}))
            await unit.commit(Change(f"link:{renamed.id}", found.unwrap(), renamed))
        return Success(renamed)
