"""Load our link commands into your own discord.py bot.

The bot below rolls dice. It has its own prefix, intents and error handlers, and knows nothing about
links. The three lines of `setup_hook` add `/link`, `/tag`, `?link …` and `?tag …`.

Run it: `pip install 'twi-core[discord]'`, then `DISCORD_TOKEN=… python examples/embed_in_another_bot.py`
"""

import asyncio
import os
import random
import sys
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands
from typing_extensions import override

import twi_discord
from twi_core.application import Application
from twi_runtime import open_application

PREFIX = "?"


class DiceTree(app_commands.CommandTree["DiceBot"]):
    """A tree that reports errors of the bot's own slash commands; ours never reach it."""

    @override
    async def on_error(
        self, interaction: discord.Interaction["DiceBot"], error: app_commands.AppCommandError, /
    ) -> None:
        await interaction.response.send_message("The dice fell off the table.", ephemeral=True)


class DiceBot(commands.Bot):
    """A bot that rolls dice and keeps links."""

    def __init__(self, app: Application) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
        super().__init__(command_prefix=PREFIX, intents=intents, tree_cls=DiceTree)
        self.app = app
        self.add_command(written_roll)
        self.tree.add_command(slash_roll)

    @override
    async def setup_hook(self) -> None:
        """Add the link commands to the bot's own; this raises if it already has a command `link` or `tag`."""
        await twi_discord.attach(self, self.app, prefix=PREFIX)
        await self.load_extension("twi_discord.links")
        await self.tree.sync()

    @override
    async def on_command_error(self, context: commands.Context[Any], error: commands.CommandError, /) -> None:
        """Report errors of the bot's own prefix commands; ours never reach it either."""
        if not isinstance(error, commands.CommandNotFound):
            await context.send("The dice fell off the table.")


@commands.command(name="roll")
async def written_roll(context: commands.Context[DiceBot], sides: int = 6) -> None:
    """Roll a die: `?roll 20`."""
    await context.send(f"You rolled {roll(sides)}.")


@app_commands.command(name="roll")
async def slash_roll(interaction: discord.Interaction[DiceBot], sides: int = 6) -> None:
    """Roll a die."""
    await interaction.response.send_message(f"You rolled {roll(sides)}.")


def roll(sides: int) -> int:
    """Return a number from 1 to `sides`; raise ValueError if there are no sides."""
    return random.randint(1, sides)  # noqa: S311  # a die keeps no secrets


async def main(token: str) -> None:
    """Open the application and serve until the process is stopped."""
    # "memory" keeps nothing after a stop. The URL of a PostgreSQL database keeps everything (extra `postgres`); without
    # a database, the bot starts its own server (extra `embedded`).
    async with open_application(database="memory") as app, DiceBot(app) as bot:
        await bot.start(token)


if __name__ == "__main__":
    if "DISCORD_TOKEN" not in os.environ:
        sys.exit("Set DISCORD_TOKEN to the token of your bot, from https://discord.com/developers/applications")
    discord.utils.setup_logging()
    asyncio.run(main(os.environ["DISCORD_TOKEN"]))
