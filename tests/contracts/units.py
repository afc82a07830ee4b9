"""What every unit of work promises; subclass it and provide a `store` fixture."""

import asyncio

import pytest

from tests.contracts.links import find
from tests.contracts.values import CALL, Store, keep, link, token
from twi_core.kernel.unit import UNAUDITED
from twi_core.links import LINKS
from twi_core.tokens import TOKENS


class UnitContract:
    """The contract of `Unit`."""

    @pytest.mark.asyncio
    async def test_a_commit_stores_all_that_its_unit_wrote(self, store: Store) -> None:
        """Everything is stored together or not at all."""
        async with store.open(LINKS)(CALL) as unit:
            await unit.links.add(link(1, "one"))
            await unit.links.add(link(2, "two"))
        assert [await find(store, title) for title in ("one", "two")] == [None, None]
        async with store.open(LINKS)(CALL) as unit:
            await unit.links.add(link(1, "one"))
            await unit.links.add(link(2, "two"))
            await unit.commit(UNAUDITED)
        assert [await find(store, title) for title in ("one", "two")] == [link(1, "one"), link(2, "two")]

    @pytest.mark.asyncio
    async def test_units_of_several_contexts_keep_to_themselves(self, store: Store) -> None:
        """Each context has separate units; rolling one back takes nothing of another with it."""
        async with store.open(LINKS)(CALL) as unit, store.open(TOKENS)(CALL) as other:
            await unit.links.add(link(1, "one"))
            await other.tokens.add(token(1, "one"), b"1" * 32)
            await other.commit(UNAUDITED)
        assert await find(store, "one") is None
        async with store.open(TOKENS)(CALL) as other:
            assert await other.tokens.find(b"1" * 32) == token(1, "one")

    @pytest.mark.asyncio
    async def test_an_exception_undoes_everything_and_goes_on(self, store: Store) -> None:
        """An exception that leaves the unit leaves nothing behind."""

        async def fail() -> None:
            async with store.open(LINKS)(CALL) as unit:
                await unit.links.add(link(1, "one"))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()
        assert await find(store, "one") is None

    @pytest.mark.asyncio
    async def test_a_unit_takes_no_work_outside_its_block_or_after_its_commit(self, store: Store) -> None:
        """Work that could not be stored is refused rather than lost."""
        unit = store.open(LINKS)(CALL)
        with pytest.raises(RuntimeError):
            _ = unit.links
        async with unit as entered:
            await entered.links.add(link(1, "one"))
            await entered.commit(UNAUDITED)
            with pytest.raises(RuntimeError):
                _ = entered.links
            with pytest.raises(RuntimeError):
                await entered.commit(UNAUDITED)
        async with store.open(TOKENS)(CALL) as other:
            pass
        with pytest.raises(RuntimeError):
            _ = other.tokens

    @pytest.mark.asyncio
    async def test_a_unit_may_do_nothing(self, store: Store) -> None:
        """Neither an empty commit nor an empty unit does harm."""
        async with store.open(LINKS)(CALL) as unit:
            await unit.commit(UNAUDITED)
        async with store.open(LINKS)(CALL):
            pass
        await keep(store, link(1, "one"))
        assert await find(store, "one") == link(1, "one")

    @pytest.mark.asyncio
    async def test_a_cancelled_unit_leaves_nothing(self, store: Store) -> None:
        """A call that is cancelled at any step stores all of its work or none, and harms no later one."""

        async def work(number: int) -> None:
            async with store.open(LINKS)(CALL) as unit:
                await unit.links.add(link(number, f"a {number}"))
                await unit.links.add(link(number + 1000, f"b {number}"))
                await unit.commit(UNAUDITED)

        for steps in range(40):
            number = steps + 1
            task = asyncio.create_task(work(number))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait({task})
            both = [await find(store, f"{kind} {number}") is not None for kind in "ab"]
            assert both in ([True, True], [False, False])
        await keep(store, link(5000, "still works"))
