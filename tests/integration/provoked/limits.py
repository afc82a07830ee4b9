"""Callers who are refused again and again."""

from tests.integration.discord.stage import staged
from tests.integration.provoked.recording import Answer, provokes, stable
from twi_core.pipeline.block import INVALID_REQUESTS, REFUSALS


@provokes("limits.refused_too_often")
async def refused_too_often() -> Answer:
    """Ask for what one may not do until nobody listens any more."""
    async with staged(limited=True) as stage:
        for _ in range(REFUSALS.amount):
            await stage.ask("member", "slash", "link add", title="bread", content="words")
        said = await stage.ask("member", "slash", "link add", title="bread", content="words")
    return Answer("discord", "/link add title:bread content:words", stable(said.text))


@provokes("limits.invalid_too_often")
async def invalid_too_often() -> Answer:
    """Write what makes no sense until nobody explains it any more."""
    async with staged(limited=True) as stage:
        for _ in range(INVALID_REQUESTS.amount):
            await stage.write("member", "!link get")
        said = await stage.write("member", "!link get")
    return Answer("discord", "!link get", stable(said.text))
