"""What every unit of work promises; subclass it and give a `store` fixture."""

import asyncio

import pytest

from tests.contracts.links import find
from tests.contracts.values import CALL, Store, keep, link, token


class UnitContract:
    """Hold what `Unit` promises."""

    @pytest.mark.asyncio
    async def test_a_commit_stores_what_every_context_wrote(self, store: Store) -> None:
        """One unit spans all contexts: together they are stored, or together they are not."""
        async with store(CALL) as unit:
            await unit.links.add(link(1, "one"))
            await unit.tokens.add(token(1, "one"), b"1" * 32)
        async with store(CALL) as unit:
            assert await unit.tokens.find(b"1" * 32) is None
            await unit.links.add(link(1, "one"))
            await unit.tokens.add(token(1, "one"), b"1" * 32)
            await unit.commit()
        async with store(CALL) as unit:
            assert await unit.tokens.find(b"1" * 32) == token(1, "one")
        assert await find(store, "one") == link(1, "one")

    @pytest.mark.asyncio
    async def test_an_exception_undoes_everything_and_goes_on(self, store: Store) -> None:
        """What leaves the unit early leaves nothing behind."""

        async def fail() -> None:
            async with store(CALL) as unit:
                await unit.links.add(link(1, "one"))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()
        assert await find(store, "one") is None

    @pytest.mark.asyncio
    async def test_a_unit_takes_no_work_outside_its_block_or_after_its_commit(self, store: Store) -> None:
        """Work that could not be stored is refused instead of being lost."""
        unit = store(CALL)
        with pytest.raises(RuntimeError):
            _ = unit.links
        async with unit as entered:
            await entered.links.add(link(1, "one"))
            await entered.commit()
            for use in (lambda: entered.links, lambda: entered.tokens):
                with pytest.raises(RuntimeError):
                    use()
            with pytest.raises(RuntimeError):
                await entered.commit()
        async with store(CALL) as other:
            pass
        with pytest.raises(RuntimeError):
            _ = other.tokens

    @pytest.mark.asyncio
    async def test_a_unit_may_do_nothing(self, store: Store) -> None:
        """Neither an empty commit nor an empty unit does harm."""
        async with store(CALL) as unit:
            await unit.commit()
        async with store(CALL):
            pass
        await keep(store, link(1, "one"))
        assert await find(store, "one") == link(1, "one")

    @pytest.mark.asyncio
    async def test_a_cancelled_unit_leaves_nothing(self, store: Store) -> None:
        """A call that is cancelled at any of its steps stores all of its work or none, and harms no later one."""

        async def work(number: int) -> None:
            async with store(CALL) as unit:
                await unit.links.add(link(number, f"a {number}"))
                await unit.links.add(link(number + 1000, f"b {number}"))
                await unit.commit()

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
