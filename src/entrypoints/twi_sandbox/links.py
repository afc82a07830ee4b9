"""Links in the sandbox: believable ones for a server that has none, and their part of the tour."""

from typing import Final

from twi_core.application import Application
from twi_core.kernel.context import CallContext
from twi_core.kernel.outcome import Failure
from twi_core.links.use_cases.add import AddLink
from twi_core.links.use_cases.tags import ListTags
from twi_sandbox.stage.parts import Act, Chapter, Clicks, Part, Says, Slash, Step, Typing

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
_MAP: Final = "https://wanderinginn.com/world-map/"


async def _add_links(app: Application, context: CallContext) -> None:
    """Add the links if the guild has none yet, through the application as a moderator would."""
    tags = await app.links.tags(ListTags(), context)
    if isinstance(tags, Failure) or tags.unwrap().items:
        return
    for title, content, tag in (*_GUIDES, *_CHAPTERS):
        added = await app.links.add(AddLink(title=title, content=content, tag=tag), context)
        if isinstance(added, Failure):
            raise RuntimeError(  # noqa: TRY004  # the script is wrong, not a type
                f"a demo link was refused: {added.failure().code}"
            )


_TOUR: Final = (
    Chapter(
        Act.ARRIVAL,
        "A moderator saves a link, and everyone can find it.",
        (
            Step(
                "mona",
                Slash("link add", {"content": _MAP, "title": "World Map", "tag": "maps"}),
                ("World Map", _MAP, "maps"),
            ),
            Step("max", Typing("link get", "title", "wor"), ("World Map",)),
            Step("max", Slash("link get", {"title": "world map"}), ("World Map", _MAP)),
            Step("max", Says("!link get wrold map"), ("no link called", "World Map", "links.not_found")),
        ),
    ),
    Chapter(
        Act.ARRIVAL,
        "The same command, written: the title takes all words, options follow as --name value.",
        (
            Step(
                "adam",
                Says("!link add Where to start --content Begin with Volume 1, chapter 1.00. --tag guides"),
                ("Where to start", "guides"),
            ),
            Step("max", Slash("link get", {"title": "where to start"}), ("Begin with Volume 1",)),
        ),
    ),
    Chapter(
        Act.RIGHTS,
        "Members can't change other people's links, and they see why.",
        (
            Step("max", Slash("link delete", {"title": "World Map"}), ("permissions.denied",), private=True),
            Step("max", Slash("link add", {"content": "x", "title": "y"}), ("permissions.denied",), private=True),
            Step("mona", Slash("link edit", {"title": "Where to start"}), ("links.nothing_to_change",), private=True),
            Step(
                "mona",
                Slash("link add", {"content": "javascript:alert(1)", "title": "trap"}),
                ("input.invalid_url",),
                private=True,
            ),
        ),
    ),
    Chapter(
        Act.ROUTINE,
        "Owners manage their own links, administrators all of them.",
        (
            Step("mona", Slash("link edit", {"title": "World Map", "tag": "atlas"}), ("World Map", "atlas")),
            Step(
                "adam",
                Slash("link rename", {"title": "World Map", "new_title": "Map of the world"}),
                ("Map of the world",),
            ),
            Step("max", Slash("link info", {"title": "map of the world"}), ("Map of the world", "@Mona")),
        ),
    ),
    Chapter(
        Act.ROUTINE,
        "Long lists have pages.",
        (
            Step("max", Slash("link list", {}), ("chapters", "guides")),
            Step("max", Slash("link list", {"tag": "chapters"}), ("Chapter 1.00", "Chapter 1.09")),
            Step("max", Clicks("Next"), ("Chapter 1.24",)),
            Step("max", Slash("link search", {"query": "chap 1.2"}), ("Chapter 1.20", "[Show a link ▾]")),
        ),
    ),
    Chapter(
        Act.FAREWELL,
        "Links that are no longer needed are deleted.",
        (
            Step("mona", Slash("link delete", {"title": "Map of the world"}), ("Map of the world",)),
            Step("max", Slash("link get", {"title": "Map of the world"}), ("links.not_found",), private=True),
        ),
    ),
)

PART: Final = Part(tour=_TOUR, demo=_add_links)
