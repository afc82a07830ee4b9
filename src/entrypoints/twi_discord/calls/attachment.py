"""Give a bot, ours or a foreign one, the application that the extensions' commands call."""

from discord.ext import commands

from twi_core.application import Application
from twi_discord.calls.host import NAME, Host
from twi_runtime.process.drain import Drain


async def attach(bot: commands.Bot, app: Application, drain: Drain | None = None, *, prefix: str = "") -> Host:
    """Let extensions such as `twi_discord.links` find an application; call it before loading them.

    The bot keeps it as the cog `twi`. With `drain`, calls are counted there and refused once it is closed. `prefix` is
    what help shows before written commands.

    Raises:
        ClientException: the bot has an application already.
    """
    host = Host(bot, app, drain or Drain(), prefix)
    await bot.add_cog(host)
    return host


async def detach(bot: commands.Bot) -> None:
    """Forget the application; unload the extensions first."""
    await bot.remove_cog(NAME)
