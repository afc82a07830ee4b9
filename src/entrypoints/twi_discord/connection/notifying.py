"""Tell those who run the bot of bugs, in a channel of theirs."""

from typing import final

import aiohttp
import discord

from twi_core.failures.domain import Bug
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.ids import ChannelId
from twi_core.pipeline.guard import UNEXPECTED
from twi_discord.replies.markup import escape
from twi_discord.replies.render import layout


@final
class ChannelNotifier:
    """An `OperatorNotifier` that posts in a Discord channel; the bot must be logged in, and may be disconnected."""

    def __init__(self, bot: discord.Client, channel: ChannelId) -> None:
        self._channel = bot.get_partial_messageable(channel)

    async def notify(self, bug: Bug, /) -> None:
        """See `OperatorNotifier`."""
        try:
            await self._channel.send(**layout(notification_text(bug))[0])
        except (discord.DiscordException, aiohttp.ClientError, OSError, RuntimeError) as error:
            raise Unavailable(f"Discord does not take the notification_text ({type(error).__name__})") from error


def notification_text(bug: Bug) -> str:
    """Word the notification_text of a bug; what it said is left to `/failure describe`."""
    news = "A bug that had been resolved is back" if bug.reopened else "A bug"
    times = "once" if bug.count == 1 else f"{bug.count} times"
    lines = [
        f"**{news}** in `{bug.where}`: {escape(bug.kinds[0])} (`{UNEXPECTED.code}`)",
        f"Seen {times} since <t:{int(bug.first_seen_at.timestamp())}:f>.",
        f"More: `/failure describe fingerprint:{bug.fingerprint}`",
    ]
    if bug.references:
        lines.append(f"Last reference: `{bug.references[0]}`, see `/error reference:{bug.references[0]}`")
    return "\n".join(lines)
