"""What every store of API tokens promises; subclass it and provide a `store` fixture."""

import asyncio
from dataclasses import replace

import pytest

from tests.contracts.links import HOSTILE
from tests.contracts.values import CALL, Store, committed, token
from twi_core.kernel.faults import Conflict
from twi_core.kernel.ids import LARGEST_ID, GuildId, UserId
from twi_core.kernel.paging import Position
from twi_core.kernel.permissions import Level
from twi_core.kernel.text import name_key
from twi_core.tokens import TOKENS, TokensUnit
from twi_core.tokens.domain import ApiToken, TokenId, digest


async def keep(store: Store, *tokens: ApiToken) -> None:
    """Store tokens whose secret is their name."""

    async def add(unit: TokensUnit) -> None:
        for each in tokens:
            assert await unit.tokens.add(each, digest(each.name))

    await committed(store.open(TOKENS), add)


async def find(store: Store, name: str) -> ApiToken | None:
    """Return a committed token by its secret, which is its name."""
    async with store.open(TOKENS)(CALL) as unit:
        return await unit.tokens.find(digest(name))


class TokensContract:
    """The contract of `Tokens`."""

    @pytest.mark.asyncio
    @pytest.mark.parametrize("level", Level)
    async def test_a_token_is_found_by_its_digest_as_it_was(self, store: Store, level: Level) -> None:
        """A token comes back with every field as it went in, and under its digest only."""
        full = replace(token(LARGEST_ID, "Bot 1"), level=level, guilds=(GuildId(1), GuildId(LARGEST_ID)))
        await keep(store, full, token(2, "other"))
        found = await find(store, "Bot 1")
        assert found == full
        assert found is not None
        assert type(found.id) is TokenId
        assert type(found.actor) is UserId
        assert type(found.level) is Level
        assert [type(guild) for guild in found.guilds] == [GuildId, GuildId]
        assert await find(store, "bot 1") is None

    @pytest.mark.asyncio
    async def test_a_name_is_unique(self, store: Store) -> None:
        """A name whose key is taken is not stored, however it is written, and the unit goes on."""
        await keep(store, token(1, "Straße"))

        async def add(unit: TokensUnit) -> None:
            assert not await unit.tokens.add(token(2, "STRASSE"), digest("x"))
            assert await unit.tokens.add(token(3, "other"), digest("other"))

        await committed(store.open(TOKENS), add)
        assert await find(store, "x") is None
        assert await find(store, "other") == token(3, "other")

    @pytest.mark.asyncio
    async def test_a_name_is_unique_for_units_at_the_same_time(self, store: Store) -> None:
        """Of concurrent units that add one name, one stores it; the others are refused."""

        async def attempt(number: int) -> bool:
            try:
                return await committed(
                    store.open(TOKENS), lambda unit: unit.tokens.add(token(number, "n"), digest(str(number)))
                )
            except Conflict:
                return False

        assert sum(await asyncio.gather(*(attempt(number) for number in range(1, 9)))) == 1

    @pytest.mark.asyncio
    async def test_a_removed_token_is_useless(self, store: Store) -> None:
        """A token is deleted by its name's key and returned once; others stay; its name is free again."""
        await keep(store, token(1, "One"), token(2, "Two"))
        assert await committed(store.open(TOKENS), lambda unit: unit.tokens.remove("one")) == token(1, "One")
        assert await committed(store.open(TOKENS), lambda unit: unit.tokens.remove("one")) is None
        assert await committed(store.open(TOKENS), lambda unit: unit.tokens.remove("%")) is None
        assert await find(store, "One") is None
        assert await find(store, "Two") == token(2, "Two")
        await keep(store, replace(token(3, "ONE")))

    @pytest.mark.asyncio
    async def test_what_was_not_committed_is_gone(self, store: Store) -> None:
        """Leaving a unit without a commit undoes what it added and removed; the unit itself saw both."""
        await keep(store, token(1, "kept"))
        async with store.open(TOKENS)(CALL) as unit:
            await unit.tokens.add(token(2, "new"), digest("new"))
            await unit.tokens.remove("kept")
            assert await unit.tokens.list(after=None, limit=9) == [token(2, "new")]
            assert await unit.tokens.find(digest("kept")) is None
        assert await find(store, "kept") is not None
        assert await find(store, "new") is None

    @pytest.mark.asyncio
    @pytest.mark.parametrize("name", [text[:25] for text in HOSTILE])
    async def test_any_name_comes_back_as_it_was_written(self, store: Store, name: str) -> None:
        """No name is changed or mistaken for something else."""
        await keep(store, token(1, name))
        assert await find(store, name) == token(1, name)
        assert await committed(store.open(TOKENS), lambda unit: unit.tokens.remove(name_key(name))) == token(1, name)

    @pytest.mark.asyncio
    async def test_tokens_are_listed_by_name_in_pages(self, store: Store) -> None:
        """Pages hold each token once, by its name's key and by code point, also when one is added in the meantime."""
        order = ["10", "9", "alpha", "Beta", "zeta", "ärger", "日"]
        numbers = [3, 1, 7, 2, 6, 5, 4]
        await keep(store, *sorted(map(token, numbers, order), key=lambda each: each.id))
        walked: list[str] = []
        after: Position | None = None
        while True:
            async with store.open(TOKENS)(CALL) as unit:
                found = await unit.tokens.list(after=after, limit=2)
            if not found:
                break
            walked += [each.name for each in found]
            after = (name_key(found[-1].name), found[-1].id)
            await keep(store, token(100 + len(walked), f"0 {len(walked)}"))
        assert walked == order
