"""Believable links for a server that has none, saved through the application as a moderator would."""

from typing import Final

from twi_core.application import Application
from twi_core.kernel.context import CallContext
from twi_core.kernel.outcome import Failure
from twi_core.links.use_cases.add import AddLink
from twi_core.links.use_cases.tags import ListTags

_GUIDES: Final = (
    ("Reading order", "https://wanderinginn.com/table-of-contents/", "guides"),
    ("Wiki", "https://wiki.wanderinginn.com/", "guides"),
    ("Spoiler policy", "Talk about new chapters only in their own channels for a week.", "guides"),
    ("Fan works", "https://archiveofourown.org/tags/The%20Wandering%20Inn", "fan works"),
    ("Map of Izril", "https://wiki.wanderinginn.com/Izril", "maps"),
    ("Map of Baleros", "https://wiki.wanderinginn.com/Baleros", "maps"),
    ("Support the author", "https://www.patreon.com/pirateaba", None),
)
_CHAPTERS: Final = tuple(
    (f"Chapter 1.{number:02d}", f"https://wanderinginn.com/1-{number:02d}/", "chapters") for number in range(25)
)


async def add_demo_links(app: Application, context: CallContext) -> None:
    """Add the links where the guild has none yet.

    `context` is a caller who may add links; the limit of that command is for people, so it must not be in force.
    """
    tags = await app.links.tags(ListTags(), context)
    if isinstance(tags, Failure) or tags.unwrap().items:
        return
    for title, content, tag in (*_GUIDES, *_CHAPTERS):
        added = await app.links.add(AddLink(title=title, content=content, tag=tag), context)
        if isinstance(added, Failure):
            raise RuntimeError(  # noqa: TRY004  # the script is wrong, not a type
                f"a demo link was refused: {added.failure().code}"
            )
