"""Delete a link."""

from typing import Final, final

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome
from twi_core.kernel.policy import Ownership, Policy, Rate
from twi_core.kernel.unit import Change, Open
from twi_core.links.domain import Link
from twi_core.links.errors import NOT_FOUND
from twi_core.links.fields import LinkTitle
from twi_core.links.permissions import LINKS_MANAGE_ANY, LINKS_MANAGE_OWN
from twi_core.links.ports import LinksUnit
from twi_core.links.rules.managed import managed_link


class DeleteLink(Command):
    """Delete a link."""

    title: LinkTitle


@final
class DeleteLinkUseCase:
    """The permanent removal of a link."""

    policy: Final = Policy(
        name="links.delete",
        requires=LINKS_MANAGE_ANY,
        own=LINKS_MANAGE_OWN,
        limit=Rate(10, per=60),
        public=True,
        errors=(NOT_FOUND,),
    )

    def __init__(self, open_unit: Open[LinksUnit], ownership: Ownership) -> None:
        self._open_unit = open_unit
        self._ownership = ownership

    async def __call__(self, command: DeleteLink, context: CallContext, /) -> Outcome[Link, AppError]:
        """Return the deleted link."""
        async with self._open_unit(context) as unit:
            found = await managed_link(unit.links, self._ownership, self.policy, command.title, context)
            if isinstance(found, Failure):
                return found
            link = found.unwrap()
            await unit.links.remove(link)
            await unit.commit(Change(f"link:{link.id}", link, None))
        return found
