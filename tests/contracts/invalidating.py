"""What every storage promises about invalidations; subclass it and provide a `store` fixture."""

import asyncio
from typing import Any, Protocol, TypeVar

import pytest

from tests.contracts.links import find
from tests.contracts.values import CALL, GUILD, OTHER_GUILD, committed, keep, link, token
from twi_core.kernel.contexts import Context
from twi_core.kernel.faults import Conflict
from twi_core.kernel.ids import GuildId
from twi_core.kernel.invalidations import Invalidations
from twi_core.kernel.unit import UNAUDITED, Open, Unit
from twi_core.links import LINKS, LinksUnit
from twi_core.tokens import TOKENS

U = TypeVar("U", bound=Unit)
Announced = list[tuple[str, GuildId | None]]


class AnnouncingStore(Protocol):
    """A storage that opens units and publishes what they announce."""

    invalidations: Invalidations

    def open(self, context: Context[Any, U], /) -> Open[U]:
        """Open a unit of work."""
        ...


def collected(store: AnnouncingStore, *topics: str) -> Announced:
    """Return a list that grows with every announcement from now on."""
    announced: Announced = []
    for topic in topics:
        store.invalidations.subscribe(topic, lambda guild, topic=topic: announced.append((topic, guild)))  # type: ignore[misc]  # a lambda's default is not inferred
    return announced


class AnnouncingContract:
    """The contract of `Unit.invalidate`."""

    @pytest.mark.asyncio
    async def test_nothing_is_announced_before_the_commit(self, store: AnnouncingStore) -> None:
        """What a unit announces is published when `commit` returns, not before."""
        announced = collected(store, "a")
        async with store.open(LINKS)(CALL) as unit:
            await unit.links.add(link(1, "one"))
            unit.invalidate("a", GUILD)
            await unit.links.add(link(2, "two"))
            assert announced == []
            await unit.commit(UNAUDITED)
            assert announced == [("a", GUILD)]
        assert announced == [("a", GUILD)]

    @pytest.mark.asyncio
    async def test_a_listener_finds_the_announced_change(self, store: AnnouncingStore) -> None:
        """A value that is loaded because of an announcement is the new one."""
        found: list[asyncio.Task[object]] = []
        store.invalidations.subscribe("a", lambda _: found.append(asyncio.ensure_future(find(store, "one"))))

        async def change(unit: LinksUnit) -> None:
            await unit.links.add(link(1, "one"))
            unit.invalidate("a", GUILD)

        await committed(store.open(LINKS), change)
        assert await asyncio.gather(*found) == [link(1, "one")]

    @pytest.mark.asyncio
    async def test_each_announcement_reaches_its_own_listeners(self, store: AnnouncingStore) -> None:
        """Every topic and guild that a unit names is announced in the order named, and nothing else is."""
        announced, others = collected(store, "a", "b"), collected(store, "c")

        async def change(unit: LinksUnit) -> None:
            unit.invalidate("a", GUILD)
            unit.invalidate("b", OTHER_GUILD)
            unit.invalidate("a", OTHER_GUILD)
            await unit.links.add(link(1, "one"))

        await committed(store.open(LINKS), change)
        await keep(store, link(2, "two"))
        assert announced == [("a", GUILD), ("b", OTHER_GUILD), ("a", OTHER_GUILD)]
        assert others == []

    @pytest.mark.asyncio
    async def test_what_is_not_committed_is_not_announced(self, store: AnnouncingStore) -> None:
        """A unit that is left without a commit, or by an exception, announces nothing, then or later."""
        announced = collected(store, "a")

        async def fail() -> None:
            async with store.open(LINKS)(CALL) as unit:
                unit.invalidate("a", GUILD)
                await unit.links.add(link(1, "one"))
                raise ZeroDivisionError

        async with store.open(LINKS)(CALL) as unit:
            unit.invalidate("a", GUILD)
            await unit.links.add(link(1, "one"))
        with pytest.raises(ZeroDivisionError):
            await fail()
        await keep(store, link(1, "one"))
        assert announced == []

    @pytest.mark.asyncio
    async def test_of_conflicting_units_only_the_stored_ones_announce(self, store: AnnouncingStore) -> None:
        """Of concurrent units that want the same thing, only the one that was stored announces."""
        announced = collected(store, "a")

        async def attempt(number: int) -> int | None:
            try:
                async with store.open(TOKENS)(CALL) as unit:
                    unit.invalidate("a", GuildId(number))
                    if not await unit.tokens.add(token(number, "n"), bytes([number]) * 32):
                        return None
                    await unit.commit(UNAUDITED)
            except Conflict:
                return None
            return number

        stored = [number for number in await asyncio.gather(*map(attempt, range(1, 9))) if number is not None]
        assert len(stored) == 1
        assert announced == [("a", GuildId(stored[0]))]

    @pytest.mark.asyncio
    async def test_a_unit_that_ended_announces_nothing(self, store: AnnouncingStore) -> None:
        """Outside its block and after its commit, a unit refuses to announce rather than lose it."""
        announced = collected(store, "a")
        outside = store.open(LINKS)(CALL)
        with pytest.raises(RuntimeError):
            outside.invalidate("a", GUILD)
        async with store.open(LINKS)(CALL) as unit:
            await unit.commit(UNAUDITED)
            with pytest.raises(RuntimeError):
                unit.invalidate("a", GUILD)
        assert announced == []

    @pytest.mark.asyncio
    async def test_a_bug_in_a_listener_does_not_fail_the_commit(self, store: AnnouncingStore) -> None:
        """What was stored counts as stored, and the other listeners are called, whatever one of them does."""

        def fail(_: GuildId | None) -> None:
            raise ZeroDivisionError

        store.invalidations.subscribe("a", fail)
        announced = collected(store, "a")

        async def change(unit: LinksUnit) -> None:
            await unit.links.add(link(1, "one"))
            unit.invalidate("a", GUILD)

        await committed(store.open(LINKS), change)
        assert await find(store, "one") == link(1, "one")
        assert announced == [("a", GUILD)]

    @pytest.mark.asyncio
    async def test_what_a_cancelled_call_has_stored_is_announced(self, store: AnnouncingStore) -> None:
        """A call that is cancelled at any step, also within its commit, stores nothing without announcing it."""
        announced = collected(store, "a")
        stored: list[int] = []
        number, ended = 0, False
        while not ended:  # each gets a little more time, until one needs no more
            number += 1
            task = asyncio.create_task(_change(store, number))
            ended = bool((await asyncio.wait({task}, timeout=number * 0.0003))[0])
            task.cancel()
            await asyncio.wait({task})
            if await find(store, f"link {number}") is not None:
                stored.append(number)
        assert number in stored
        assert [each for each in stored if ("a", GuildId(each)) not in announced] == []


async def _change(store: AnnouncingStore, number: int) -> None:
    """Add a link, and announce it under a guild id equal to its number."""
    async with store.open(LINKS)(CALL) as unit:
        await unit.links.add(link(number, f"link {number}"))
        unit.invalidate("a", GuildId(number))
        await unit.commit(UNAUDITED)
