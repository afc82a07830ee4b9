"""Notifications of bugs to the people who run the bot, in one of their channels."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import final

import aiohttp
import discord
from discord.ext import commands

from twi_core.failures.domain import Bug
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.ids import ChannelId
from twi_core.kernel.language import EnglishOnly, Languages, speaking
from twi_core.pipeline.guard import UNEXPECTED
from twi_discord.calls.wording import offered_commands
from twi_discord.commands.localising import SlashNames
from twi_discord.commands.typed import TypedCommands
from twi_discord.replies.markup import Markup, code, current_wording, lines, plural, say, typed
from twi_discord.replies.message import Message
from twi_discord.replies.render import layout
from twi_discord.replies.wording import moment


@final
class ChannelNotifier:
    """An `OperatorNotifier` that posts in a Discord channel; the bot must be logged in, and may be disconnected."""

    def __init__(self, bot: discord.Client, channel: ChannelId, languages: Languages | None = None) -> None:
        self._bot = bot
        self._id = channel
        self._channel = bot.get_partial_messageable(channel)
        self._languages = languages or EnglishOnly()

    async def notify(self, bug: Bug, /) -> None:
        """See `OperatorNotifier`."""
        with self._speaking():
            body = layout(Message(notification_text(bug)))[0]
        try:
            await self._channel.send(**body)
        except (discord.DiscordException, aiohttp.ClientError, OSError, RuntimeError) as error:
            raise Unavailable(f"Discord doesn't take the notification ({type(error).__name__})") from error

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Answer in the language of the channel's server, and not in that of the call in which the bug showed.

        Commands have their English names: readers see them in the languages of their own Discord, which may differ.
        """
        channel = self._bot.get_channel(self._id)
        guild = channel.guild if isinstance(channel, discord.abc.GuildChannel | discord.Thread) else None
        wanted = () if guild is None else (str(guild.preferred_locale),)
        bot = self._bot
        offered = (lambda: offered_commands(bot)) if isinstance(bot, commands.Bot) else tuple
        token = current_wording.set(TypedCommands(offered, "", slash=SlashNames()))
        try:
            with speaking(self._languages.find(*wanted)):
                yield
        finally:
            current_wording.reset(token)


def notification_text(bug: Bug) -> Markup:
    """Word the notification of a bug; its trace is left to the command that it names."""
    where, kind, since = code(bug.where), bug.kinds[0], moment(bug.first_seen_at)
    shown = [say("**Bug** in {where}: {kind} ({code})", where=where, kind=kind, code=code(UNEXPECTED.code))]
    if bug.reopened:
        shown.append(say("It was resolved, but came back."))
    shown.append(plural("Seen once, {since}.", "Seen {count} times since {since}.", bug.count, since=since))
    if more := typed("failures.describe", {"fingerprint": bug.fingerprint}):
        shown.append(say("More: {command}", command=more))
    if bug.references:
        last = bug.references[0]
        shown.append(say("Last reference: {reference}", reference=code(last)))
        if found := typed("failures.show", {"reference": last}):
            shown.append(say("Details: {command}", command=found))
    return lines(*shown)
