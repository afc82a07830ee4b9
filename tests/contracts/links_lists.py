"""What every store of links promises about lists; subclass it and provide a `store` fixture."""

from collections.abc import Awaitable, Callable, Sequence

import pytest

from tests.contracts.links import titles
from tests.contracts.values import CALL, GUILD, OTHER_GUILD, Store, committed, keep, link
from twi_core.kernel.paging import Position
from twi_core.kernel.text import name_key
from twi_core.links import LINKS
from twi_core.links.domain import Link, Tag
from twi_core.links.ports import Links

Lister = Callable[[Links, Position | None, int], Awaitable[Sequence[Link]]]


async def listed(store: Store, key: str | None, after: Position | None = None, limit: int = 99) -> list[str]:
    """Return the titles of a category."""
    async with store.open(LINKS)(CALL) as unit:
        return titles(await unit.links.of_tag(GUILD, key, after=after, limit=limit))


async def searched(store: Store, *words: str) -> list[str]:
    """Return the titles that a search finds."""
    async with store.open(LINKS)(CALL) as unit:
        return titles(await unit.links.search(GUILD, words, after=None, limit=99))


async def resembling(store: Store, key: str, limit: int = 25) -> list[str]:
    """Return the preselected titles, sorted, as their order is not promised."""
    async with store.open(LINKS)(CALL) as unit:
        found = await unit.links.resembling(GUILD, key, limit=limit)
    assert len({each.title for each in found}) == len(found), "a title was suggested twice"
    return sorted(each.title for each in found)


def of_tag(links: Links, after: Position | None, limit: int) -> Awaitable[Sequence[Link]]:
    """List the links without a tag."""
    return links.of_tag(GUILD, None, after=after, limit=limit)


def search(links: Links, after: Position | None, limit: int) -> Awaitable[Sequence[Link]]:
    """Search for a word that all have."""
    return links.search(GUILD, ["part"], after=after, limit=limit)


class LinksListsContract:
    """The contract of `Links` for lists."""

    @pytest.mark.asyncio
    @pytest.mark.parametrize("lister", [of_tag, search])
    async def test_lists_sort_numbers_as_numbers_and_ties_by_id(self, store: Store, lister: Lister) -> None:
        """A list is in natural order, by code point whatever the locale, and equal places are settled by the id."""
        order = [
            "9 part",
            "10 part",
            "part",
            "part 9",
            "part 09",
            "part 10",
            "part a",
            "part Z",
            "part ä",
            "part 日",
            "part 😀",
        ]
        numbers = [7, 1, 9, 4, 5, 2, 3, 11, 12, 13, 14]
        await keep(store, *sorted(map(link, numbers, order), key=lambda each: each.id))
        async with store.open(LINKS)(CALL) as unit:
            assert titles(await lister(unit.links, None, 99)) == order

    @pytest.mark.asyncio
    @pytest.mark.parametrize("lister", [of_tag, search])
    async def test_pages_skip_and_repeat_nothing_while_others_write(self, store: Store, lister: Lister) -> None:
        """Continuing after the last item returns each item once, also when some are added or deleted around it."""
        await keep(store, *(link(number, f"part {number}") for number in range(1, 40, 2)))
        walked: list[Link] = []
        after: Position | None = None
        for round_number in range(1, 20):
            async with store.open(LINKS)(CALL) as unit:
                found = await lister(unit.links, after, 3)
            walked += found
            if not found:
                break
            after = found[-1].position
            await keep(store, link(1000 + round_number, f"part 0{round_number} early"))
            if round_number == 2:
                await committed(store.open(LINKS), lambda unit, last=found[-1]: unit.links.remove(last))  # type: ignore[misc]  # a lambda's default is not inferred
        numbers = [int(each.id) for each in walked if each.id < 1000]
        assert numbers == list(range(1, 40, 2))
        assert len(walked) == len({each.id for each in walked})

    @pytest.mark.asyncio
    async def test_a_position_need_not_be_there(self, store: Store) -> None:
        """Any position is a valid place to continue from, even one that no link has or that somebody made up."""
        await keep(store, link(1, "a"), link(2, "b"), link(3, "c"))
        assert await listed(store, None, ("b", 1)) == ["b", "c"]
        assert await listed(store, None, ("b", 2)) == ["c"]
        assert await listed(store, None, ("'; --%", 0)) == ["a", "b", "c"]
        assert await listed(store, None, ("\U0010ffff", 2**63 - 1)) == []
        assert await listed(store, None, None, 2) == ["a", "b"]

    @pytest.mark.asyncio
    async def test_a_category_holds_its_tag_only(self, store: Store) -> None:
        """A tag is found by its key, whole; no tag is a category too; other guilds stay out."""
        await keep(
            store,
            link(1, "one", tag="Maps"),
            link(2, "two", tag="MAPS"),
            link(3, "three", tag="Map"),
            link(4, "four"),
            link(5, "five", tag="maps", guild=OTHER_GUILD),
        )
        assert await listed(store, "maps") == ["one", "two"]
        assert await listed(store, None) == ["four"]
        assert await listed(store, "%") == []

    @pytest.mark.asyncio
    async def test_categories_are_counted_in_order(self, store: Store) -> None:
        """Tags come by key, spelled as by their oldest link, those without a tag last; pages continue after a key."""
        await keep(
            store,
            link(2, "a", tag="maps"),
            link(1, "b", tag="MAPS"),
            link(3, "c", tag="Zoo"),
            link(4, "d", tag="ärzte"),
            link(5, "e"),
            link(6, "f", tag="art"),
            link(7, "g", tag="elsewhere", guild=OTHER_GUILD),
        )
        every = [Tag("art", 1), Tag("MAPS", 2), Tag("Zoo", 1), Tag("ärzte", 1), Tag(None, 1)]
        async with store.open(LINKS)(CALL) as unit:
            assert await unit.links.tags(GUILD, after=None, limit=9) == every
            for size in (1, 2, 3, 5):
                found: list[Tag] = []
                after: Position | None = None
                while page := await unit.links.tags(GUILD, after=after, limit=size):
                    assert len(page) <= size
                    found += page
                    after = (name_key(page[-1].tag or ""), 0)
                assert found == every
            assert await unit.links.tags(GUILD, after=("m", 0), limit=2) == every[1:3]

    @pytest.mark.asyncio
    async def test_categories_without_untagged_links_end_with_the_last_tag(self, store: Store) -> None:
        """There is no category for untagged links when there are none."""
        await keep(store, link(1, "a", tag="maps"))
        async with store.open(LINKS)(CALL) as unit:
            assert await unit.links.tags(GUILD, after=None, limit=9) == [Tag("maps", 1)]
            assert await unit.links.tags(OTHER_GUILD, after=None, limit=9) == []

    @pytest.mark.asyncio
    async def test_search_wants_every_word_to_begin_some_word(self, store: Store) -> None:
        """Words are found by their beginning, in title, tag and content together, and not within a word."""
        await keep(
            store,
            link(1, "World map", content="https://example.org/atlas", tag="Geography"),
            link(2, "Inn plan", content="The wandering INN: rooms", tag="Maps"),
            link(3, "Straße", content="nothing"),
            link(4, "World map", content="x", guild=OTHER_GUILD),
        )
        assert await searched(store, "map") == ["Inn plan", "World map"]
        assert await searched(store, "wor", "geo", "atlas") == ["World map"]
        assert await searched(store, "map", "rooms") == ["Inn plan"]
        assert await searched(store, "inn") == ["Inn plan"]
        assert await searched(store, "strass") == ["Straße"]
        assert await searched(store, "nn") == []
        assert await searched(store, "map", "nowhere") == []
        assert await searched(store, "mapinn") == []

    @pytest.mark.asyncio
    async def test_search_takes_nothing_for_a_wildcard(self, store: Store) -> None:
        """Characters that mean something to a storage mean nothing here, and a blank joins no two words."""
        await keep(store, link(1, "one two", content="three"), link(2, "100 %", content="x_y"))
        for word in ("%", "_", "\\", "o%", "on_", "*", "o\\", "one two", "two three", "'", "ONE"):
            assert await searched(store, word) == [], word
        assert await searched(store, "100") == ["100 %"]
        assert await searched(store, "y") == ["100 %"]

    @pytest.mark.asyncio
    async def test_search_without_words_finds_everything(self, store: Store) -> None:
        """Without words everything is found; an empty word matches any word, so a link of signs alone is not found."""
        await keep(store, link(1, "b"), link(2, "!", content="😀"))
        assert await searched(store) == ["!", "b"]
        assert await searched(store, "") == ["b"]

    @pytest.mark.asyncio
    @pytest.mark.parametrize("word", ["мир", "日本", "ünder", "नम"])
    async def test_search_knows_letters_of_every_script(self, store: Store, word: str) -> None:
        """Words of any script are found by their beginning."""
        await keep(store, link(1, f"{word}x rest"), link(2, "other"))
        assert await searched(store, word) == [f"{word}x rest"]

    @pytest.mark.asyncio
    async def test_tags_are_found_by_their_beginning(self, store: Store) -> None:
        """Tags that begin with a key come by key with their counts; signs are no wildcards; none means no tag."""
        await keep(
            store,
            link(1, "a", tag="Maps"),
            link(2, "b", tag="maps"),
            link(3, "c", tag="map_2"),
            link(4, "d", tag="mop"),
            link(5, "e"),
            link(6, "f", tag="\U0010ffffz"),
            link(7, "g", tag="maps", guild=OTHER_GUILD),
        )
        async with store.open(LINKS)(CALL) as unit:
            assert await unit.links.tags_beginning(GUILD, "map", limit=9) == [Tag("map_2", 1), Tag("Maps", 2)]
            assert await unit.links.tags_beginning(GUILD, "map_", limit=9) == [Tag("map_2", 1)]
            assert await unit.links.tags_beginning(GUILD, "m%", limit=9) == []
            assert await unit.links.tags_beginning(GUILD, "\U0010ffff", limit=9) == [Tag("\U0010ffffz", 1)]
            every = await unit.links.tags_beginning(GUILD, "", limit=9)
            assert [each.tag for each in every] == ["map_2", "Maps", "mop", "\U0010ffffz"]
            assert await unit.links.tags_beginning(GUILD, "", limit=1) == every[:1]


class ResemblingContract:
    """The contract of `Links` for titles that may be meant."""

    @pytest.mark.asyncio
    async def test_nothing_typed_finds_the_most_recently_changed(self, store: Store) -> None:
        """An empty key returns the newest changes; of equal times, the larger id first."""
        await keep(store, link(1, "a", seconds=5), link(2, "b", seconds=9), link(3, "c"), link(4, "d", seconds=5))
        await keep(store, link(5, "elsewhere", guild=OTHER_GUILD, seconds=99))
        assert await resembling(store, "", 1) == ["b"]
        assert await resembling(store, "", 2) == ["b", "d"]
        assert await resembling(store, "") == ["a", "b", "c", "d"]

    @pytest.mark.asyncio
    async def test_a_short_key_finds_titles_that_begin_with_it(self, store: Store) -> None:
        """One or two letters return the first titles by key that begin with them, and nothing else."""
        await keep(store, *map(link, range(1, 7), ("Mb", "ma", "mc", "xm", "ab ma", "m")))
        assert await resembling(store, "m", 3) == ["Mb", "m", "ma"]
        assert await resembling(store, "ma") == ["ma"]
        assert await resembling(store, "a b") == []

    @pytest.mark.asyncio
    async def test_three_letters_find_titles_that_contain_them(self, store: Store) -> None:
        """Titles that contain the key anywhere are found; of too many, the most recently changed."""
        await keep(store, *(link(number, f"x{number}mapx", seconds=number % 7) for number in range(1, 21)))
        assert await resembling(store, "map", 3) == ["x13mapx", "x20mapx", "x6mapx"]
        assert len(await resembling(store, "map")) == 20

    @pytest.mark.asyncio
    async def test_a_misspelt_key_finds_titles_like_it(self, store: Store) -> None:
        """Titles whose trigrams resemble the key's are found; of too many, the most alike."""
        await keep(store, link(1, "wandering inn"), link(2, "wandering"), link(3, "wonder"), link(4, "kitchen"))
        assert await resembling(store, "wandring") == ["wandering", "wandering inn"]
        assert await resembling(store, "wandring", 1) == ["wandering"]
        assert await resembling(store, "qqqqq") == []

    @pytest.mark.asyncio
    async def test_equally_alike_titles_are_settled_by_their_change(self, store: Store) -> None:
        """Of titles that are equally alike, the most recently changed is kept, then the one with the larger id."""
        await keep(store, *(link(number, f"wandering{number}", seconds=number // 2) for number in range(1, 8)))
        assert await resembling(store, "wandeering", 1) == ["wandering7"]
        assert await resembling(store, "wandeering", 3) == ["wandering5", "wandering6", "wandering7"]

    @pytest.mark.asyncio
    async def test_signs_are_no_wildcards(self, store: Store) -> None:
        """Characters that mean something to a storage are searched for as they are."""
        await keep(store, *map(link, range(1, 5), ("a%", "ab", "a_c", "a long title that holds 1%2345 in it")))
        await keep(store, link(5, "a long title that holds 1 2345 in it"), link(6, "c\\d"))
        assert await resembling(store, "a%") == ["a%"]
        assert await resembling(store, "a_") == ["a_c"]
        assert await resembling(store, "c\\") == ["c\\d"]
        assert await resembling(store, "%") == []
        assert await resembling(store, "_") == []
        assert await resembling(store, "1%2345") == ["a long title that holds 1%2345 in it"]

    @pytest.mark.asyncio
    @pytest.mark.parametrize(
        ("title", "typed"),
        [
            ("Прогулка по миру", "прогулк по мир"),
            ("日本語の地図", "日本語の"),
            ("नमस्ते दुनिया", "नमस्ते दुनिय"),
            ("Café Olé", "cafe olé"),
        ],
    )
    async def test_letters_of_every_script_are_alike(self, store: Store, title: str, typed: str) -> None:
        """A misspelt title is found in every script, and one that shares nothing is not."""
        await keep(store, link(1, title), link(2, "Иной городок"), link(3, "漢字"), link(4, "plain"), link(5, "😀 🗺"))
        assert await resembling(store, typed) == [title]

    @pytest.mark.asyncio
    async def test_titles_without_letters_are_found_by_their_signs(self, store: Store) -> None:
        """Emoji are found by what the title begins with."""
        await keep(store, link(1, "🗺 of the inn"), link(2, "😀"))
        assert await resembling(store, "🗺") == ["🗺 of the inn"]
        assert await resembling(store, "🗺 of thx") == ["🗺 of the inn"]
