"""Bugs."""

from tests.integration.discord.stage import staged
from tests.integration.discord.test_failures import Broken
from tests.integration.discord.test_replies import first
from tests.integration.provoked.recording import Answer, provokes, stable


@provokes("internal.unexpected")
async def unexpected() -> Answer:
    """Plant a bug in the storage."""
    broken = Broken()
    async with staged(wrap=first(broken)) as stage:
        broken.on = True
        said = await stage.ask("member", "slash", "link get", title="world map")
    return Answer("discord", "/link get title:world map", stable(said.text))
