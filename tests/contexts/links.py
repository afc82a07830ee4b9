"""What the generated suites know of links."""

from typing import Final

from tests.contexts import (
    ADMINISTRATOR,
    EVERYONE,
    MODERATOR,
    OWNER,
    SOMEBODY,
    Call,
    Case,
    ContextSuite,
    DiscordOptions,
    Row,
)

MAP: Final = {"title": "world map", "content": "https://wanderinginn.com/map", "tag": "maps", "preview": True}
KEPT: Final = (Call("links.add", "administrator", MAP),)

SUITE: Final = ContextSuite(
    rows=(
        Row("links.get", EVERYONE, commands={"link get": {}}),
        Row("links.info", EVERYONE, commands={"link info": {}}),
        Row("links.tags", EVERYONE, commands={"link list": {}}),
        Row("links.list", EVERYONE, commands={"link list": {}, "tag": {"tag": "maps"}}),
        Row("links.search", EVERYONE, commands={"link search": {}}),
        Row("links.suggest", EVERYONE, typing=("link get", "title")),
        Row("links.suggest_tags", EVERYONE, typing=("link list", "tag")),
        Row("links.add", MODERATOR, given={"title": "bread"}, commands={"link add": {}}),
        Row("links.edit", ADMINISTRATOR, author=True, given={"content": "words"}, commands={"link edit": {}}),
        Row("links.rename", ADMINISTRATOR, author=True, commands={"link rename": {}}),
        Row("links.transfer", ADMINISTRATOR, author=True, commands={"link transfer": {}}),
        Row("links.delete", ADMINISTRATOR, author=True, commands={"link delete": {}}),
    ),
    seed=(
        Call("links.add", "administrator", MAP),
        Call("links.transfer", "administrator", {"title": "world map", "to": OWNER}),
        Call("links.add", "moderator", {"title": "part 2", "content": "some words"}),
    ),
    faults=(
        Case("links.get", {"title": "world map"}, writes=False),
        Case("links.get", {"title": "wrold map"}, writes=False),
        Case("links.info", {"title": "world map"}, writes=False),
        Case("links.tags", {}, writes=False),
        Case("links.list", {"tag": "maps"}, writes=False),
        Case("links.search", {"query": "some words"}, writes=False),
        Case("links.suggest", {"typed": "wor"}, writes=False),
        Case("links.suggest_tags", {"typed": "m"}, writes=False),
        Case("links.add", {"title": "new", "content": "text"}),
        Case("links.add", {"title": "world map", "content": "text"}, writes=False),
        Case("links.edit", {"title": "world map", "content": "other"}),
        Case("links.rename", {"title": "world map", "new_title": "atlas"}),
        Case("links.rename", {"title": "world map", "new_title": "part 2"}, writes=False),
        Case("links.transfer", {"title": "world map", "to": SOMEBODY}),
        Case("links.delete", {"title": "world map"}),
        Case("links.delete", {"title": "nothing"}, writes=False),
    ),
    typed={
        "links.suggest": ("link get", "title", "title"),
        "links.suggest_tags": ("link list", "tag", "tag"),
    },
    unlimited={"links.suggest": "each keystroke asks", "links.suggest_tags": "each keystroke asks"},
    discord=DiscordOptions(completed={"title", "tag"}, uncompleted={("link add", "title")}),
    provoked={
        "links.not_found": Call("links.get", "member", {"title": "wrold map"}, before=KEPT),
        "links.title_taken": Call("links.add", "moderator", {"title": "World Map", "content": "words"}, before=KEPT),
        "links.tag_not_found": Call("links.list", "member", {"tag": "books"}, before=KEPT),
        "links.nothing_found": Call("links.search", "member", {"query": "the blue inn"}, before=KEPT),
        "links.nothing_to_change": Call("links.edit", "administrator", {"title": "world map"}, before=KEPT),
        "links.tag_and_clear_tag": Call(
            "links.edit", "administrator", {"title": "world map", "tag": "art", "clear_tag": True}, before=KEPT
        ),
        "links.reserved_tag": Call("links.add", "moderator", {"title": "bread", "content": "words", "tag": "Untagged"}),
    },
)
