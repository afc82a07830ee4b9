"""The caller and the place of a call: facts that an entrypoint has verified."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, final

from twi_core.kernel.ids import ChannelId, GuildId, RoleId, UserId
from twi_core.kernel.permissions import Level, NativePermissions


class Origin(StrEnum):
    """The entrypoint that a call came through."""

    DISCORD = "discord"
    CLI = "cli"
    HTTP = "http"
    EMBEDDED = "embedded"
    JOB = "job"
    """The bot itself, on no user's behalf."""


UNKNOWN_PLACE: Final = ChannelId(2)
"""Stands for parents of a channel that couldn't be looked up; Discord's own ids are far larger."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CallContext:
    """The verified facts of one call.

    `actor` is None if an operator acts without a Discord account (the command line). `guild` is None in direct messages
    and in servers that the bot isn't a member of. `within` holds the channel's parents, the nearest first: a thread's
    channel, then its category; `UNKNOWN_PLACE` for those that aren't known. `roles` and `native` come from Discord, for
    that guild; `asserted_level` is a level that the entrypoint itself has verified. `languages` are the tags of the
    languages that the caller prefers, the most preferred first. `correlation_id` is the short reference that finds the
    call in the log. `received_at` is aware UTC.
    """

    actor: UserId | None
    guild: GuildId | None
    channel: ChannelId | None = None
    within: tuple[ChannelId, ...] = ()
    roles: frozenset[RoleId] = frozenset()
    native: NativePermissions = NativePermissions.NONE
    asserted_level: Level = Level.EVERYONE
    languages: tuple[str, ...] = ()
    origin: Origin
    correlation_id: str
    received_at: datetime

    @property
    def in_guild(self) -> GuildId:
        """Return the guild of a call whose policy requires one (the pipeline has refused all others).

        Raises:
            RuntimeError: the policy doesn't require a guild, and there is none.
        """
        if self.guild is None:
            raise RuntimeError("the policy of this use case doesn't require a guild")
        return self.guild


def system_context(guild: GuildId | None, now: datetime, reference: str = "-") -> CallContext:
    """Return the context of something that the bot does by itself, such as filling a cache."""
    return CallContext(
        actor=None,
        guild=guild,
        asserted_level=Level.OPERATOR,
        origin=Origin.JOB,
        correlation_id=reference,
        received_at=now,
    )
