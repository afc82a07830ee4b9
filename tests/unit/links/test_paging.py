"""Lists by pages, through the whole pipeline."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app import Bench, Who, build, refusal, success
from tests.each import for_each
from tests.hostile import HOSTILE_CURSORS, Text
from twi_core.kernel.paging import Page, write_cursor
from twi_core.links.domain import CONTENT_LIMIT, TAG_LIMIT, TITLE_LIMIT, Link, Tag
from twi_core.links.settings import PAGE_SIZE
from twi_core.links.use_cases import tags as tags_module

LISTS: dict[str, dict[str, object]] = {
    "links.list": {"tag": "t"},
    "links.search": {"query": "text"},
    "links.tags": {},
}


async def next_page(bench: Bench, name: str, cursor: str | None) -> Page[Link | Tag]:
    bench.clock.advance(61)
    given_cursor = {} if cursor is None else {"after": cursor}
    found = success(await bench.call(name, Who.MEMBER, **LISTS[name], **given_cursor))
    assert isinstance(found, Page)
    return found


async def add(bench: Bench, number: int, tag: str | None = "t") -> None:
    bench.clock.advance(61)
    success(await bench.call("links.add", title=f"part {number}", content="text", tag=tag))


def title_of(item: Link | Tag) -> str:
    return item.title if isinstance(item, Link) else item.tag or ""


@pytest.mark.asyncio
@pytest.mark.parametrize("name", sorted(LISTS))
@pytest.mark.parametrize("held", [1, 19, 20, 21, 40, 41])
async def test_pages_hold_twenty_and_end(name: str, held: int) -> None:
    """All items come in pages of twenty, each once, in order, and the last page has no cursor."""
    bench = build()
    for number in range(held):
        await add(bench, number, f"t{number:03d}" if name == "links.tags" else "t")
    sizes, seen, cursor = [], [], None
    while True:
        page = await next_page(bench, name, cursor)
        sizes.append(len(page.items))
        seen += [title_of(item) for item in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert sizes == [min(20, held - start) for start in range(0, held, 20)]
    wanted = [f"t{n:03d}" if name == "links.tags" else f"part {n}" for n in range(held)]
    assert seen == wanted


@pytest.mark.asyncio
async def test_the_untagged_come_last_over_pages() -> None:
    """The untagged category is the last one, on a separate page if necessary."""
    bench = build()
    for number in range(20):
        await add(bench, number, f"t{number:02d}")
    await add(bench, 99, None)
    first = await next_page(bench, "links.tags", None)
    second = await next_page(bench, "links.tags", first.next)
    assert list(second.items) == [Tag(None, 1)]
    assert second.next is None


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["links.list", "links.search"])
async def test_a_server_says_how_long_its_pages_are(name: str) -> None:
    """A page holds as many links as the server has set, from the next page on; elsewhere it is unchanged."""
    bench = build()
    for number in range(22):
        await add(bench, number)
    first = await next_page(bench, name, None)
    assert len(first.items) == 20
    success(await bench.call("settings.set", Who.ADMINISTRATOR, key="links.page_size", value="5"))
    assert len((await next_page(bench, name, None)).items) == 5
    assert len((await next_page(bench, name, first.next)).items) == 2
    success(await bench.call("settings.reset", Who.ADMINISTRATOR, key="links.page_size"))
    assert len((await next_page(bench, name, None)).items) == 20


@given(
    st.lists(st.integers(0, 60), min_size=21, max_size=50, unique=True),
    st.lists(st.tuples(st.booleans(), st.integers(0, 60)), max_size=12),
)
@settings(max_examples=40, deadline=None)
def test_nothing_is_skipped_or_repeated_meanwhile(held: list[int], changes: list[tuple[bool, int]]) -> None:
    """A reader who turns pages while links are added and deleted sees each link that was there all along, once."""
    import asyncio

    async def walk() -> None:
        bench = build()
        for number in held:
            await add(bench, number)
        stayed, seen, cursor, left = set(held), list[str](), None, list(changes)
        while True:
            page = await next_page(bench, "links.list", cursor)
            seen += [title_of(item) for item in page.items]
            cursor = page.next
            if cursor is None:
                break
            for adding, number in left[:6]:
                bench.clock.advance(61)
                if adding:
                    await bench.call("links.add", title=f"part {number}", content="text", tag="t")
                else:
                    await bench.call("links.delete", title=f"part {number}")
                    stayed.discard(number)
            del left[:6]
        # A link that was deleted and added again is another one, and may come again at its title's place.
        assert all(seen.count(f"part {number}") == 1 for number in stayed)
        assert seen == sorted(seen, key=lambda title: int(title.split()[1]))

    asyncio.run(walk())


@pytest.mark.asyncio
@pytest.mark.parametrize("name", [*sorted(LISTS), "tokens.list"])
@for_each("case", HOSTILE_CURSORS)
async def test_forged_cursors(name: str, case: Text) -> None:
    """A cursor that no page returned is refused, on an empty list too."""
    bench = build()
    assert refusal(await bench.call(name, Who.SHELL, **LISTS.get(name, {}), after=case.text)).code == case.code


@pytest.mark.asyncio
@pytest.mark.parametrize("name", sorted(LISTS))
@pytest.mark.parametrize("key", ["", "zzz", "\u10ff" * 100, "%", "part 00011"])
async def test_a_cursor_of_another_list_is_a_place_like_any(name: str, key: str) -> None:
    """A well-made cursor of another list is answered with a page, possibly an empty one, never with an error."""
    bench = build()
    for number in range(3):
        await add(bench, number)
    assert (await next_page(bench, name, write_cursor((key, 5)))).next is None


def test_a_reply_always_fits() -> None:
    """With every character escaped, one link fits an embed's description, and so does a page with its layout."""
    embed, layout = 4096, 4
    assert embed >= 2 * (TITLE_LIMIT + CONTENT_LIMIT + TAG_LIMIT)
    assert PAGE_SIZE.maximum is not None
    assert PAGE_SIZE.maximum * (2 * TITLE_LIMIT + layout) <= embed
    assert tags_module.PAGE_SIZE * (2 * TAG_LIMIT + layout + len(str(2**63))) <= embed
    assert TITLE_LIMIT <= 100
    assert TAG_LIMIT <= 100
