"""Make discord.py's hybrid commands of specs: one command that people type with a slash or with the prefix."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import Any, Final, cast, final

import discord
from discord import AppCommandOptionType, app_commands
from discord.ext import commands
from discord.ext.commands.flags import FlagsMeta
from typing_extensions import override

from twi_core.kernel.parameters import Parameter, ParameterKind
from twi_discord.calls.explain import being_cancelled
from twi_discord.calls.host import Host
from twi_discord.commands.grammar import option_name, parse_words
from twi_discord.commands.specs import CommandSpec, Option
from twi_discord.replies.deferral import Deferral
from twi_discord.replies.identify import AnyContext, AnyInteraction
from twi_discord.replies.markup import cut

_TYPES: Final[Mapping[ParameterKind, AppCommandOptionType]] = {
    ParameterKind.INTEGER: AppCommandOptionType.integer,
    ParameterKind.BOOLEAN: AppCommandOptionType.boolean,
    ParameterKind.USER: AppCommandOptionType.user,
    ParameterKind.ROLE: AppCommandOptionType.role,
    ParameterKind.CHANNEL: AppCommandOptionType.channel,
}
_DESCRIPTION_LIMIT: Final = 100
_TEXT_LIMIT: Final = 6000
"""Characters that Discord lets people type into an option."""


class _Taken(app_commands.Transformer):
    """Tell Discord what an option takes, and judge nothing: the command's model does, for every entrypoint alike."""

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
        most = self._parameter.maximum
        return min(most, _TEXT_LIMIT) if most and self.type is AppCommandOptionType.string else most

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
        self._option = option

    @override
    async def autocomplete(
        self, interaction: AnyInteraction, value: str | int | float, /
    ) -> list[app_commands.Choice[str | int | float]]:
        complete = self._option.complete
        if self._option.depends_on is not None:
            complete = self._option.depends_on(dict(iter(interaction.namespace)))
        return [] if complete is None else await self._host.suggest(interaction, complete, str(value))


@final
class HostedCommand(commands.HybridCommand[Any, ..., Any]):
    """Be a hybrid command whose errors are told by its host, and so neither missed nor doubled by the bot's own."""

    host: Host
    spec: CommandSpec

    @override
    async def prepare(self, ctx: AnyContext, /) -> None:
        """Check and convert."""
        async with _preparing(ctx, public=self.spec.public):
            await super().prepare(ctx)

    @override
    async def dispatch_error(self, ctx: AnyContext, error: commands.CommandError, /) -> None:
        """Tell the caller."""
        await self.host.report(ctx, error, public=self.spec.public)


@final
class HostedGroup(commands.HybridGroup[Any, ..., Any]):
    """Be a hybrid group in the same way."""

    host: Host

    @override
    async def prepare(self, ctx: AnyContext, /) -> None:
        """Check and convert."""
        async with _preparing(ctx, public=False):
            await super().prepare(ctx)

    @override
    async def dispatch_error(self, ctx: AnyContext, error: commands.CommandError, /) -> None:
        """Tell the caller."""
        await self.host.report(ctx, error)


@asynccontextmanager
async def _preparing(context: AnyContext, *, public: bool) -> AsyncIterator[None]:
    """Keep Discord waiting while checks and converters run, and let the command hear of whatever they raise."""
    async with AsyncExitStack() as stack:
        if context.interaction is not None:
            stack.push_async_callback(Deferral(context.interaction, private=not public, update=False).close)
        stack.push(_raise_for_the_command)
        yield


def _raise_for_the_command(
    _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
) -> bool:
    """Raise what discord.py takes for an error of the command; others would end in the event that brought it."""
    if isinstance(error, Exception) and not isinstance(error, commands.CommandError):
        raise commands.CommandInvokeError(error) from error
    if isinstance(error, asyncio.CancelledError) and not being_cancelled():
        raise commands.CommandInvokeError(RuntimeError("what a check waited for was cancelled")) from error
    return False


def hybrid(host: Host, spec: CommandSpec) -> HostedCommand:
    """Make the command of a spec."""
    options = _options_class(host, spec)
    names = tuple(option.name for option in spec.options)
    nothing: Any = commands.parameter(default=lambda _: options(), description="see above")

    async def callback(ctx: AnyContext, *, options: Any = nothing) -> None:
        raw = {name: value for name in names if (value := getattr(options, name)) is not None}
        await host.run(ctx, spec.answer, raw, public=spec.public)

    callback.__annotations__["options"] = options
    command = HostedCommand(
        cast("Any", callback),
        name=spec.name,
        description=cut(spec.summary, _DESCRIPTION_LIMIT),
        brief=spec.summary,
        help=f"Written: {usage(spec)}",  # for the help of a foreign bot; ours is made from the entrypoint
        usage=usage(spec),
    )
    command.host, command.spec = host, spec
    if command.app_command is not None:
        command.app_command.error(_outdated(host))
    return command


def group(
    host: Host,
    name: str,
    summary: str,
    specs: Sequence[CommandSpec],
    bare: CommandSpec,
    *,
    groups: Sequence[HostedGroup] = (),
) -> HostedGroup:
    """Make a group of commands; `bare` answers the group's name alone, or with a word that is none of its commands.

    Discord lets `groups` stand within a group, one level deep.
    """

    async def callback(ctx: AnyContext) -> None:
        wanted = f"{made.qualified_name} {ctx.view.read_rest().strip()}"
        await host.run(ctx, bare.answer, {"command": wanted}, public=False)

    made = HostedGroup(
        cast("Any", callback),
        name=name,
        description=summary,
        help=summary,
        case_insensitive=True,
        invoke_without_command=True,
    )
    made.host = host
    for spec in specs:
        made.add_command(hybrid(host, spec))
    for within in groups:
        made.add_command(within)
    return made


def usage(spec: CommandSpec) -> str:
    """Write what a written command takes: `<title> --content <content> [--tag <tag>]`."""
    parts = [_usage(option.parameter, option.name == spec.positional) for option in spec.options]
    positional = [option.name == spec.positional for option in spec.options]
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


def _options_class(host: Host, spec: CommandSpec) -> type[commands.FlagConverter]:
    """Make the class that discord.py lays flat into slash options; what is written is read by our own grammar."""
    kinds = {option.name: option.parameter.kind for option in spec.options}

    async def convert(cls: type[Any], _: AnyContext, argument: str) -> object:
        made = cls()
        vars(made).update(parse_words(argument, kinds, spec.positional))
        return made

    members: dict[str, Any] = {option.name: _flag(option) for option in spec.options}
    members["__annotations__"] = {option.name: _transformer(host, option) for option in spec.options}
    members["__module__"] = __name__
    members["__init__"] = lambda self: self.__dict__.update(dict.fromkeys(kinds))
    members["convert"] = classmethod(convert)
    made = FlagsMeta("Options", (commands.FlagConverter,), members, prefix="--", delimiter=" ")
    return cast("type[commands.FlagConverter]", made)


def _flag(option: Option) -> Any:
    default = discord.utils.MISSING if option.parameter.required else None
    return commands.flag(default=default, description=cut(option.parameter.description, _DESCRIPTION_LIMIT))


def _transformer(host: Host, option: Option) -> app_commands.Transformer:
    suggests = option.complete is not None or option.depends_on is not None
    return _Completed(host, option) if suggests else _Taken(option.parameter)


def _outdated(host: Host) -> Any:
    """Answer what fails before a context exists: a command whose definition Discord has in an older form."""

    async def tell(interaction: AnyInteraction, error: app_commands.AppCommandError) -> None:
        await host.report(interaction, error)

    return tell
