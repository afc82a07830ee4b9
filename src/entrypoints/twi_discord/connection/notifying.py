"""Tell those who run the bot of bugs, in a channel of theirs."""

from typing import final

import aiohttp
import discord

from twi_core.failures.domain import Bug
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.ids import ChannelId
from twi_core.pipeline.guard import UNEXPECTED
from twi_discord.replies.markup import Markup, bold, code, lines, say
from twi_discord.replies.message import Message
from twi_discord.replies.render import layout
from twi_discord.replies.wording import moment, times


@final
class ChannelNotifier:
    """An `OperatorNotifier` that posts in a Discord channel; the bot must be logged in, and may be disconnected."""

    def __init__(self, bot: discord.Client, channel: ChannelId) -> None:
        self._channel = bot.get_partial_messageable(channel)

    async def notify(self, bug: Bug, /) -> None:
        """See `OperatorNotifier`."""
        try:
            await self._channel.send(**layout(Message(notification_text(bug)))[0])
        except (discord.DiscordException, aiohttp.ClientError, OSError, RuntimeError) as error:
            raise Unavailable(f"Discord does not take the notification ({type(error).__name__})") from error


def notification_text(bug: Bug) -> Markup:
    """Word the notification of a bug; its trace is left to `/failure describe`."""
    news = "A bug that had been resolved is back" if bug.reopened else "A bug"
    told = [
        say(
            "{news} in {where}: {kind} ({code})",
            news=bold(news),
            where=code(bug.where),
            kind=bug.kinds[0],
            code=code(UNEXPECTED.code),
        ),
        say("Seen {times} since {moment}.", times=times(bug.count), moment=moment(bug.first_seen_at)),
        say("More: {command}", command=code(f"/failure describe fingerprint:{bug.fingerprint}")),
    ]
    if bug.references:
        last = bug.references[0]
        told.append(
            say("Last reference: {last}, see {command}", last=code(last), command=code(f"/error reference:{last}"))
        )
    return lines(*told)
