"""Our own bot."""

import logging
from collections.abc import Sequence
from typing import Any, Final, final

import discord
from discord import InteractionType, app_commands
from discord.ext import commands
from typing_extensions import override

from twi_core.application import Application
from twi_discord.calls.attachment import attach
from twi_discord.calls.host import Host
from twi_discord.commands.help import help_command
from twi_discord.commands.mounting import mount
from twi_discord.connection.syncing import sync_if_changed
from twi_discord.replies.identify import AnyInteraction
from twi_discord.replies.render import NO_MENTIONS
from twi_runtime.process.drain import Drain

_log: Final = logging.getLogger(__name__)
_LISTENED_TO: Final = (InteractionType.component, InteractionType.modal_submit)
"""Interactions that our listener handles; a command's is none, and to dispatch it would cost a task."""


def intents() -> discord.Intents:
    """Return no more intents than are needed: servers, messages and their content."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.messages = wanted.message_content = True
    return wanted


def extensions(app: Application) -> Sequence[str]:
    """Return the extensions of those contexts of an application that are on Discord."""
    return [context.place("twi_discord") for context in app.contexts if context.has("twi_discord")]


@final
class TwiTree(app_commands.CommandTree["TwiBot"]):
    """The slash commands; those that Discord still shows although they are gone are answered here."""

    @override
    async def on_error(self, interaction: AnyInteraction, error: app_commands.AppCommandError, /) -> None:
        """Answer the caller, unless that is done already: a command that is gone means that Discord needs a reload."""
        await Host.of(self.client, __name__).report(interaction, error)


@final
class TwiBot(commands.Bot):
    """The bot with every context's commands, by slash, behind the prefix, or behind the bot's mention."""

    def __init__(self, app: Application, drain: Drain | None = None, *, prefix: str = "!") -> None:
        for warning in ("warn_nacl", "warn_dave"):
            setattr(discord.VoiceClient, warning, False)  # of libraries that a bot without a voice does not need
        super().__init__(
            command_prefix=commands.when_mentioned_or(prefix),
            intents=intents(),
            tree_cls=TwiTree,
            help_command=None,
            allowed_mentions=NO_MENTIONS,
            case_insensitive=True,
            strip_after_prefix=True,
        )
        self._app = app
        self._drain = drain
        self._prefix = prefix

    @override
    async def setup_hook(self) -> None:
        """Add the commands, and sync them with Discord where they changed."""
        host = await attach(self, self._app, self._drain, prefix=self._prefix)
        await mount(host, __name__, [help_command(host)])
        for extension in extensions(self._app):
            await self.load_extension(extension)
        await sync_if_changed(self.tree)

    @override
    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        """Pass an event on, unless it is an interaction for which nobody listens."""
        if event_name != "interaction" or args[0].type in _LISTENED_TO or self._others_listen():
            super().dispatch(event_name, *args, **kwargs)

    def _others_listen(self) -> bool:
        return len(self.extra_events.get("on_interaction", ())) > 1 or "interaction" in self._listeners

    @override
    async def on_command_error(self, context: commands.Context[Any], exception: commands.CommandError, /) -> None:
        """Stay silent on words that are no command; ours never come here."""
        if not isinstance(exception, commands.CommandNotFound):
            _log.error("a foreign command failed", exc_info=exception)
