"""What the lock-step machine calls: every method of the ports, with texts that often collide."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.contracts.settings import KEY, change
from tests.contracts.values import GUILD, OTHER_GUILD, link, token
from tests.every import EveryUnit
from tests.strategies import contents, tags, titles
from twi_core.kernel.ids import GuildId
from twi_core.kernel.paging import Position
from twi_core.kernel.text import name_key, words
from twi_core.tokens.domain import digest

Work = Callable[[EveryUnit], Awaitable[object]]

_KNOWN_TITLES: Final = (
    *(
        "map",
        "Map",
        "maps",
        "The map 9",
        "the map 10",
        "Straße",
        "STRASSE",
        "mapping",
        "m_p",
        "m%p",
        "part 1",
        "\uff4dap",
    ),
)
_KNOWN_TAGS: Final = ("Maps", "maps", "art", "ÄRT", "ma_s")
_guilds = st.sampled_from((GUILD, GUILD, GUILD, OTHER_GUILD))
_known = st.sampled_from(_KNOWN_TITLES)
_known_keys = _known.map(name_key)
_titles = st.one_of(_known, _known, titles)
_tags = st.one_of(st.none(), st.sampled_from(_KNOWN_TAGS), tags)
_keys = st.builds(
    lambda title, start, end: name_key(title)[start:][:end],
    _titles,
    st.integers(0, 2),
    st.sampled_from((0, 1, 2, 3, 5, 100)),
)
_typed = st.builds(
    lambda key, end, extra: key[:end] + extra, _known_keys, st.integers(0, 6), st.sampled_from(("", "x", "p", " ", "%"))
)
_words = st.lists(
    st.builds(lambda text, end: [word[:end] for word in words(text)], _titles | contents, st.integers(1, 5)), max_size=2
).map(lambda found: [word for each in found for word in each][:3])
_places: SearchStrategy[Position | None] = st.none() | st.tuples(_keys, st.integers(0, 40))
_limits = st.sampled_from((1, 2, 5, 25))
_numbers = st.integers(1, 40)
_seconds = st.integers(0, 3)
_token_names = st.sampled_from(("bot", "Bot", "page", "PAGE 2"))
_setting_keys = st.sampled_from((KEY, "test.other"))
_setting_texts = st.none() | st.sampled_from("abc")


def _id(number: int, guild: GuildId) -> int:
    """Return an id that no link of the other guild has; a storage may keep one sequence of ids for all guilds."""
    return number * 2 + (guild == GUILD)


def _add(number: int, title: str, guild: GuildId, content: str, tag: str | None, seconds: int) -> Work:
    wanted = link(_id(number, guild), title, guild=guild, content=content, tag=tag, seconds=seconds)
    return lambda unit: unit.links.add(wanted)


def _change(guild: GuildId, key: str, title: str | None, content: str, tag: str | None, seconds: int) -> Work:
    async def work(unit: EveryUnit) -> object:
        found = await unit.links.find_to_change(guild, key)
        if found is None:
            return None
        other = link(found.id, title or found.title, guild=guild, content=content, tag=tag, seconds=seconds)
        return found, await unit.links.replace(other)

    return work


def _append(key: str, text: str) -> Work:
    async def work(unit: EveryUnit) -> object:
        found = await unit.links.find_to_change(GUILD, key)
        await asyncio.sleep(0)  # the other one's turn
        return found and await unit.links.replace(replace(found, content=found.content[:20] + text))

    return work


def _rename(key: str, title: str) -> Work:
    async def work(unit: EveryUnit) -> object:
        found = await unit.links.find_to_change(GUILD, key)
        await asyncio.sleep(0)  # the other one's turn
        return found and await unit.links.replace(replace(found, title=title))

    return work


def _remove(guild: GuildId, key: str) -> Work:
    async def work(unit: EveryUnit) -> object:
        found = await unit.links.find_to_change(guild, key)
        await asyncio.sleep(0)  # the other one's turn
        if found is not None:
            await unit.links.remove(found)
        return found

    return work


def _stale(guild: GuildId, key: str, change: bool) -> Work:
    """Change or delete a link that was deleted before: a conflict."""

    async def work(unit: EveryUnit) -> object:
        found = await unit.links.find_to_change(guild, key)
        if found is None:
            return None
        await unit.links.remove(found)
        return await (unit.links.replace(found) if change else unit.links.remove(found))

    return work


def _add_token(number: int, name: str) -> Work:
    return lambda unit: unit.tokens.add(token(number, name), digest(str(number)))


def _remove_token(name: str) -> Work:
    return lambda unit: unit.tokens.remove(name_key(name))


def _set(number: int, guild: GuildId, key: str, after: str | None) -> Work:
    async def work(unit: EveryUnit) -> object:
        before = (await unit.settings.of_guild_to_change(guild)).get(key)
        await asyncio.sleep(0)  # the other one's turn
        if before != after:
            await unit.settings.put(change(_id(number, guild), before, after, key=key, guild=guild))
        return before

    return work


def _set_blindly(number: int, before: str | None, after: str) -> Work:
    return lambda unit: unit.settings.put(change(_id(number, GUILD), before, after))


async def resembling(unit: EveryUnit, guild: GuildId, key: str, limit: int) -> Sequence[str]:
    """Return preselected titles, whose order is not promised."""
    return sorted(each.title for each in await unit.links.resembling(guild, key, limit=limit))


async def stored(unit: EveryUnit) -> object:
    """Return all that is stored."""
    links = [await unit.links.search(guild, (), after=None, limit=999) for guild in (GUILD, OTHER_GUILD)]
    settings = [(await unit.settings.of_guild(guild), await _history(unit, guild)) for guild in (GUILD, OTHER_GUILD)]
    return links, await unit.tokens.list(after=None, limit=999), settings


async def _history(unit: EveryUnit, guild: GuildId) -> Sequence[tuple[str, str | None, str | None]]:
    """Return the changes from value to value; of two at once either may have the later id."""
    found = await unit.settings.history(guild, None, before=None, limit=999)
    return sorted((each.key, each.before or "", each.after or "") for each in found)


WRITES: Final = st.one_of(
    st.builds(_add, _numbers, _titles, _guilds, contents, _tags, _seconds),
    st.builds(_add, _numbers, _known, _guilds, st.just("x"), _tags, _seconds),
    st.builds(_change, _guilds, _keys | _known_keys, _titles | st.none(), contents, _tags, _seconds),
    st.builds(_remove, _guilds, _known_keys),
    st.builds(_stale, _guilds, _known_keys, st.booleans()),
    st.builds(_add_token, _numbers, _token_names),
    st.builds(_remove_token, _token_names),
    st.builds(_set, _numbers, _guilds, _setting_keys, _setting_texts),
    st.builds(_set_blindly, _numbers, st.none() | st.sampled_from("ab"), st.just("c")),
)
"""What may be done in a unit."""

READS: Final[SearchStrategy[Work]] = st.one_of(
    st.builds(lambda g, k: lambda u: u.links.find(g, k), _guilds, _keys | _known_keys),
    st.builds(lambda g, a, n: lambda u: u.links.tags(g, after=a, limit=n), _guilds, _places, _limits),
    st.builds(
        lambda g, t, a, n: lambda u: u.links.of_tag(g, t and name_key(t), after=a, limit=n),
        *(_guilds, _tags, _places, _limits),
    ),
    st.builds(lambda g, w, a, n: lambda u: u.links.search(g, w, after=a, limit=n), _guilds, _words, _places, _limits),
    st.builds(
        lambda g, t, n, end: lambda u: u.links.tags_beginning(g, name_key(t or "")[:end], limit=n),
        *(_guilds, _tags, _limits, st.sampled_from((0, 1, 2, 3, 50))),
    ),
    st.builds(lambda g, k, n: lambda u: resembling(u, g, k, n), _guilds, _keys, _limits),
    st.builds(lambda g, k, n: lambda u: resembling(u, g, k, n), st.just(GUILD), _typed, _limits),
    st.builds(lambda number: lambda u: u.tokens.find(digest(str(number))), _numbers),
    st.builds(lambda a, n: lambda u: u.tokens.list(after=a, limit=n), _places, _limits),
    st.builds(lambda g: lambda u: u.settings.of_guild(g), _guilds),
    st.builds(
        lambda g, k, b, n: lambda u: u.settings.history(g, k, before=b, limit=n),
        *(_guilds, st.none() | _setting_keys, st.none() | _numbers, _limits),
    ),
    st.just(stored),
)
"""What may be asked of a unit."""

BEGINNINGS: Final = st.lists(
    st.builds(_add, _numbers, _known, st.just(GUILD), st.just("x"), st.none(), _seconds), max_size=4
)
"""What is stored before a machine takes its first step, so that calls at once meet in a link more often."""

CALLS: Final = st.one_of(
    st.builds(_add, _numbers, _known, st.just(GUILD), st.just("x"), st.none(), _seconds),
    st.builds(_rename, _known_keys, _known),
    st.builds(_append, _known_keys, st.sampled_from("abc")),
    st.builds(_remove, st.just(GUILD), _known_keys),
    st.builds(_add_token, _numbers, _token_names),
    st.builds(_remove_token, _token_names),
    st.builds(_set, _numbers, st.just(GUILD), _setting_keys, _setting_texts),
)
"""What use cases do in one unit each, and may do at the same time."""
