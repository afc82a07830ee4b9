"""The directory of a process: none until an entrypoint connected to Discord supplies one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import final

from twi_core.kernel.directory import Directory, MemberFacts, NoDirectory, RoleFacts
from twi_core.kernel.ids import ChannelId, GuildId, RoleId, UserId


@final
class LateDirectory:
    """A directory that forwards to the one an entrypoint has supplied; see `Directory`."""

    def __init__(self, otherwise: Directory | None = None) -> None:
        self._otherwise: Directory = otherwise or NoDirectory()
        self._known = self._otherwise

    @contextmanager
    def known(self, directory: Directory) -> Iterator[None]:
        """Use a directory for the duration of the block."""
        self._known = directory
        try:
            yield
        finally:
            self._known = self._otherwise

    async def role(self, guild: GuildId, role: RoleId, /) -> RoleFacts | None:
        """See `Directory`."""
        return await self._known.role(guild, role)

    async def member(self, guild: GuildId, user: UserId, /) -> MemberFacts | None:
        """See `Directory`."""
        return await self._known.member(guild, user)

    async def places(self, guild: GuildId, channel: ChannelId, /) -> tuple[ChannelId, ...] | None:
        """See `Directory`."""
        return await self._known.places(guild, channel)
