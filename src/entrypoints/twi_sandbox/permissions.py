"""Permissions in the sandbox: their part of the tour."""

from typing import Final

from twi_sandbox.stage.parts import Act, Chapter, Part, Slash, Step

_TOUR: Final = (
    Chapter(
        Act.RIGHTS,
        "A refused member asks why; an administrator tries what would help, does it, and it works.",
        (
            Step(
                "max",
                Slash("permissions explain", {"operation": "links.add"}),
                ("moderators", "/permissions grant permission:links.add"),
                private=True,
            ),
            Step(
                "adam",
                Slash("permissions simulate", {"change": "grant", "permission": "links.add", "user": "@max"}),
                ("Nothing has changed", "would gain"),
                private=True,
            ),
            Step(
                "adam",
                Slash("permissions grant", {"permission": "links.add", "user": "@max", "lasts": "12h"}),
                ("Set:", "until"),
                private=True,
            ),
            Step(
                "max",
                Slash("link add", {"content": "https://wanderinginn.com/world-map/", "title": "The map"}),
                ("The map",),
            ),
            Step("max", Slash("link delete", {"title": "The map"}), ("Deleted",)),
            Step(
                "mona",
                Slash("permissions check", {"user": "@max", "operation": "links.add"}),
                ("can use", "@Adam"),
                private=True,
            ),
        ),
    ),
)

PART: Final = Part(tour=_TOUR)
