"""The commands of a bot, ours or a foreign one: added together, and removed together."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any, TypeAlias

from discord.ext import commands

from twi_discord.calls.host import Host
from twi_discord.commands.context_menus import TYPES, HostedMenu
from twi_discord.commands.extension import GroupSpec, Spec
from twi_discord.commands.help import help_command
from twi_discord.commands.hybrids import HostedCommand, HostedGroup, hybrid, hybrid_group
from twi_discord.commands.menus import MenuSpec
from twi_discord.commands.specs import CommandSpec

Parent: TypeAlias = commands.Bot | HostedGroup
Made: TypeAlias = HostedCommand | HostedGroup | HostedMenu


class CommandTaken(commands.ExtensionError):
    """A name that the bot already has a command for."""


async def mount(host: Host, extension: str, specs: Sequence[Spec]) -> None:
    """Add commands to the bot of a host, all or none.

    Raises:
        CommandTaken: the bot, its tree, or a group that is shared has one of that name; or extensions that share a
            group describe it in different words.
    """
    for spec in specs:
        for why in _refusals(host.bot, spec):
            raise CommandTaken(f"{why}, or do not load {extension}", name=extension)
    added: list[tuple[Parent, Made]] = []
    with ExitStack() as undone:
        undone.callback(_undo, host.bot, added)
        for spec in specs:
            for parent, made in _missing(host, extension, host.bot, spec):
                added.append((parent, made))
                _add(host.bot, parent, made)
        undone.pop_all()


def unmount(bot: commands.Bot, extension: str) -> None:
    """Remove the commands that an extension has added; those of others stay, in groups that they share too."""
    for menu in bot.tree.get_commands():
        if isinstance(menu, HostedMenu) and menu.extension == extension:
            bot.tree.remove_command(menu.name, type=menu.type)
    for command in list(bot.commands):
        _take(bot, command, extension)


def _refusals(parent: Parent, spec: Spec) -> Iterator[str]:
    """Yield why something can't be added, and what could be done."""
    if isinstance(spec, MenuSpec):
        assert isinstance(parent, commands.Bot)
        if parent.tree.get_command(spec.name, type=TYPES[spec.of]) is not None:
            yield f"this bot already has a command called {spec.name!r}; remove it"
        return
    there = parent.get_command(spec.name)
    name = f"{parent.qualified_name} {spec.name}" if isinstance(parent, HostedGroup) else spec.name
    if isinstance(spec, GroupSpec) and spec.shared and isinstance(there, HostedGroup) and there.spec.shared:
        if there.spec.summary != spec.summary:
            yield f"another extension describes the group {name!r} in other words; use the same words in both"
        for within in spec.entries:
            yield from _refusals(there, within)
    elif there is not None or _slash(parent).get_command(spec.name) is not None:
        yield f"this bot already has a command called {name!r}; remove it"


def _slash(parent: Parent) -> Any:
    """Return what holds the slash commands of a bot, or of a group."""
    return parent.tree if isinstance(parent, commands.Bot) else parent.app_command


def _missing(host: Host, extension: str, parent: Parent, spec: Spec) -> Iterator[tuple[Parent, Made]]:
    """Yield what a spec describes with its parent; for a shared group that is there, what goes into it."""
    if isinstance(spec, MenuSpec):
        yield parent, HostedMenu(host, spec, extension)
    elif isinstance(spec, CommandSpec):
        yield parent, hybrid(host, spec, extension)
    elif isinstance(there := parent.get_command(spec.name), HostedGroup):
        for within in spec.entries:
            yield from _missing(host, extension, there, within)
    else:
        yield parent, hybrid_group(host, spec, extension, help_command(host))


def _add(bot: commands.Bot, parent: Parent, made: Made) -> None:
    if isinstance(made, HostedMenu):
        bot.tree.add_command(made)
    else:
        parent.add_command(made)


def _undo(bot: commands.Bot, added: Sequence[tuple[Parent, Made]]) -> None:
    """Remove what was added, also what was added in part."""
    for parent, made in reversed(added):
        if isinstance(made, HostedMenu):
            if bot.tree.get_command(made.name, type=made.type) is made:
                bot.tree.remove_command(made.name, type=made.type)
        elif parent.get_command(made.name) is made:
            parent.remove_command(made.name)
        elif _slash(parent).get_command(made.name) is made.app_command:  # a group that is full keeps it nevertheless
            _slash(parent).remove_command(made.name)


def _take(parent: Parent, command: commands.Command[Any, ..., Any], extension: str) -> None:
    """Remove a command if it is the extension's, and a shared group with its last command."""
    if isinstance(command, HostedGroup) and command.spec.shared:
        for within in list(command.commands):
            _take(command, within, extension)
        if not command.commands:
            parent.remove_command(command.name)
    elif isinstance(command, HostedCommand | HostedGroup) and command.extension == extension:
        parent.remove_command(command.name)
