"""Find a link by its title, or say that it is not there and which ones may be meant."""

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
"""How many candidates of a sort the storage preselects; the core ranks them."""


async def known_link(links: Links, guild: GuildId, title: str) -> Outcome[Link, AppError]:
    """Return the link of a title, or name the titles that resemble it."""
    link = await links.find(guild, name_key(title))
    return Failure(await not_found(links, guild, title)) if link is None else Success(link)


async def not_found(links: Links, guild: GuildId, title: str) -> AppError:
    """Refuse a title that no link has, with up to three titles that resemble it."""
    key = name_key(title)
    near = ranked(key, await links.resembling(guild, key, limit=CANDIDATES))[:NEAR_MISSES]
    if not near:
        return AppError(NOT_FOUND, {"title": title})
    suggestions = tuple(suggestion.title for suggestion in near)
    return AppError(NOT_FOUND, {"title": title, "suggestions": suggestions}, DID_YOU_MEAN)


def ranked(key: str, candidates: Sequence[Suggestion]) -> Sequence[Suggestion]:
    """Sort candidates: titles that begin with the key, titles that contain it, then the more alike, then the newer."""
    wanted = trigrams(key)

    def rank(candidate: Suggestion) -> tuple[bool, bool, float, float, str]:
        found = name_key(candidate.title)
        alike = similarity(wanted, trigrams(found))
        return (not found.startswith(key), key not in found, -alike, -candidate.changed_at.timestamp(), found)

    return sorted(candidates, key=rank)
