"""Hybrid commands of discord.py, built from specs: one command that people type with a slash or with the prefix."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast, final

from discord import app_commands
from discord.ext import commands
from typing_extensions import override

from twi_core.kernel.language import translated
from twi_discord.calls.explain import being_cancelled
from twi_discord.calls.host import Host
from twi_discord.commands import localising
from twi_discord.commands.extension import GroupSpec
from twi_discord.commands.grammar import usage
from twi_discord.commands.options import options_class
from twi_discord.commands.specs import CommandSpec
from twi_discord.replies.deferral import Deferral
from twi_discord.replies.identify import AnyContext, AnyInteraction


@final
class HostedCommand(commands.HybridCommand[Any, ..., Any]):
    """A hybrid command whose errors are answered by its host, and so neither missed nor doubled by the bot's own."""

    host: Host
    spec: CommandSpec
    extension: str

    @override
    async def prepare(self, ctx: AnyContext, /) -> None:
        """Check and convert."""
        async with _preparing(ctx, public=self.spec.public):
            await super().prepare(ctx)

    @override
    async def dispatch_error(self, ctx: AnyContext, error: commands.CommandError, /) -> None:
        """Answer the caller."""
        await self.host.report(ctx, error, public=self.spec.public)


@final
class HostedGroup(commands.HybridGroup[Any, ..., Any]):
    """A hybrid group of the same kind."""

    host: Host
    spec: GroupSpec
    extension: str

    @override
    async def prepare(self, ctx: AnyContext, /) -> None:
        """Check and convert."""
        async with _preparing(ctx, public=False):
            await super().prepare(ctx)

    @override
    async def dispatch_error(self, ctx: AnyContext, error: commands.CommandError, /) -> None:
        """Answer the caller."""
        await self.host.report(ctx, error)


@asynccontextmanager
async def _preparing(context: AnyContext, *, public: bool) -> AsyncIterator[None]:
    """Keep Discord waiting while checks and converters run, and pass whatever they raise to the command.

    Raises:
        CommandError: what discord.py takes for an error of the command; others would end in the event that brought it.
    """
    waiting = context.interaction
    deferral = None if waiting is None else Deferral(waiting, private=not public, update=False)
    try:
        yield
    except commands.CommandError:
        raise
    except Exception as error:
        raise commands.CommandInvokeError(error) from error
    except asyncio.CancelledError as error:
        if being_cancelled():
            raise
        raise commands.CommandInvokeError(RuntimeError("what a check waited for was cancelled")) from error
    finally:
        if deferral is not None:
            await deferral.close()


def hybrid(host: Host, spec: CommandSpec, extension: str) -> HostedCommand:
    """Build the command of a spec, for the extension that adds it."""
    options = options_class(host, spec)
    names = tuple(option.name for option in spec.options)
    nothing: Any = commands.parameter(default=lambda _: options(), description="see above")

    async def callback(ctx: AnyContext, *, options: Any = nothing) -> None:
        raw = {name: value for name in names if (value := getattr(options, name)) is not None}
        await host.run(ctx, spec.answer, raw, public=spec.public)

    callback.__annotations__["options"] = options
    app_commands.rename(**{option: localising.name(option, names) for option in names})(callback)
    command = HostedCommand(
        cast("Any", callback),
        name=localising.name(spec.name),
        description=localising.description(lambda: translated(spec.summary)),
        brief=spec.summary,
        help=f"Written: {usage(spec)}",  # for the help of a foreign bot; ours is made from the spec
        usage=usage(spec),
    )
    command.host, command.spec, command.extension = host, spec, extension
    if command.app_command is not None:
        command.app_command.error(_outdated(host))
    return command


def hybrid_group(host: Host, spec: GroupSpec, extension: str, bare: CommandSpec) -> HostedGroup:
    """Build the group of a spec; `bare` answers its name alone, or with a word that is none of its commands."""

    async def callback(ctx: AnyContext) -> None:
        wanted = f"{made.qualified_name} {ctx.view.read_rest().strip()}"
        await host.run(ctx, bare.answer, {"command": wanted}, public=False)

    made = HostedGroup(
        cast("Any", callback),
        name=localising.name(spec.name),
        description=localising.description(lambda: translated(spec.summary)),
        help=spec.summary,
        case_insensitive=True,
        invoke_without_command=True,
    )
    made.host, made.spec, made.extension = host, spec, extension
    for within in spec.entries:
        if isinstance(within, GroupSpec):
            made.add_command(hybrid_group(host, within, extension, bare))
        else:
            made.add_command(hybrid(host, within, extension))
    return made


def _outdated(host: Host) -> Any:
    """Return what answers errors before a context exists: Discord has an older form of the command."""

    async def answer(interaction: AnyInteraction, error: app_commands.AppCommandError) -> None:
        await host.report(interaction, error)

    return answer
