"""What is suggested while somebody types."""

import pytest

from tests.integration.discord.stage import Stage, staged
from tests.integration.discord.test_replies import fail, first

pytestmark = pytest.mark.asyncio


async def typed(stage: Stage, name: str, option: str, text: str) -> list[str]:
    """Type into an option and give the values suggested."""
    found = await stage.people["member"].autocomplete(stage.channel, name, option, text)
    return [choice["value"] for choice in found]


async def test_titles_are_suggested_best_first() -> None:
    """Titles that begin with what was typed come before those that resemble it, for every command that takes one."""
    async with staged() as stage:
        for title in ("old world map", "world map", "recipes"):
            await stage.add(title)
        for name in ("get", "info", "edit", "rename", "delete", "transfer"):
            assert await typed(stage, f"link {name}", "title", "WORLD") == ["world map", "old world map"]


async def test_tags_are_suggested_with_their_counts() -> None:
    """Tags that begin with what was typed are suggested; a link without one shows as its category."""
    async with staged() as stage:
        await stage.add("a", tag="maps")
        await stage.add("b", tag="maps")
        await stage.add("c", tag="music")
        for name, option in (("link list", "category"), ("tag", "tag"), ("link add", "tag"), ("link edit", "tag")):
            found = await stage.people["member"].autocomplete(stage.channel, name, option, "ma")
            assert found == [{"name": "maps (2)", "value": "maps"}]


async def test_nothing_is_suggested_where_that_cannot_be() -> None:
    """A direct message, a text beyond every limit and a failing storage suggest nothing, and break nothing."""
    async with staged() as stage:
        await stage.add("map")
        assert await stage.people["member"].user.autocomplete("link get", "title", "m") == []
        assert await typed(stage, "link get", "title", "m" * 3000) == []
        assert await typed(stage, "link get", "title", "\ud800") == []
    async with staged(wrap=first(fail)) as stage:
        assert await typed(stage, "link get", "title", "m") == []
        assert stage.env.errors == []


async def test_suggestions_stay_within_discords_limits() -> None:
    """At most 25 choices, none longer than 100 characters."""
    async with staged() as stage:
        for number in range(30):
            await stage.add(f"{'x' * 97}{number:03}")
        found = await stage.people["member"].autocomplete(stage.channel, "link get", "title", "x")
        assert len(found) == 25
        assert all(len(choice["name"]) <= 100 and len(choice["value"]) <= 100 for choice in found)
