"""The application that a bot's commands call, ours or a foreign bot's: attached, and detached again."""

from discord.ext import commands

from twi_core.application import Application
from twi_discord.calls.host import NAME, Host
from twi_discord.commands.localising import Localiser
from twi_runtime.process.drain import Drain


async def attach(bot: commands.Bot, app: Application, drain: Drain | None = None, *, prefix: str = "") -> Host:
    """Attach an application for extensions such as `twi_discord.links`; call it before loading them.

    The bot keeps it as the cog `twi`. With `drain`, calls are counted there and refused once it is closed. `prefix` is
    what stands before written commands in answers; it defaults to the bot's own, where that is a string. The names and
    descriptions of our commands are localised, unless the bot's tree already has a translator.

    Raises:
        ClientException: the bot has an application already.
    """
    own = bot.command_prefix if isinstance(bot.command_prefix, str) else ""
    host = Host(bot, app, drain or Drain(), prefix or own)
    await bot.add_cog(host)
    if bot.tree.translator is None:
        await bot.tree.set_translator(Localiser(bot.tree, app.languages))
    return host


async def detach(bot: commands.Bot) -> None:
    """Remove the application; unload the extensions first."""
    await bot.remove_cog(NAME)
    if isinstance(bot.tree.translator, Localiser):
        await bot.tree.set_translator(None)
