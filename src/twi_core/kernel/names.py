"""Names of operations and permissions as people write them: `links.add`, `link add`, `/links Add`."""

import difflib
import re
from collections.abc import Collection, Iterable
from typing import Final

SUGGESTED: Final = 3
"""Names that a refusal suggests at most."""
COMPARED: Final = 60
"""Characters of an unknown name that are compared with the known ones; none of ours is that long."""

_BETWEEN: Final = re.compile(r"[\s.]+")


def contexts_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return the contexts that dotted names begin with."""
    return tuple(dict.fromkeys(context for context, dot, _ in (name.partition(".") for name in names) if dot))


def dotted(written: str, contexts: Collection[str]) -> str:
    """Return the dotted name that is meant, such as `links.add` for `link add`, `/link add` or `links-add`.

    A context may be written in the singular. Whether there is such a name is for the caller to check; a name that is
    dotted already stays as it is.
    """
    words = [word for word in _BETWEEN.split(written.strip().removeprefix("/").casefold().replace("-", "_")) if word]
    if not words:
        return written.casefold()
    first, _, rest = words[0].partition("_")
    if rest and _context(first, contexts) in contexts:
        words[:1] = [first, rest]
    context = _context(words[0], contexts)
    return ".".join((context, "_".join(words[1:]))) if len(words) > 1 else context


def near_misses(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that resemble one that doesn't exist, the closest first; groups only for a group."""
    alike = [each for each in names if "*" in name or "*" not in each]
    return tuple(difflib.get_close_matches(name[:COMPARED], alike, SUGGESTED))


def _context(word: str, contexts: Collection[str]) -> str:
    """Return the one context that a word names, in the singular or the plural; the word itself if there isn't one."""
    if word in contexts:
        return word
    meant = [context for context in contexts if word in {context.removesuffix("s"), f"{context}s", _singular(context)}]
    return meant[0] if len(meant) == 1 else word


def _singular(plural: str) -> str:
    return f"{plural.removesuffix('ies')}y" if plural.endswith("ies") else plural.removesuffix("es")
