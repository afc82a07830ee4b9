"""Check the roles and channels that settings name: they exist, and rank below the author of the change."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.directory import (
    NO_DIRECTORY,
    OUTRANKED,
    UNKNOWN_CHANNEL,
    UNKNOWN_ROLE,
    Directory,
    MemberFacts,
)
from twi_core.kernel.errors import AppError, ErrorCode
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.hierarchy import place_refusal
from twi_core.kernel.ids import ChannelId, GuildId, RoleId
from twi_core.kernel.language import text
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Authority
from twi_core.kernel.settings import AnySetting, SettingKind
from twi_core.settings.errors import UNSUITABLE_ROLE
from twi_core.settings.rules.values import Value

REMOVING_REFUSALS: Final[tuple[ErrorCode, ...]] = (NO_DIRECTORY, OUTRANKED)
"""The refusals for removing a role; a channel, and what no longer exists, can always be removed."""
ADDING_REFUSALS: Final = (*REMOVING_REFUSALS, UNKNOWN_ROLE, UNSUITABLE_ROLE)
"""The refusals for adding a role."""


@final
@dataclass(frozen=True, slots=True)
class Author:
    """The author of a change: an operator, or a member, who is None if Discord can't be asked about them."""

    guild: GuildId
    operator: bool
    member: MemberFacts | None


@final
class References:
    """A check of what settings name, with the directory."""

    def __init__(self, authority: Authority, directory: Directory) -> None:
        self._authority = authority
        self._directory = directory

    async def author(self, settings: Iterable[AnySetting], context: CallContext) -> Author:
        """Look up the caller, as far as the settings to change require it."""
        operator = await self._authority.level(context) is Level.OPERATOR
        roles = any(setting.kind is SettingKind.ROLES for setting in settings)
        if operator or not roles or context.actor is None:
            return Author(context.in_guild, operator, None)
        try:
            member = await self._directory.member(context.in_guild, context.actor)
        except Unavailable:
            member = None
        return Author(context.in_guild, False, member)

    async def refusal(self, setting: AnySetting, before: Value, after: Value, author: Author) -> AppError | None:
        """Refuse a change that names what doesn't exist, or adds or removes a role that its author doesn't outrank.

        If Discord can't be asked, channels are accepted unchecked, and roles from operators only.
        """
        if setting.kind is SettingKind.CHANNEL and isinstance(after, ChannelId):
            return None if await self._may_exist(author.guild, after) else AppError(UNKNOWN_CHANNEL)
        if setting.kind is SettingKind.ROLES and isinstance(before, tuple) and isinstance(after, tuple):
            for role in sorted({*before} ^ {*after}):
                refusal = await self._on_role(role, role in after, author)
                if refusal is not None:
                    return refusal
        return None

    async def _may_exist(self, guild: GuildId, channel: ChannelId) -> bool:
        try:
            return await self._directory.places(guild, channel) is not None
        except Unavailable:
            return True

    async def _on_role(self, role: RoleId, added: bool, author: Author) -> AppError | None:
        """Check one role; a deleted one can still be removed."""
        if added and role == RoleId(author.guild):
            return AppError(UNSUITABLE_ROLE, {"reason": text("everyone has it")})
        try:
            found = await self._directory.role(author.guild, role)
        except Unavailable:
            return None if author.operator else AppError(NO_DIRECTORY)
        if found is None:
            return AppError(UNKNOWN_ROLE) if added else None
        if added and found.managed:
            return AppError(UNSUITABLE_ROLE, {"reason": text("Discord manages it, for a bot, subscribers or boosters")})
        if author.operator:
            return None
        return place_refusal(author.member, found)
