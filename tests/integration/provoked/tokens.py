"""Calls of the HTTP API without a token for them."""

from tests.integration.http.server import GUILD, OTHER_GUILD, opened
from tests.integration.provoked.calls import posted
from tests.integration.provoked.recording import Answer, provokes


@provokes("tokens.required")
async def required() -> Answer:
    """Send none."""
    async with opened() as server:
        return await posted(server, None, f"/api/v1/guilds/{GUILD}/operations/links.tags", "{}")


@provokes("tokens.guild_closed")
async def guild_closed() -> Answer:
    """Use one for another server."""
    async with opened() as server:
        return await posted(server, await server.token(), f"/api/v1/guilds/{OTHER_GUILD}/operations/links.tags", "{}")
