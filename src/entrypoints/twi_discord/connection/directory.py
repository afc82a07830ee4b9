"""What a bot that is connected knows of roles, members and channels."""

import asyncio
from typing import Final, final

import aiohttp
import discord

from twi_core.kernel.directory import MemberFacts, RoleFacts
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.ids import ChannelId, GuildId, RoleId, UserId
from twi_core.kernel.permissions import NativePermissions
from twi_discord.replies.identify import containers

PATIENCE: Final = 3.0
"""Seconds that Discord gets to return a member; discord.py itself would wait out any rate limit."""


@final
class BotDirectory:
    """The `Directory` of a bot: roles and channels as the gateway sent them, members fetched one by one."""

    def __init__(self, bot: discord.Client) -> None:
        self._bot = bot

    async def role(self, guild: GuildId, role: RoleId, /) -> RoleFacts | None:
        """See `Directory`."""
        found = self._guild(guild).get_role(role)
        return None if found is None else RoleFacts(role, found.position, found.managed)

    async def member(self, guild: GuildId, user: UserId, /) -> MemberFacts | None:
        """See `Directory`."""
        place = self._guild(guild)
        try:
            async with asyncio.timeout(PATIENCE):
                found = await place.fetch_member(user)  # the cache holds only those who have just written
        except discord.NotFound:
            return None
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            raise Unavailable("Discord doesn't return a member") from error
        return MemberFacts(
            id=user,
            roles=frozenset(RoleId(role.id) for role in found.roles),
            native=NativePermissions(found.guild_permissions.value),
            position=found.top_role.position,
            owner=found.id == place.owner_id,
            this_bot=self._bot.user is not None and found.id == self._bot.user.id,
        )

    async def places(self, guild: GuildId, channel: ChannelId, /) -> tuple[ChannelId, ...] | None:
        """See `Directory`."""
        found = self._guild(guild).get_channel_or_thread(channel)
        return None if found is None else containers(found)

    def _guild(self, guild: GuildId) -> discord.Guild:
        found = self._bot.get_guild(guild)
        if found is None or found.unavailable:
            raise Unavailable("the bot is not in that server, or not connected yet")
        return found
