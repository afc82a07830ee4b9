"""Add commands to a bot, ours or a foreign one, and take all of them back."""

from collections.abc import Sequence
from contextlib import ExitStack

from discord import AppCommandType
from discord.ext import commands

from twi_discord.commands.hybrids import HostedCommand, HostedGroup
from twi_discord.commands.menus import HostedMenu


class CommandTaken(commands.ExtensionError):
    """Tell that the bot has a command of that name already."""


async def mount(bot: commands.Bot, extension: str, made: Sequence[HostedCommand | HostedGroup | HostedMenu]) -> None:
    """Add commands, all or none.

    Raises:
        CommandTaken: the bot, or its tree, has one of that name.
    """
    for command in made:
        if _is_taken(bot, command):
            raise CommandTaken(
                f"this bot has a command called {command.name!r} already; remove it, or do not load {extension}",
                name=extension,
            )
    added: list[str] = []
    with ExitStack() as undone:
        undone.callback(unmount, bot, added)
        for command in made:
            added.append(command.name)
            if isinstance(command, HostedMenu):
                bot.tree.add_command(command)
            else:
                bot.add_command(command)
        undone.pop_all()


def _is_taken(bot: commands.Bot, command: HostedCommand | HostedGroup | HostedMenu) -> bool:
    if isinstance(command, HostedMenu):
        return bot.tree.get_command(command.name, type=command.type) is not None
    return bot.get_command(command.name) is not None or bot.tree.get_command(command.name) is not None


def unmount(bot: commands.Bot, names: Sequence[str]) -> None:
    """Remove commands of ours; those of the same name that somebody else added stay."""
    for name in names:
        if isinstance(bot.get_command(name), HostedCommand | HostedGroup):
            bot.remove_command(name)
        if isinstance(bot.tree.get_command(name, type=AppCommandType.user), HostedMenu):
            bot.tree.remove_command(name, type=AppCommandType.user)
