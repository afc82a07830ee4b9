"""Who calls, from where, with which rights: only what Discord itself reports."""

from typing import Any, TypeAlias

import discord
from discord.ext import commands

from twi_core.application import Application
from twi_core.kernel.context import UNKNOWN_PLACE, CallContext, Origin
from twi_core.kernel.ids import ChannelId, GuildId, RoleId, UserId
from twi_core.kernel.permissions import NativePermissions

AnyContext: TypeAlias = commands.Context[Any]  # of whatever bot class the extension is loaded into
AnyInteraction: TypeAlias = discord.Interaction[Any]


def identify(app: Application, source: AnyContext | AnyInteraction) -> CallContext:
    """Build the context of a call received now.

    A server where the bot itself is no member (the app was installed by the user) counts as no guild. A server's
    owner has every native permission.
    """
    if isinstance(source, commands.Context):
        return _of_message(app, source) if source.interaction is None else identify(app, source.interaction)
    languages = tuple(str(locale) for locale in (source.locale, source.guild_locale) if locale is not None)
    user, channel = source.user, source.channel_id
    if isinstance(user, discord.Member) and source.guild_id is not None and _is_member(source, source.guild_id):
        return _of_member(
            app, user, source.guild_id, channel, source.permissions, containers(source.channel), languages
        )
    return _of_user(app, user, channel, languages)


def containers(channel: object) -> tuple[ChannelId, ...]:
    """Return what a server's channel lies in, the nearest first: a thread's channel, then the category.

    What discord.py doesn't know, such as the channel of a thread just after the start, is `UNKNOWN_PLACE`.
    """
    if isinstance(channel, discord.Thread):
        return (ChannelId(channel.parent_id), *containers(channel.parent))
    if isinstance(channel, discord.abc.GuildChannel):
        return () if channel.category_id is None else (ChannelId(channel.category_id),)
    return (UNKNOWN_PLACE,)


def _is_member(interaction: AnyInteraction, guild: int) -> bool:
    """Return whether the bot itself is in the server, and not only its app, installed by the caller."""
    if interaction.is_guild_integration():
        return True
    return not interaction.is_user_integration() and interaction.client.get_guild(guild) is not None


def _of_message(app: Application, source: AnyContext) -> CallContext:
    author = source.author
    if source.guild is not None and isinstance(author, discord.Member):
        place, languages = source.channel, (str(source.guild.preferred_locale),)
        return _of_member(
            app, author, source.guild.id, place.id, author.guild_permissions, containers(place), languages
        )
    return _of_user(app, author, source.channel.id, ())


def _of_member(
    app: Application,
    member: discord.Member,
    guild: int,
    channel: int | None,
    native: discord.Permissions,
    within: tuple[ChannelId, ...],
    languages: tuple[str, ...],
) -> CallContext:
    return app.context(
        actor=UserId(member.id),
        guild=GuildId(guild),
        channel=ChannelId(channel) if channel else None,
        within=within,
        roles=frozenset(RoleId(role.id) for role in member.roles),
        native=NativePermissions(native.value),
        languages=languages,
        origin=Origin.DISCORD,
    )


def _of_user(
    app: Application, user: discord.User | discord.Member, channel: int | None, languages: tuple[str, ...]
) -> CallContext:
    return app.context(
        actor=UserId(user.id),
        guild=None,
        channel=ChannelId(channel) if channel else None,
        languages=languages,
        origin=Origin.DISCORD,
    )
