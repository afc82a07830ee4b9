"""Load a link to change, if the caller may change it."""

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.policy import Ownership, Policy
from twi_core.kernel.text import name_key
from twi_core.links.domain import Link
from twi_core.links.ports import Links
from twi_core.links.rules.near_misses import not_found


async def managed_link(
    links: Links, ownership: Ownership, policy: Policy, title: str, context: CallContext
) -> Outcome[Link, AppError]:
    """Return the link to change: it exists, and the caller owns it or may change any."""
    link = await links.find_to_change(context.in_guild, name_key(title))
    if link is None:
        return Failure(await not_found(links, context.in_guild, title))
    refusal = await ownership.refusal_on(policy, link.added_by, context)
    return Success(link) if refusal is None else Failure(refusal)
