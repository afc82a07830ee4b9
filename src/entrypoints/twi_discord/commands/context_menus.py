"""Context menus of discord.py, built from specs: commands that people click on a member or a message."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias, final

import discord
from discord import AppCommandType, app_commands
from typing_extensions import override

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome
from twi_discord.calls.host import Host
from twi_discord.commands import localising
from twi_discord.commands.menus import Clicked, MenuSpec
from twi_discord.replies.identify import AnyInteraction
from twi_discord.replies.message import Answer, Message

Check: TypeAlias = Callable[[AnyInteraction], bool | Awaitable[bool]]

TYPES: Final = {Clicked.USER: AppCommandType.user, Clicked.MESSAGE: AppCommandType.message}


@final
class HostedMenu(app_commands.ContextMenu):
    """A command in a menu, whose checks run where its answer does."""

    def __init__(self, host: Host, spec: MenuSpec, extension: str) -> None:
        named = localising.name(spec.name)
        super().__init__(name=named, callback=_on_user(self) if spec.of is Clicked.USER else _on_message(self))
        self.host = host
        self.spec = spec
        self.extension = extension
        self.guards: list[Check] = []
        self.error(host.report)

    @override
    def add_check(self, func: Check, /) -> None:
        """Check every call first; what a check raises is answered like an answer's own errors, not by the tree."""
        self.guards.append(func)

    @override
    def remove_check(self, func: Check, /) -> None:
        """Remove a check."""
        if func in self.guards:
            self.guards.remove(func)

    async def run(self, interaction: AnyInteraction, raw: dict[str, object]) -> None:
        """Answer a click."""
        await self.host.run(interaction, _checked(self, interaction), raw, public=self.spec.public)


def _on_user(menu: HostedMenu) -> Callable[..., Any]:
    async def callback(interaction: discord.Interaction, person: discord.Member | discord.User) -> None:
        await menu.run(interaction, {"user": person.id})

    return callback


def _on_message(menu: HostedMenu) -> Callable[..., Any]:
    async def callback(interaction: discord.Interaction, message: discord.Message) -> None:
        raw: dict[str, object] = {
            "message": message.id,
            "channel": message.channel.id,
            "author": message.author.id,
            "content": message.content,
            "link": message.jump_url,
        }
        await menu.run(interaction, raw)

    return callback


def _checked(menu: HostedMenu, interaction: AnyInteraction) -> Answer:
    async def checked(raw: Mapping[str, object], call: CallContext, /) -> Outcome[Message, AppError]:
        for guard in menu.guards:
            if not await discord.utils.maybe_coroutine(guard, interaction):
                raise app_commands.CheckFailure(menu.name)
        return await menu.spec.answer(raw, call)

    return checked
