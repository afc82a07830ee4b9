"""What every store of settings promises; subclass it and provide a `store` fixture."""

import asyncio
import itertools
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from tests.contracts.links import HOSTILE
from tests.contracts.values import CALL, GUILD, OTHER_GUILD, START, Store, begun, committed, insisted
from twi_core.kernel.faults import Conflict
from twi_core.kernel.ids import LARGEST_ID, GuildId, UserId
from twi_core.kernel.unit import UNAUDITED
from twi_core.settings import SETTINGS, SettingsUnit
from twi_core.settings.domain import ChangeId, SettingChange

KEY = "test.key"


def change(
    number: int, before: str | None, after: str | None, *, key: str = KEY, guild: GuildId = GUILD
) -> SettingChange:
    """Make a change."""
    return SettingChange(
        id=ChangeId(number),
        guild=guild,
        key=key,
        before=before,
        after=after,
        changed_by=UserId(5),
        changed_at=START + timedelta(seconds=number % 1000),
    )


async def keep(store: Store, *changes: SettingChange) -> None:
    """Make changes, all in one unit."""

    async def put(unit: SettingsUnit) -> None:
        for each in changes:
            await unit.settings.put(each)

    await committed(store.open(SETTINGS), put)


async def values(store: Store, guild: GuildId = GUILD) -> dict[str, str]:
    """Return what a guild has set."""
    async with store.open(SETTINGS)(CALL) as unit:
        found = dict(await unit.settings.of_guild(guild))
        assert dict(await unit.settings.of_guild_to_change(guild)) == found
    return found


async def history(store: Store, key: str | None = None, guild: GuildId = GUILD) -> Sequence[SettingChange]:
    """Return the history of a guild."""
    async with store.open(SETTINGS)(CALL) as unit:
        return await unit.settings.history(guild, key, before=None, limit=999)


async def replayed(store: Store) -> dict[str, str]:
    """Follow the history from the beginning; each change must start from what the one before left."""
    found: dict[str, str] = {}
    for each in reversed(await history(store)):
        assert found.pop(each.key, None) == each.before
        if each.after is not None:
            found[each.key] = each.after
    return found


class SettingsContract:
    """The contract of `StoredSettings`."""

    @pytest.mark.asyncio
    async def test_a_value_is_what_the_last_change_made_it(self, store: Store) -> None:
        """Set, set again, reset and set once more, a key always has the value of the last change; others stay."""
        await keep(store, change(1, None, "a"), change(2, None, "other", key="test.other"))
        assert await values(store) == {KEY: "a", "test.other": "other"}
        await keep(store, change(3, "a", "b"))
        assert await values(store) == {KEY: "b", "test.other": "other"}
        await keep(store, change(4, "b", None))
        assert await values(store) == {"test.other": "other"}
        await keep(store, change(5, None, "a"))
        assert await values(store) == {KEY: "a", "test.other": "other"}

    @pytest.mark.asyncio
    async def test_guilds_do_not_see_one_another(self, store: Store) -> None:
        """A value and its history belong to one guild, even if another one has the same key and value."""
        await keep(store, change(1, None, "same"), change(2, None, "same", guild=OTHER_GUILD))
        await keep(store, change(3, "same", "new"))
        assert (await values(store), await values(store, OTHER_GUILD)) == ({KEY: "new"}, {KEY: "same"})
        await keep(store, change(4, "new", "same"), change(5, "same", None))
        assert (await values(store), await values(store, OTHER_GUILD)) == ({}, {KEY: "same"})
        assert [each.id for each in await history(store)] == [5, 4, 3, 1]
        assert [each.id for each in await history(store, guild=OTHER_GUILD)] == [2]

    @pytest.mark.asyncio
    async def test_a_change_comes_back_as_it_was_made(self, store: Store) -> None:
        """Every field of a change comes back with its type; the operator's is none."""
        full = change(LARGEST_ID, None, "1,2")
        shell = replace(change(2, None, "x", key="test.other"), changed_by=None)
        await keep(store, full, shell)
        assert await history(store) == [full, shell]
        found = (await history(store))[0]
        assert type(found.id) is ChangeId
        assert type(found.guild) is GuildId
        assert type(found.changed_by) is UserId
        assert found.changed_at.utcoffset() == timedelta(0)

    @pytest.mark.asyncio
    async def test_the_history_is_listed_in_pages_the_latest_first(self, store: Store) -> None:
        """Each change comes once, those of one key or of all, also when another is made in the meantime."""
        steps = [str(number) for number in range(9)]
        for number, (before, after) in enumerate(zip([None, *steps], steps, strict=False), 1):
            await keep(
                store, change(2 * number, before, after), change(2 * number + 1, before, after, key="test.other")
            )
        for key, expected in ((KEY, range(18, 0, -2)), (None, range(19, 1, -1)), ("test.nothing", ())):
            seen: list[int] = []
            before_id: int | None = None
            for _ in range(20):
                async with store.open(SETTINGS)(CALL) as unit:
                    found = await unit.settings.history(GUILD, key, before=before_id, limit=2)
                if not found:
                    break
                seen += [each.id for each in found]
                before_id = found[-1].id
            assert seen == list(expected)

    @pytest.mark.asyncio
    async def test_what_was_not_committed_is_gone(self, store: Store) -> None:
        """Leaving a unit without a commit undoes values and history alike; the unit itself saw both."""
        await keep(store, change(1, None, "kept"))
        async with store.open(SETTINGS)(CALL) as unit:
            await unit.settings.put(change(2, "kept", "new"))
            assert await unit.settings.of_guild(GUILD) == {KEY: "new"}
            assert [each.id for each in await unit.settings.history(GUILD, KEY, before=None, limit=9)] == [2, 1]
        assert await values(store) == {KEY: "kept"}
        assert [each.id for each in await history(store)] == [1]

    @pytest.mark.asyncio
    @pytest.mark.parametrize(
        ("stored", "wrong"),
        [
            (None, change(9, "a", "b")),
            (None, change(9, "a", None)),
            ("a", change(9, None, "b")),
            ("a", change(9, None, "a")),
            ("a", change(9, "b", "c")),
            ("a", change(9, "b", None)),
        ],
        ids=["change-unset", "reset-unset", "set-set", "set-same", "change-other", "reset-other"],
    )
    async def test_a_change_from_what_is_not_there_is_a_conflict(
        self, store: Store, stored: str | None, wrong: SettingChange
    ) -> None:
        """A change that starts from another value than the stored one is refused, and stores nothing."""
        if stored is not None:
            await keep(store, change(1, None, stored))
        before = await values(store), await history(store)
        with pytest.raises(Conflict) as caught:
            await keep(store, wrong)
        assert caught.value.retry
        assert (await values(store), await history(store)) == before

    @pytest.mark.asyncio
    async def test_concurrent_changes_are_not_lost(self, store: Store) -> None:
        """When several units add to one value at once, the end value and the history have every part."""

        async def add(number: int) -> None:
            async def work(unit: SettingsUnit) -> None:
                present = (await unit.settings.of_guild_to_change(GUILD)).get(KEY)
                await asyncio.sleep(0)  # the others' turn
                after = str(number) if present is None else f"{present},{number}"
                await unit.settings.put(change(number, present, after))

            await insisted(store.open(SETTINGS), work)

        await asyncio.gather(*(add(number) for number in range(1, 9)))
        found = (await values(store))[KEY]
        assert sorted(found.split(",")) == [str(number) for number in range(1, 9)]
        assert len(await history(store)) == 8

    @pytest.mark.asyncio
    async def test_of_two_first_writers_one_is_in_conflict(self, store: Store) -> None:
        """Of concurrent units that set the same unset key, one stores it, and the other one is in conflict."""

        async def attempt(number: int) -> bool:
            try:
                await keep(store, change(number, None, str(number)))
            except Conflict:
                return False
            return True

        done = await asyncio.gather(*(attempt(number) for number in range(1, 9)))
        assert sum(done) == 1
        assert await values(store) == {KEY: str(done.index(True) + 1)}
        assert len(await history(store)) == 1

    @pytest.mark.asyncio
    async def test_a_read_to_change_is_not_overtaken(self, store: Store) -> None:
        """Between reading to change and the commit, another unit's change waits, or one of the two is in conflict."""
        await keep(store, change(1, None, "a"))
        async with store.open(SETTINGS)(CALL) as first:
            found = await first.settings.of_guild_to_change(GUILD)
            other = asyncio.create_task(keep(store, change(2, "a", "b")))
            await begun(other)
            overtaken = False
            try:
                await first.settings.put(change(3, found[KEY], "c"))
                await first.commit(UNAUDITED)
            except Conflict:
                overtaken = True
        with nullcontext() if overtaken else pytest.raises(Conflict):
            await other
        assert await values(store) == {KEY: "b" if overtaken else "c"}
        assert [each.after for each in await history(store)] == ["b" if overtaken else "c", "a"]

    @pytest.mark.asyncio
    @pytest.mark.parametrize("key", [KEY, "test.other"])
    async def test_the_history_is_in_the_order_of_the_commits(self, store: Store, key: str) -> None:
        """A unit that reads to change and is overtaken by changes there and back, of any key, starts over."""
        numbers = itertools.count(1)

        async def work(unit: SettingsUnit, key: str, after: str | None) -> None:
            present = (await unit.settings.of_guild_to_change(GUILD)).get(key)
            number = next(numbers)
            await asyncio.sleep(0)  # the others' turn
            if present != after:
                await unit.settings.put(change(number, present, after, key=key))

        async def there_and_back() -> None:
            await insisted(store.open(SETTINGS), lambda unit: work(unit, key, "a"))
            await insisted(store.open(SETTINGS), lambda unit: work(unit, key, None))

        async def overtaken() -> None:
            async with store.open(SETTINGS)(CALL) as unit:
                await unit.settings.of_guild_to_change(GUILD)
                number = next(numbers)
                other = asyncio.create_task(there_and_back())
                await begun(other)
                with suppress(Conflict):
                    await unit.settings.put(change(number, None, "c"))
                    await unit.commit(UNAUDITED)
            await other

        await overtaken()
        assert await replayed(store) == await values(store)
        await asyncio.gather(
            *(insisted(store.open(SETTINGS), partial(work, key=KEY, after=text)) for text in (*"abab", None, "c"))
        )
        assert await replayed(store) == await values(store)

    @pytest.mark.asyncio
    @pytest.mark.parametrize("text", HOSTILE)
    async def test_any_text_comes_back_as_it_was_written(self, store: Store, text: str) -> None:
        """No value is changed or mistaken for something else."""
        await keep(store, change(1, None, text))
        assert await values(store) == {KEY: text}
        await keep(store, change(2, text, f"{text}x"))
        assert [each.after for each in await history(store)] == [f"{text}x", text]
