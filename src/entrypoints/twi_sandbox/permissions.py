"""Permissions in the sandbox: what the tour tells of them."""

from typing import Final

from twi_sandbox.stage.parts import Act, Chapter, Part, Slash, Step

_TOUR: Final = (
    Chapter(
        Act.RIGHTS,
        "Who was refused asks why; an administrator tries what would help, does it, and it helps.",
        (
            Step(
                "max",
                Slash("permissions explain", {"operation": "links.add"}),
                ("moderators have", "/permissions grant permission:links.add"),
                private=True,
            ),
            Step(
                "adam",
                Slash("permissions simulate", {"change": "grant", "permission": "links.add", "user": "@max"}),
                ("Nothing was changed", "would gain"),
                private=True,
            ),
            Step(
                "adam",
                Slash("permissions grant", {"permission": "links.add", "user": "@max", "lasts": "12h"}),
                ("From now on", "until"),
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
                ("may use", "@Adam"),
                private=True,
            ),
        ),
    ),
)

PART: Final = Part(tour=_TOUR)
