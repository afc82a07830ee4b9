"""How the caller types commands: with a slash, or behind the prefix that they used."""

from collections.abc import Iterator, Mapping

from discord.ext import commands

from twi_core.kernel.language import Languages
from twi_discord.commands.localising import SlashNames
from twi_discord.commands.specs import CommandSpec
from twi_discord.commands.typed import Named, TypedCommands
from twi_discord.replies.reply import Source, interaction_of


def wording_of(
    source: Source, bot: commands.Bot, prefix: str, languages: Languages, given: Mapping[str, object]
) -> TypedCommands:
    """Return how hints name commands to the caller, and repeat what a command was given.

    `prefix` stands in where they wrote the bot's mention.
    """
    interaction = interaction_of(source)
    names = None if interaction is None else SlashNames(bot.tree, languages.find(str(interaction.locale)))

    def offered() -> Iterator[Named]:
        return offered_commands(bot)

    if not isinstance(source, commands.Context):
        return TypedCommands(offered, prefix, slash=names)
    spec = getattr(source.command, "spec", None)
    used = None
    if source.command is not None and isinstance(spec, CommandSpec):
        used = (source.command.qualified_name, spec)
    if names is not None:
        return TypedCommands(offered, prefix, used, names, given)
    typed = source.prefix or ""
    return TypedCommands(offered, prefix if typed.startswith("<@") else typed, used, given=given)


def offered_commands(bot: commands.Bot) -> Iterator[Named]:
    """Yield the commands of ours that a bot has, by name."""
    for command in sorted(bot.walk_commands(), key=lambda each: each.qualified_name):
        spec = getattr(command, "spec", None)
        if isinstance(spec, CommandSpec):
            yield command.qualified_name, spec
