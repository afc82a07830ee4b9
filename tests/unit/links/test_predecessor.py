"""What was wrong with links in the predecessor, and how it is now; numbered as in `docs/predecessor.md`."""

import pytest

from tests.app import OTHER_GUILD, Bench, Who, build, refusal, success
from tests.unit.faults import Faults, bench_on, failing_at
from twi_core.kernel.addresses import shown_url
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.ids import UserId
from twi_core.kernel.paging import Page
from twi_core.links.domain import CONTENT_LIMIT, TAG_LIMIT, TITLE_LIMIT, Link

pytestmark = pytest.mark.asyncio


async def add(bench: Bench, title: str, content: str = "text", tag: str | None = None) -> Link:
    bench.clock.advance(61)
    link = success(await bench.call("links.add", title=title, content=content, tag=tag))
    assert isinstance(link, Link)
    return link


async def listed(bench: Bench, category: str) -> list[str]:
    page = success(await bench.call("links.list", Who.MEMBER, tag=category))
    assert isinstance(page, Page)
    return [link.title for link in page.items]


async def test_q1_suggestions_stay_in_their_guild() -> None:
    """LNK-Q1: suggestions showed titles and contents of other guilds; now only titles of the caller's guild."""
    bench = build()
    await add(bench, "ours")
    assert success(await bench.call("links.suggest", Who.MEMBER, OTHER_GUILD)) == []


async def test_q2_a_link_has_a_title() -> None:
    """LNK-Q2: a link without a title broke suggestions; now there is none."""
    for title in (None, "", "  "):
        error = refusal(await build().call("links.add", title=title, content="x"))
        assert error.code in {"input.invalid_type", "input.empty"}


async def test_q3_titles_and_tags_fit_a_choice() -> None:
    """LNK-Q3: titles and tags could be longer than a choice holds; now neither can."""
    bench = build()
    for limit, raw in ((TITLE_LIMIT, {"title": "x" * 101}), (TAG_LIMIT, {"title": "x", "tag": "x" * 51})):
        assert limit <= 100
        assert await bench.code("links.add", content="x", **raw) == "input.too_long"


async def test_q5_text_is_not_shown_as_a_link() -> None:
    """LNK-Q5: any content was shown as a link; now only a sound web address is."""
    assert shown_url("just text") is None
    assert shown_url("https://example.org") == "https://example.org"


async def test_q6_q17_titles_differ_by_more_than_case() -> None:
    """LNK-Q6 and LNK-Q17: titles that differed in case hid one another; now the second one is refused."""
    bench = build()
    await add(bench, "Map")
    assert await bench.code("links.add", title="MAP", content="x") == "links.title_taken"
    assert await bench.code("links.get", title="mAp") is None


async def test_q7_an_outage_is_reported_as_one() -> None:
    """LNK-Q7: an outage was reported as a missing link; now as an outage."""
    bench, _ = bench_on(Faults(before=failing_at(1, Unavailable("x"))))
    assert await bench.code("links.get", title="map") == "storage.unavailable"


async def test_q8_long_numbers_sort() -> None:
    """LNK-Q8: a title with more than ten digits broke its whole list; now it has its place."""
    bench = build()
    for title in ("chapter 12345678901234567890", "chapter 2", "chapter 10"):
        await add(bench, title, tag="t")
    assert await listed(bench, "t") == ["chapter 2", "chapter 10", "chapter 12345678901234567890"]


async def test_q9_q10_long_lists_come_in_pages() -> None:
    """LNK-Q9 and LNK-Q10: long lists were cut or could not be sent; now they come in pages with whole titles."""
    bench = build()
    for number in range(45):
        await add(bench, f"{number:02d}" + "x" * 98, tag="t")
    sizes, raw = [], dict[str, object](tag="t")
    while True:
        page = success(await bench.call("links.list", Who.MEMBER, **raw))
        assert isinstance(page, Page)
        sizes.append(len(page.items))
        assert all(len(link.title) == 100 for link in page.items)
        if page.next is None:
            break
        raw["after"] = page.next
    assert sizes == [20, 20, 5]


async def test_q11_no_tag_is_unlistable() -> None:
    """LNK-Q11: a tag called Untagged, or an empty one, could not be listed; now neither can exist."""
    bench = build()
    assert await bench.code("links.add", title="a", content="x", tag="untagged") == "links.reserved_tag"
    assert await bench.code("links.add", title="a", content="x", tag="") == "input.empty"
    await add(bench, "a")
    assert await listed(bench, "UNTAGGED") == ["a"]


async def test_q12_counts_are_what_is_listed() -> None:
    """LNK-Q12: categories were counted by case and listed without it; now both go by the same key."""
    bench = build()
    for title, tag in (("a", "Maps"), ("b", "MAPS")):
        await add(bench, title, tag=tag)
    page = success(await bench.call("links.tags", Who.MEMBER))
    assert isinstance(page, Page)
    assert [(counted.tag, counted.links) for counted in page.items] == [("Maps", 2)]
    assert await listed(bench, "maps") == ["a", "b"]


async def test_q13_lists_stay_in_their_guild() -> None:
    """LNK-Q13: lists showed the links of every guild; now those of the caller's guild."""
    bench = build()
    await add(bench, "a", tag="t")
    assert await bench.code("links.list", Who.MEMBER, OTHER_GUILD, tag="t") == "links.tag_not_found"


async def test_q14_contents_are_bounded() -> None:
    """LNK-Q14: a long content made its replies fail; now it is refused when it is given."""
    code = await build().code("links.add", title="a", content="x" * (CONTENT_LIMIT + 1))
    assert code == "input.too_long"


async def test_q15_blank_tags_are_refused() -> None:
    """LNK-Q15: a tag of blanks was stored as an empty one; now it is refused."""
    assert await build().code("links.add", title="a", content="x", tag="   ") == "input.empty"


@pytest.mark.parametrize("content", ["javascript:alert(1)", "discord://-/settings", "ftp://example.org/x", "http://"])
async def test_q16_only_web_addresses(content: str) -> None:
    """LNK-Q16: any scheme was stored, and `ftp` refused with an odd text; now each gets the same clear refusal."""
    error = refusal(await build().call("links.add", title="a", content=content))
    assert error.code == "input.invalid_url"


async def test_q18_deleting_takes_permission() -> None:
    """LNK-Q18: anybody anywhere deleted any link; now its owner and administrators of its guild do."""
    bench = build()
    await add(bench, "a")
    for who in (Who.MEMBER, Who.MODERATOR):
        assert await bench.code("links.delete", who, title="a") == "permissions.denied"
    assert await bench.code("links.delete", Who.ADMINISTRATOR, OTHER_GUILD, title="a") == "links.not_found"
    assert await bench.code("links.delete", Who.AUTHOR, title="a") is None


async def test_failures_have_their_own_texts() -> None:
    """X-Q4: a missing link, a taken title and a missing category were all unexpected errors; now each has its code."""
    bench = build()
    await add(bench, "a")
    assert await bench.code("links.get", title="b") == "links.not_found"
    assert await bench.code("links.delete", title="b") == "links.not_found"
    assert await bench.code("links.add", title="a", content="x") == "links.title_taken"
    assert await bench.code("links.list", tag="x") == "links.tag_not_found"


async def test_owners_are_known_by_id() -> None:
    """An owner was kept by display name; now by id, so that a new name changes nothing."""
    bench = build()
    assert (await add(bench, "a")).added_by == UserId(Who.AUTHOR.value)
