"""Who calls, from where: facts that an entrypoint has verified."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, final

from twi_core.kernel.ids import ChannelId, GuildId, RoleId, UserId
from twi_core.kernel.permissions import Level, NativePermissions


class Origin(StrEnum):
    """Name the entrypoint that a call came through."""

    DISCORD = "discord"
    CLI = "cli"
    HTTP = "http"
    EMBEDDED = "embedded"
    JOB = "job"
    """The bot itself, on nobody's behalf."""


UNKNOWN_PLACE: Final = ChannelId(2)
"""Stands for whatever a channel may lie in that could not be looked up; Discord's own ids are far larger."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CallContext:
    """Carry the verified facts of one call.

    `actor` is none where the bot's operator acts without a Discord account (the command line). `guild` is none in
    direct messages and wherever the bot is not a member. `within` is what the channel lies in, the nearest first: a
    thread's channel, then its category; `UNKNOWN_PLACE` for what is not known of it. `roles` and `native` are what
    Discord vouches for in that guild; `asserted_level` is a level that the entrypoint itself vouches for.
    `languages` are the tags of those the caller wants to be answered in, the most wanted first.
    `correlation_id` is the short reference that finds the call in the log. `received_at` is aware UTC.
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
        """Return the guild of a call whose policy asks for one (the pipeline has refused all others).

        Raises:
            RuntimeError: the policy does not ask for a guild, and there is none.
        """
        if self.guild is None:
            raise RuntimeError("the policy of this use case does not ask for a guild")
        return self.guild


def system_context(guild: GuildId | None, now: datetime, reference: str = "-") -> CallContext:
    """Make the context of something that the bot does by itself, such as filling a cache."""
    return CallContext(
        actor=None,
        guild=guild,
        asserted_level=Level.OPERATOR,
        origin=Origin.JOB,
        correlation_id=reference,
        received_at=now,
    )
