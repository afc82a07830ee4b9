"""Show a link."""

from typing import Final, final

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome
from twi_core.kernel.policy import Policy, Rate
from twi_core.kernel.unit import Open
from twi_core.links.domain import Link
from twi_core.links.errors import NOT_FOUND
from twi_core.links.fields import LinkTitle
from twi_core.links.permissions import LINKS_VIEW
from twi_core.links.ports import LinksUnit
from twi_core.links.rules.near_misses import known_link


class GetLink(Command):
    """Show a link."""

    title: LinkTitle


@final
class GetLinkUseCase:
    """The lookup of a link by its title, with suggestions of similar titles."""

    policy: Final = Policy(
        name="links.get", requires=LINKS_VIEW, limit=Rate(30, per=60), public=True, errors=(NOT_FOUND,)
    )

    def __init__(self, open_unit: Open[LinksUnit]) -> None:
        self._open_unit = open_unit

    async def __call__(self, command: GetLink, context: CallContext, /) -> Outcome[Link, AppError]:
        """Return the link."""
        async with self._open_unit(context) as unit:
            return await known_link(unit.links, context.in_guild, command.title)
