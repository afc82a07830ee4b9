"""What every store of links promises; subclass it and provide a `store` fixture."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from tests.contracts.values import CALL, GUILD, OTHER_GUILD, START, Store, begun, committed, insisted, keep, link
from twi_core.kernel.faults import Conflict
from twi_core.kernel.ids import LARGEST_ID, GuildId, UserId
from twi_core.kernel.text import name_key
from twi_core.kernel.unit import UNAUDITED
from twi_core.links import LINKS, LinksUnit
from twi_core.links.domain import Link, LinkId, Tag
from twi_core.links.ports import Links

HOSTILE = (
    "'; DROP TABLE links; --",
    "100 %s %(title)s {title} \\n \\",
    "a\tb\nc\r\nd",
    "Ⅷ ﬁ ß İ ς e\u0301 \u00e9 \u200bx",
    "👩\u200d🚀 🇩🇪 a\u0301\u0302\u0303",
    "日本語 한국어 العربية \U0010ffff \U00020000",
    "%_\\[a-z]*|&!:*()<->",
)


async def find(store: Store, title: str, guild: GuildId = GUILD) -> Link | None:
    """Return a committed link by its title."""
    async with store.open(LINKS)(CALL) as unit:
        return await unit.links.find(guild, name_key(title))


def titles(links: Sequence[Link]) -> list[str]:
    """Return the titles in their order."""
    return [each.title for each in links]


class LinksContract:
    """The contract of `Links` for single links."""

    @pytest.mark.asyncio
    async def test_what_was_committed_is_found_as_it_was(self, store: Store) -> None:
        """A link comes back with every field as it went in, times to the microsecond and in UTC."""
        full = link(LARGEST_ID, "The Map", tag="Maps", guild=GuildId(LARGEST_ID), seconds=0.000001)
        bare = replace(link(1, "Bare"), preview=False, added_by=None, changed_by=None)
        await keep(store, full, bare)
        assert await find(store, "the map", GuildId(LARGEST_ID)) == full
        found = await find(store, "BARE")
        assert found == bare
        assert found is not None
        assert found.changed_at.utcoffset() == timedelta(0)
        assert type(found.id) is LinkId
        assert type(found.guild) is GuildId

    @pytest.mark.asyncio
    @pytest.mark.parametrize("text", HOSTILE)
    async def test_any_text_comes_back_as_it_was_written(self, store: Store, text: str) -> None:
        """No text is changed or mistaken for something else, as title, content or tag."""
        await keep(store, link(1, text, content=text * 3, tag=text), link(2, "other"))
        assert await find(store, text) == link(1, text, content=text * 3, tag=text)
        async with store.open(LINKS)(CALL) as unit:
            assert titles(await unit.links.of_tag(GUILD, name_key(text), after=None, limit=9)) == [text]
            assert await unit.links.tags_beginning(GUILD, name_key(text), limit=9) == [Tag(text, 1)]
            assert text in {each.title for each in await unit.links.resembling(GUILD, name_key(text), limit=9)}

    @pytest.mark.asyncio
    async def test_the_longest_texts_fit(self, store: Store) -> None:
        """Nothing within the limits of the domain is too long once it is normalised, folded or indexed."""
        for number, title in enumerate(("\u0390" * 100, "1a" * 50, "ß" * 100, "\U0001d400" * 50, "日" * 100), 1):
            longest = link(number, title, tag=title[:50], content="\ufdfa" * 1500)
            await keep(store, longest)
            assert await find(store, title) == longest
            async with store.open(LINKS)(CALL) as unit:
                assert await unit.links.search(GUILD, ["صلى"], after=(" ", 1), limit=1)

    @pytest.mark.asyncio
    async def test_what_was_not_committed_is_gone(self, store: Store) -> None:
        """Leaving a unit without a commit undoes an addition, a change and a deletion."""
        kept = link(1, "kept")
        await keep(store, kept, link(2, "stays"))
        async with store.open(LINKS)(CALL) as unit:
            assert await unit.links.add(link(3, "new"))
            assert await unit.links.replace(replace(kept, title="renamed"))
            await unit.links.remove(link(2, "stays"))
        assert await find(store, "new") is None
        assert await find(store, "kept") == kept
        assert await find(store, "stays") is not None

    @pytest.mark.asyncio
    async def test_what_was_not_committed_is_seen_by_its_own_unit_only(self, store: Store) -> None:
        """A unit sees its own writes in every list; another one sees none of them, and does not wait for it."""
        await keep(store, link(1, "old one", tag="a"), link(2, "old two", tag="a"))
        async with store.open(LINKS)(CALL) as unit, store.open(LINKS)(CALL) as other:
            await unit.links.add(link(3, "new one", tag="b", content="fresh"))
            await unit.links.replace(link(1, "older one", tag="b"))
            await unit.links.remove(link(2, "old two", tag="a"))
            assert await seen(unit.links) == (["new one", "older one"], [Tag("b", 2)])
            assert await seen(other.links) == (["old one", "old two"], [Tag("a", 2)])
            assert await unit.links.find(GUILD, "old one") is None
            assert await other.links.find(GUILD, "new one") is None
            assert titles(await unit.links.search(GUILD, ["fre"], after=None, limit=9)) == ["new one"]
            assert {each.title for each in await unit.links.resembling(GUILD, "old", limit=9)} == {"older one"}

    @pytest.mark.asyncio
    async def test_no_call_reaches_into_another_guild(self, store: Store) -> None:
        """The links of one guild are in no answer to another guild."""
        theirs = link(1, "theirs", guild=OTHER_GUILD, tag="maps")
        await keep(store, theirs)
        async with store.open(LINKS)(CALL) as unit:
            links = unit.links
            assert await links.find(GUILD, "theirs") is None
            assert await links.find_to_change(GUILD, "theirs") is None
            assert await links.tags(GUILD, after=None, limit=9) == []
            assert await links.of_tag(GUILD, "maps", after=None, limit=9) == []
            assert await links.search(GUILD, ["theirs"], after=None, limit=9) == []
            assert await links.tags_beginning(GUILD, "m", limit=9) == []
            for key in ("", "th", "theirs", "thers"):
                assert await links.resembling(GUILD, key, limit=9) == []
        assert await find(store, "theirs", OTHER_GUILD) == theirs

    @pytest.mark.asyncio
    async def test_a_title_is_unique_in_its_guild(self, store: Store) -> None:
        """A title whose key is taken is not stored, however it is written, and the unit goes on."""
        await keep(store, link(1, "Straße  ①"))

        async def add(unit: LinksUnit) -> None:
            assert not await unit.links.add(link(2, "STRASSE 1"))
            assert await unit.links.add(link(3, "another"))
            assert not await unit.links.add(link(4, "ANOTHER"))
            assert await unit.links.add(link(2, "strasse 1", guild=OTHER_GUILD))

        await committed(store.open(LINKS), add)
        assert await find(store, "strasse 1") == link(1, "Straße  ①")
        assert await find(store, "another") == link(3, "another")
        assert await find(store, "strasse 1", OTHER_GUILD) is not None

    @pytest.mark.asyncio
    async def test_a_title_is_unique_for_units_at_the_same_time(self, store: Store) -> None:
        """Of concurrent units that add one title, one stores it; the others are refused."""

        async def attempt(number: int) -> bool:
            try:
                return await committed(store.open(LINKS), lambda unit: unit.links.add(link(number, "wanted")))
            except Conflict:
                return False

        assert sum(await asyncio.gather(*(attempt(number) for number in range(1, 9)))) == 1
        async with store.open(LINKS)(CALL) as unit:
            await unit.links.add(link(20, "late"))
            rival = asyncio.create_task(attempt_add(store, link(21, "late")))
            await begun(rival)
            try:
                await unit.commit(UNAUDITED)
                first = True
            except Conflict:
                first = False
        assert first is not await rival

    @pytest.mark.asyncio
    async def test_an_id_that_is_taken_is_a_conflict(self, store: Store) -> None:
        """Two links of a guild never share an id; another attempt, with another id, may succeed."""
        await keep(store, link(1, "one"))
        with pytest.raises(Conflict) as caught:
            await keep(store, link(1, "two"))
        assert caught.value.retry
        assert await find(store, "two") is None

    @pytest.mark.asyncio
    async def test_a_change_stores_every_field(self, store: Store) -> None:
        """A replaced link is found under its new title and not under its old one, and its id stays."""
        before = link(1, "Old", tag="x", content="before")
        await keep(store, before)
        after = replace(
            link(1, "New 10", content="after words", seconds=9),
            preview=False,
            added_by=UserId(8),
            added_at=START - timedelta(days=1),
            changed_by=None,
        )
        assert await committed(store.open(LINKS), lambda unit: change(unit, "old", after))
        assert await find(store, "new 10") == after
        assert await find(store, "old") is None
        async with store.open(LINKS)(CALL) as unit:
            assert titles(await unit.links.of_tag(GUILD, None, after=None, limit=9)) == ["New 10"]
            assert titles(await unit.links.search(GUILD, ["wor", "10"], after=None, limit=9)) == ["New 10"]
            assert await unit.links.search(GUILD, ["before"], after=None, limit=9) == []
            assert [each.title for each in await unit.links.resembling(GUILD, "new", limit=9)] == ["New 10"]

    @pytest.mark.asyncio
    async def test_a_taken_title_refuses_a_change(self, store: Store) -> None:
        """Another link's title is refused, in any spelling, and the unit goes on; a link may respell its own title."""
        one = link(1, "One")
        await keep(store, one, link(2, "Two"))

        async def rename(unit: LinksUnit) -> None:
            assert await unit.links.find_to_change(GUILD, "one") == one
            assert not await unit.links.replace(replace(one, title="TWO", content="lost"))
            assert await unit.links.find(GUILD, "one") == one
            assert await unit.links.replace(replace(one, title="ONE"))

        await committed(store.open(LINKS), rename)
        assert await find(store, "one") == replace(one, title="ONE")
        assert await find(store, "two") == link(2, "Two")

    @pytest.mark.asyncio
    async def test_a_title_is_free_again_once_its_link_is_gone(self, store: Store) -> None:
        """A deleted or renamed link's title can be taken, in the same unit and in a later one."""
        await keep(store, link(1, "one"), link(2, "two"))

        async def swap(unit: LinksUnit) -> None:
            await unit.links.remove(link(1, "one"))
            assert await unit.links.add(link(3, "one"))
            assert await unit.links.replace(link(2, "third"))
            assert await unit.links.add(link(4, "two"))

        await committed(store.open(LINKS), swap)
        async with store.open(LINKS)(CALL) as unit:
            found = await unit.links.of_tag(GUILD, None, after=None, limit=9)
        assert [(each.title, each.id) for each in found] == [("one", 3), ("third", 2), ("two", 4)]

    @pytest.mark.asyncio
    async def test_changing_or_deleting_what_is_gone_is_a_conflict(self, store: Store) -> None:
        """A link that was deleted in the meantime is neither brought back nor silently skipped."""
        gone = link(1, "gone")
        await keep(store, gone)
        async with store.open(LINKS)(CALL) as unit:
            assert await unit.links.find(GUILD, "gone") == gone
            await committed(store.open(LINKS), lambda other: other.links.remove(gone))
            with pytest.raises(Conflict):
                await unit.links.replace(replace(gone, content="back"))
            with pytest.raises(Conflict):
                await unit.links.remove(gone)
        assert await find(store, "gone") is None

    @pytest.mark.asyncio
    async def test_no_change_is_lost(self, store: Store) -> None:
        """When many units change one link at once, the end result has every change."""
        await keep(store, link(1, "busy", content="."))

        async def append(unit: LinksUnit, mark: str) -> None:
            found = await unit.links.find_to_change(GUILD, "busy")
            assert found is not None
            await asyncio.sleep(0)
            assert await unit.links.replace(replace(found, content=found.content + mark))

        marks = "abcdefgh"
        await asyncio.gather(*(insisted(store.open(LINKS), partial(append, mark=mark)) for mark in marks))
        found = await find(store, "busy")
        assert found is not None
        assert sorted(found.content) == sorted("." + marks)

    @pytest.mark.asyncio
    async def test_a_change_and_a_deletion_at_once_leave_one_of_them(self, store: Store) -> None:
        """A deletion that meets a change comes before or after it; the change never revives what it deleted."""
        await keep(store, link(1, "torn"))
        async with store.open(LINKS)(CALL) as unit:
            found = await unit.links.find_to_change(GUILD, "torn")
            assert found is not None
            rival = asyncio.create_task(committed(store.open(LINKS), lambda other: drop(other, "torn")))
            await begun(rival)
            try:
                await unit.links.replace(replace(found, content="changed"))
                await unit.commit(UNAUDITED)
            except Conflict:
                pass
        assert await rival
        assert await find(store, "torn") is None


async def attempt_add(store: Store, wanted: Link) -> bool:
    """Add a link in a separate unit, and return whether it was stored."""
    try:
        return await committed(store.open(LINKS), lambda unit: unit.links.add(wanted))
    except Conflict:
        return False


async def change(unit: LinksUnit, key: str, after: Link) -> bool:
    """Replace a link as use cases do."""
    assert await unit.links.find_to_change(GUILD, key) is not None
    return await unit.links.replace(after)


async def drop(unit: LinksUnit, key: str) -> bool:
    """Delete a link as use cases do, if it is there."""
    found = await unit.links.find_to_change(GUILD, key)
    if found is not None:
        await unit.links.remove(found)
    return found is not None


async def seen(links: Links) -> tuple[list[str], Sequence[Tag]]:
    """Return the titles and the categories that a unit sees."""
    return (
        titles(await links.search(GUILD, ["o"], after=None, limit=9)),
        await links.tags(GUILD, after=None, limit=9),
    )
