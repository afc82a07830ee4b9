"""Make discord.py's hybrid commands of doors: one command that people type with a slash or with the prefix."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast, final

import discord
from discord import AppCommandOptionType, app_commands
from discord.ext import commands
from discord.ext.commands.flags import FlagsMeta
from typing_extensions import override

from twi_core.kernel.parameters import Parameter, ParameterKind
from twi_discord.doors import Door, Option
from twi_discord.grammar import option_name, parse_words
from twi_discord.host import Host
from twi_discord.identify import AnyContext, AnyInteraction, identify

_TYPES: Final[Mapping[ParameterKind, AppCommandOptionType]] = {
    ParameterKind.INTEGER: AppCommandOptionType.integer,
    ParameterKind.BOOLEAN: AppCommandOptionType.boolean,
    ParameterKind.USER: AppCommandOptionType.user,
    ParameterKind.ROLE: AppCommandOptionType.role,
    ParameterKind.CHANNEL: AppCommandOptionType.channel,
}
_DESCRIPTION_LIMIT: Final = 100
_CHOICES: Final = 25
_CHOICE_LIMIT: Final = 100


class _Taken(app_commands.Transformer):
    """Tell Discord what an option takes, and judge nothing: the command's model does, for every door alike."""

    def __init__(self, parameter: Parameter) -> None:
        self._parameter = parameter

    @property
    @override
    def type(self) -> AppCommandOptionType:
        return _TYPES.get(self._parameter.kind, AppCommandOptionType.string)

    @property
    @override
    def min_value(self) -> int | None:
        return self._parameter.minimum

    @property
    @override
    def max_value(self) -> int | None:
        return self._parameter.maximum

    @property
    @override
    def choices(self) -> list[app_commands.Choice[int | float | str]] | None:
        return [app_commands.Choice(name=choice, value=choice) for choice in self._parameter.choices] or None

    @override
    async def transform(self, interaction: AnyInteraction, value: Any, /) -> object:
        return value.id if isinstance(value, discord.abc.Snowflake) else value


@final
class _Completed(_Taken):
    """Suggest values too."""

    def __init__(self, host: Host, option: Option) -> None:
        super().__init__(option.parameter)
        self._host = host
        self._complete = option.complete

    @override
    async def autocomplete(
        self, interaction: AnyInteraction, value: str | int | float, /
    ) -> list[app_commands.Choice[str | int | float]]:
        if self._complete is None:
            return []
        found = await self._complete(str(value), identify(self._host.app, interaction))
        return [app_commands.Choice(name=_cut(label), value=given) for label, given in found[:_CHOICES]]


@final
class DoorCommand(commands.HybridCommand[Any, ..., Any]):
    """Be a hybrid command whose errors are told by its host, and so neither missed nor doubled by the bot's own."""

    host: Host
    door: Door

    @override
    async def dispatch_error(self, ctx: AnyContext, error: commands.CommandError, /) -> None:
        """Tell the caller."""
        await self.host.report(ctx, error)


@final
class DoorGroup(commands.HybridGroup[Any, ..., Any]):
    """Be a hybrid group in the same way."""

    host: Host

    @override
    async def dispatch_error(self, ctx: AnyContext, error: commands.CommandError, /) -> None:
        """Tell the caller."""
        await self.host.report(ctx, error)


def hybrid(host: Host, door: Door) -> DoorCommand:
    """Make the command of a door."""
    options = _options_class(host, door)
    names = tuple(option.name for option in door.options)
    nothing: Any = commands.parameter(default=lambda _: options(), description="see above")

    async def callback(ctx: AnyContext, *, options: Any = nothing) -> None:
        raw = {name: value for name in names if (value := getattr(options, name)) is not None}
        await host.run(ctx, door.answer, raw, public=door.public)

    callback.__annotations__["options"] = options
    command = DoorCommand(
        cast("Any", callback),
        name=door.name,
        description=cut_description(door.summary),
        brief=door.summary,
        help=f"Written: {usage(door)}",  # for the help of a foreign bot; ours is made from the door
        usage=usage(door),
    )
    command.host, command.door = host, door
    if command.app_command is not None:
        command.app_command.error(_outdated(host))
    return command


def group(host: Host, name: str, summary: str, doors: Sequence[Door], bare: Door) -> DoorGroup:
    """Make a group of commands; `bare` answers the group's name alone, or with a word that is none of its commands."""

    async def callback(ctx: AnyContext) -> None:
        wanted = f"{name} {ctx.view.read_rest().strip()}"
        await host.run(ctx, bare.answer, {"command": wanted}, public=False)

    made = DoorGroup(
        cast("Any", callback),
        name=name,
        description=summary,
        help=summary,
        case_insensitive=True,
        invoke_without_command=True,
    )
    made.host = host
    for door in doors:
        made.add_command(hybrid(host, door))
    return made


def usage(door: Door) -> str:
    """Write what a written command takes: `<title> --content <content> [--tag <tag>]`."""
    parts = [_usage(option.parameter, option.name == door.positional) for option in door.options]
    positional = [option.name == door.positional for option in door.options]
    return " ".join(
        [p for p, is_first in zip(parts, positional, strict=True) if is_first]
        + [p for p, is_first in zip(parts, positional, strict=True) if not is_first]
    )


def _usage(parameter: Parameter, positional: bool) -> str:
    value = f"<{parameter.name}>"
    if parameter.kind is ParameterKind.BOOLEAN:
        value = "<yes|no>"
    written = value if positional else f"{option_name(parameter.name)} {value}"
    return written if parameter.required else f"[{written}]"


def _options_class(host: Host, door: Door) -> type[commands.FlagConverter]:
    """Make the class that discord.py lays flat into slash options; what is written is read by our own grammar."""
    kinds = {option.name: option.parameter.kind for option in door.options}

    async def convert(cls: type[Any], _: AnyContext, argument: str) -> object:
        made = cls()
        vars(made).update(parse_words(argument, kinds, door.positional))
        return made

    members: dict[str, Any] = {option.name: _flag(option) for option in door.options}
    members["__annotations__"] = {option.name: _transformer(host, option) for option in door.options}
    members["__module__"] = __name__
    members["__init__"] = lambda self: self.__dict__.update(dict.fromkeys(kinds))
    members["convert"] = classmethod(convert)
    made = FlagsMeta("Options", (commands.FlagConverter,), members, prefix="--", delimiter=" ")
    return cast("type[commands.FlagConverter]", made)


def _flag(option: Option) -> Any:
    default = discord.utils.MISSING if option.parameter.required else None
    return commands.flag(default=default, description=cut_description(option.parameter.description))


def _transformer(host: Host, option: Option) -> app_commands.Transformer:
    return _Taken(option.parameter) if option.complete is None else _Completed(host, option)


def _outdated(host: Host) -> Any:
    """Answer what fails before a context exists: a command whose definition Discord has in an older form."""

    async def tell(interaction: AnyInteraction, error: app_commands.AppCommandError) -> None:
        await host.report_click(interaction, error)

    return tell


def cut_description(text: str) -> str:
    """Fit a description into what Discord takes."""
    return text if len(text) <= _DESCRIPTION_LIMIT else f"{text[: _DESCRIPTION_LIMIT - 1]}…"


def _cut(label: str) -> str:
    return label if len(label) <= _CHOICE_LIMIT else f"{label[: _CHOICE_LIMIT - 1]}…"
