# ruff: noqa: RUF001  # letters that look like others are the point
"""Every use case of links through the whole pipeline: what it does, and each of its refusals."""

import pytest

from tests.app import GUILD, OTHER_GUILD, Bench, Who, build, refusal, success
from twi_core.kernel.ids import UserId
from twi_core.kernel.wording import PLAIN
from twi_core.links.domain import Link, Suggestion, Tag
from twi_core.links.use_cases.add import AddLink
from twi_core.links.use_cases.edit import EditLink
from twi_core.links.use_cases.get import GetLink
from twi_core.links.use_cases.list import ListLinks
from twi_core.links.use_cases.search import SearchLinks
from twi_core.links.use_cases.suggest import SuggestLinks
from twi_core.links.use_cases.suggest_tags import SuggestTags
from twi_core.links.use_cases.tags import ListTags

pytestmark = pytest.mark.asyncio


async def add(bench: Bench, title: str, content: str = "text", tag: str | None = None, who: Who = Who.AUTHOR) -> Link:
    """Add a link, later than the one before; the limit does not stand in the way."""
    bench.clock.advance(61)
    return success(await bench.app.links.add(AddLink(title=title, content=content, tag=tag), bench.by(who)))


async def get(bench: Bench, title: str) -> Link:
    return success(await bench.app.links.get(GetLink(title=title), bench.by(Who.MEMBER)))


async def test_adding() -> None:
    """A link is kept as written, with who added it and when; everybody in the guild finds it by any spelling."""
    bench = build()
    link = await add(bench, "  World Map ", "https://wanderinginn.com/map", "Maps")
    assert (link.title, link.content, link.tag, link.preview) == (
        "World Map",
        "https://wanderinginn.com/map",
        "Maps",
        True,
    )
    assert (link.guild, link.added_by, link.changed_by) == (GUILD, Who.AUTHOR.actor, Who.AUTHOR.actor)
    assert link.added_at == link.changed_at == bench.clock.now()
    assert await get(bench, "ｗｏｒｌｄ  MAP") == link
    assert success(await bench.call("links.info", Who.MEMBER, title="world map")) == link


async def test_an_operator_without_an_account_adds_for_nobody() -> None:
    """What the command line adds without an actor has no owner."""
    bench = build()
    link = success(await bench.call("links.add", Who.SHELL, title="a", content="b"))
    assert isinstance(link, Link)
    assert link.added_by is None


@pytest.mark.parametrize(
    "again", ["World Map", "world map", "WORLD  MAP", "Ｗorld Map", "World\u200b Map", "World Map\ufe0f"]
)
async def test_titles_are_unique(again: str) -> None:
    """A title that looks the same is taken; the link that has it stays as it is, and the refusal quotes the new one."""
    bench = build()
    link = await add(bench, "World Map")
    error = refusal(await bench.call("links.add", title=again, content="other"))
    assert (error.code, error.params["title"]) == ("links.title_taken", again)
    assert await get(bench, "world map") == link


async def test_a_missing_title_names_near_misses() -> None:
    """A title that no link has is refused with up to three similar ones, the best first, in the hint."""
    bench = build()
    for title in ("World Map", "World map of Izril", "Worlds", "World history", "Recipes"):
        await add(bench, title)
    error = refusal(await bench.call("links.get", title="world m"))
    assert error.code == "links.not_found"
    assert error.message(PLAIN) == "There's no link called “world m” here."
    assert error.hint(PLAIN) == "Did you mean “World Map”, “World map of Izril” or “Worlds”?"
    error = refusal(await bench.call("links.get", title="zzz"))
    assert error.hint(PLAIN) == "See the tags, and the links with each: links.tags"


@pytest.mark.parametrize("name", ["get", "info", "edit", "rename", "delete", "transfer"])
async def test_a_missing_title_is_the_same_everywhere(name: str) -> None:
    """Every use case that names a link refuses a missing one alike, with near misses."""
    bench = build()
    await add(bench, "World Map")
    more = {"edit": {"content": "x"}, "rename": {"new_title": "x"}, "transfer": {"to": "1"}}.get(name, {})
    error = refusal(await bench.call(f"links.{name}", Who.ADMINISTRATOR, title="world maps", **more))
    assert error.code == "links.not_found"
    assert "“World Map”" in error.hint(PLAIN)


async def test_what_an_edit_leaves_out_stays() -> None:
    """An edit changes what it names and nothing else, and records who and when; the author of the addition stays."""
    bench = build()
    before = await add(bench, "a", "https://one.example", "Maps")
    bench.clock.advance(5)
    edited = success(await bench.app.links.edit(EditLink(title="A", content="two"), bench.by(Who.ADMINISTRATOR)))
    assert (edited.content, edited.tag, edited.preview, edited.title) == ("two", "Maps", True, "a")
    assert (edited.added_by, edited.added_at) == (before.added_by, before.added_at)
    assert (edited.changed_by, edited.changed_at) == (Who.ADMINISTRATOR.actor, bench.clock.now())
    assert await get(bench, "a") == edited
    edited = success(await bench.app.links.edit(EditLink(title="a", tag="Places"), bench.by(Who.AUTHOR)))
    assert (edited.content, edited.tag, edited.preview) == ("two", "Places", True)
    edited = success(await bench.app.links.edit(EditLink(title="a", preview=False), bench.by(Who.AUTHOR)))
    assert (edited.content, edited.tag, edited.preview) == ("two", "Places", False)
    edited = success(await bench.app.links.edit(EditLink(title="a", clear_tag=True), bench.by(Who.AUTHOR)))
    assert (edited.content, edited.tag, edited.preview) == ("two", None, False)
    assert await get(bench, "a") == edited


@pytest.mark.parametrize("changes", [{}, {"clear_tag": False}])
async def test_an_edit_of_nothing(changes: dict[str, object]) -> None:
    """An edit that names nothing is refused."""
    bench = build()
    before = await add(bench, "a", tag="Maps")
    assert await bench.code("links.edit", title="a", **changes) == "links.nothing_to_change"
    assert await get(bench, "a") == before


async def test_an_edit_that_contradicts_itself() -> None:
    """A tag cannot be set and cleared at once, and the refusal says so."""
    bench = build()
    before = await add(bench, "a", tag="Maps")
    assert await bench.code("links.edit", title="a", tag="x", clear_tag=True) == "links.tag_and_clear_tag"
    assert await get(bench, "a") == before


async def test_renaming() -> None:
    """A renamed link is found by its new title only, is otherwise the same, and frees its old title."""
    bench = build()
    before = await add(bench, "old", "text", "Maps")
    bench.clock.advance(5)
    assert await bench.code("links.rename", Who.ADMINISTRATOR, title="OLD", new_title="New") is None
    after = await get(bench, "new")
    assert (after.added_by, after.changed_by) == (Who.AUTHOR.actor, Who.ADMINISTRATOR.actor)
    assert (after.id, after.title, after.content, after.tag) == (before.id, "New", "text", "Maps")
    assert (after.changed_at, after.added_at) == (bench.clock.now(), before.added_at)
    assert await bench.code("links.get", title="old") == "links.not_found"
    await add(bench, "old")


async def test_renaming_to_another_spelling_of_itself() -> None:
    """A title may be respelt, although the link itself has it."""
    bench = build()
    await add(bench, "world map")
    assert await bench.code("links.rename", title="world map", new_title="World Map") is None
    assert (await get(bench, "world map")).title == "World Map"


async def test_renaming_to_a_taken_title() -> None:
    """A rename to a taken title is refused and both links stay."""
    bench = build()
    one, two = await add(bench, "one"), await add(bench, "two")
    assert await bench.code("links.rename", title="one", new_title="TWO") == "links.title_taken"
    assert (await get(bench, "one"), await get(bench, "two")) == (one, two)


async def test_deleting() -> None:
    """A deleted link is returned as it was, is gone everywhere, and its title is free."""
    bench = build()
    before = await add(bench, "a", "text", "Maps")
    assert success(await bench.call("links.delete", title="A")) == before
    assert await bench.code("links.get", title="a") == "links.not_found"
    assert await bench.code("links.list", tag="Maps") == "links.tag_not_found"
    assert await bench.code("links.search", query="text") == "links.nothing_found"
    assert success(await bench.call("links.suggest", typed="a")) == []
    await add(bench, "a")


async def test_transferring() -> None:
    """A transferred link is managed by its new owner, and no longer by the old one."""
    bench = build()
    before = await add(bench, "a")
    bench.clock.advance(5)
    assert await bench.code("links.transfer", Who.AUTHOR, title="a", to=str(Who.MEMBER.value)) is None
    after = await get(bench, "a")
    assert after.added_by == UserId(Who.MEMBER.value)
    assert (after.added_at, after.changed_at, after.changed_by) == (
        before.added_at,
        bench.clock.now(),
        Who.AUTHOR.actor,
    )
    assert await bench.code("links.edit", Who.AUTHOR, title="a", content="x") == "permissions.denied"
    assert await bench.code("links.edit", Who.MEMBER, title="a", content="x") is None


async def test_categories() -> None:
    """Tags are counted whatever their case, shown as first spelt, in order, the untagged last."""
    bench = build()
    for title, tag in (("a", "Maps"), ("b", "maps"), ("c", None), ("d", "Art"), ("e", "ＭＡＰＳ"), ("f", None)):
        await add(bench, title, tag=tag)
    found = success(await bench.app.links.tags(ListTags(), bench.by(Who.MEMBER)))
    assert (list(found.items), found.next) == ([Tag("Art", 1), Tag("Maps", 3), Tag(None, 2)], None)


async def test_counts_agree_with_lists() -> None:
    """A category lists as many links as it counts, and the untagged ones have a name to be listed by."""
    bench = build()
    for title, tag in (("a", "Maps"), ("b", "maps"), ("c", None)):
        await add(bench, title, tag=tag)
    for category, titles in (("MAPS", ["a", "b"]), ("untagged", ["c"]), ("Ｕntagged", ["c"])):
        found = success(await bench.app.links.list(ListLinks(tag=category), bench.by(Who.MEMBER)))
        assert [link.title for link in found.items] == titles
    assert await bench.code("links.list", tag="none") == "links.tag_not_found"


async def test_a_list_is_in_the_order_of_numbers() -> None:
    """Numbers in titles sort as numbers, of any length."""
    bench = build()
    for title in ("part 10", "part 9", "Part 1", "9" * 100, "part", "10"):
        await add(bench, title, tag="t")
    found = success(await bench.app.links.list(ListLinks(tag="t"), bench.by(Who.MEMBER)))
    assert [link.title for link in found.items] == ["10", "9" * 100, "part", "Part 1", "part 9", "part 10"]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("world", ["Tales", "World Map"]),
        ("WORLD ma", ["World Map"]),
        ("map", ["Recipes", "World Map"]),
        ("ap", []),
        ("liscor", ["Recipes"]),
        ("world cook", []),
        ("example", ["Tales"]),
        ("ｗｏｒｌｄ", ["Tales", "World Map"]),
        ("world!", ["Tales", "World Map"]),
        ("%", []),
        ("wor%", ["Tales", "World Map"]),
        ("_orld", []),
        ("world world", ["Tales", "World Map"]),
        ("1", ["Recipes"]),
    ],
)
async def test_searching(query: str, titles: list[str]) -> None:
    """All words must begin some word of title, tag or content; signs separate words and mean nothing themselves."""
    bench = build()
    await add(bench, "World Map", "the inn's surroundings")
    await add(bench, "Recipes", "cook in Liscor, page 12", "Maps")
    await add(bench, "Tales", "https://example.org/world_tales")
    outcome = await bench.app.links.search(SearchLinks(query=query), bench.by(Who.MEMBER))
    if not titles:
        assert refusal(outcome).code == "links.nothing_found"
        return
    assert [link.title for link in success(outcome).items] == titles


async def suggested(bench: Bench, typed: str) -> list[str]:
    found = success(await bench.app.links.suggest(SuggestLinks(typed=typed), bench.by(Who.MEMBER)))
    assert all(isinstance(suggestion, Suggestion) for suggestion in found)
    return [suggestion.title for suggestion in found]


async def test_suggestions_are_ranked() -> None:
    """First titles that begin with what was typed, then those that contain it, then those that resemble it."""
    bench = build()
    for title in ("Bookmap", "The map", "Map of Izril", "map", "mpa", "Maps", "other"):
        await add(bench, title)
    found = await suggested(bench, "map")
    assert found[:3] == ["map", "Maps", "Map of Izril"]
    assert set(found[3:]) == {"The map", "Bookmap"}
    assert (await suggested(bench, "mapp"))[:2] == ["map", "Maps"]


async def test_among_equals_the_later_changed_comes_first() -> None:
    """Equally alike titles come newest first; nothing typed returns the newest of all."""
    bench = build()
    for title in ("page 1", "page 2", "page 3"):
        await add(bench, title)
    assert await suggested(bench, "page") == ["page 3", "page 2", "page 1"]
    bench.clock.advance(1)
    assert await bench.code("links.edit", title="page 2", content="new") is None
    assert await suggested(bench, "page") == ["page 2", "page 3", "page 1"]
    assert await suggested(bench, "") == await suggested(bench, "   ") == ["page 2", "page 3", "page 1"]


async def test_suggestions_are_as_many_as_discord_shows() -> None:
    """However many titles match, 25 are suggested, those that begin with what was typed among them."""
    bench = build()
    for number in range(40):
        await add(bench, f"map {number}")
    await add(bench, "the map")
    for typed in ("", "m", "map", "map 1"):
        assert len(await suggested(bench, typed)) == 25
    assert (await suggested(bench, "map 3"))[0] == "map 3"


async def test_tag_suggestions() -> None:
    """Tags that begin with what was typed come in order with their counts; untagged links have none."""
    bench = build()
    for title, tag in (("a", "Maps"), ("b", "maps"), ("c", None), ("d", "Art"), ("e", "Makers")):
        await add(bench, title, tag=tag)
    for typed, expected in (("MA", ["Makers", "Maps"]), ("", ["Art", "Makers", "Maps"]), ("x", [])):
        found = success(await bench.app.links.suggest_tags(SuggestTags(typed=typed), bench.by(Who.MEMBER)))
        assert [counted.tag for counted in found] == expected


async def test_no_guild_sees_anything_of_another() -> None:
    """Whatever is done in one guild leaves another one's links untouched, unseen and uncounted."""
    bench = build()
    mine = await add(bench, "secret map", "secret text", "Secrets")
    for name, raw in (
        ("get", {"title": "secret map"}),
        ("info", {"title": "secret map"}),
        ("delete", {"title": "secret map"}),
        ("edit", {"title": "secret map", "content": "x"}),
        ("rename", {"title": "secret map", "new_title": "x"}),
        ("transfer", {"title": "secret map", "to": "1"}),
        ("list", {"tag": "Secrets"}),
        ("search", {"query": "secret"}),
    ):
        error = refusal(await bench.call(f"links.{name}", Who.OPERATOR, OTHER_GUILD, **raw))
        assert error.kind == "not_found"
        assert "suggestions" not in error.params
    assert success(await bench.call("links.suggest", Who.OPERATOR, OTHER_GUILD, typed="")) == []
    assert success(await bench.call("links.suggest_tags", Who.OPERATOR, OTHER_GUILD, typed="")) == []
    elsewhere = success(await bench.app.links.tags(ListTags(), bench.by(Who.OPERATOR, OTHER_GUILD)))
    assert list(elsewhere.items) == []
    assert await bench.code("links.add", Who.AUTHOR, OTHER_GUILD, title="Secret Map", content="y") is None
    assert await get(bench, "secret map") == mine
