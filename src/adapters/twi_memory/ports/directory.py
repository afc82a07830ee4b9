"""A directory of guilds that its creator fills: for tests, and for programs with a member list from elsewhere."""

from dataclasses import dataclass, field
from typing import final

from twi_core.kernel.directory import MemberFacts, RoleFacts
from twi_core.kernel.ids import ChannelId, GuildId, RoleId, UserId


@final
@dataclass(frozen=True, slots=True)
class MemoryDirectory:
    """A `Directory` of what was put into it."""

    roles: dict[tuple[GuildId, RoleId], RoleFacts] = field(default_factory=dict)
    members: dict[tuple[GuildId, UserId], MemberFacts] = field(default_factory=dict)
    lies_in: dict[tuple[GuildId, ChannelId], tuple[ChannelId, ...]] = field(default_factory=dict)

    async def role(self, guild: GuildId, role: RoleId, /) -> RoleFacts | None:
        """See `Directory`."""
        return self.roles.get((guild, role))

    async def member(self, guild: GuildId, user: UserId, /) -> MemberFacts | None:
        """See `Directory`."""
        return self.members.get((guild, user))

    async def places(self, guild: GuildId, channel: ChannelId, /) -> tuple[ChannelId, ...] | None:
        """See `Directory`."""
        return self.lies_in.get((guild, channel))
