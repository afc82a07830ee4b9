"""Transfer a link to someone else."""

from dataclasses import replace
from typing import Annotated, Final, final

from pydantic import Field

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.ids import UserId
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.policy import Ownership, Policy, Rate
from twi_core.kernel.sources import Clock
from twi_core.kernel.unit import Change, Open
from twi_core.links.domain import Link
from twi_core.links.errors import NOT_FOUND
from twi_core.links.fields import LinkTitle
from twi_core.links.permissions import LINKS_MANAGE_ANY, LINKS_MANAGE_OWN
from twi_core.links.ports import LinksUnit
from twi_core.links.rules.managed import managed_link


class TransferLink(Command):
    """Transfer a link to another member, who then owns it."""

    title: LinkTitle
    to: Annotated[UserId, Field(description="The new owner.", examples=["175928847299117063"])]


@final
class TransferLinkUseCase:
    """A change of a link's owner."""

    policy: Final = Policy(
        name="links.transfer",
        requires=LINKS_MANAGE_ANY,
        own=LINKS_MANAGE_OWN,
        limit=Rate(10, per=60),
        public=True,
        errors=(NOT_FOUND,),
    )

    def __init__(self, open_unit: Open[LinksUnit], ownership: Ownership, clock: Clock) -> None:
        self._open_unit = open_unit
        self._ownership = ownership
        self._clock = clock

    async def __call__(self, command: TransferLink, context: CallContext, /) -> Outcome[Link, AppError]:
        """Return the link as it is now."""
        async with self._open_unit(context) as unit:
            found = await managed_link(unit.links, self._ownership, self.policy, command.title, context)
            if isinstance(found, Failure):
                return found
            transferred = replace(
                found.unwrap(), added_by=command.to, changed_by=context.actor, changed_at=self._clock.now()
            )
            if not await unit.links.replace(transferred):
                raise RuntimeError("the title is unchanged, yet it is taken")
            await unit.commit(Change(f"link:{transferred.id}", found.unwrap(), transferred))
        return Success(transferred)
