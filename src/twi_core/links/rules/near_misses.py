"""Find a link by its title, or refuse and suggest similar ones."""

from collections.abc import Sequence
from typing import Final

from twi_core.kernel.errors import AppError
from twi_core.kernel.ids import GuildId
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.text import name_key, similarity, trigrams
from twi_core.links.domain import Link, Suggestion
from twi_core.links.errors import DID_YOU_MEAN, NOT_FOUND
from twi_core.links.ports import Links

NEAR_MISSES: Final = 3
CANDIDATES: Final = 25
"""How many candidates of each kind the storage preselects; the core ranks them."""


async def known_link(links: Links, guild: GuildId, title: str) -> Outcome[Link, AppError]:
    """Return the link with a title, or a refusal that names similar titles."""
    link = await links.find(guild, name_key(title))
    return Failure(await not_found(links, guild, title)) if link is None else Success(link)


async def not_found(links: Links, guild: GuildId, title: str) -> AppError:
    """Return the refusal of an unknown title, with up to three similar titles."""
    key = name_key(title)
    near = ranked(key, await links.resembling(guild, key, limit=CANDIDATES))[:NEAR_MISSES]
    if not near:
        return AppError(NOT_FOUND, {"title": title})
    suggestions = tuple(suggestion.title for suggestion in near)
    return AppError(NOT_FOUND, {"title": title, "suggestions": suggestions}, DID_YOU_MEAN)


def ranked(key: str, candidates: Sequence[Suggestion]) -> Sequence[Suggestion]:
    """Sort candidates: titles that begin with the key, then those that contain it, then by similarity, then newest."""
    wanted = trigrams(key)

    def rank(candidate: Suggestion) -> tuple[bool, bool, float, float, str]:
        found = name_key(candidate.title)
        alike = similarity(wanted, trigrams(found))
        return (not found.startswith(key), key not in found, -alike, -candidate.changed_at.timestamp(), found)

    return sorted(candidates, key=rank)
