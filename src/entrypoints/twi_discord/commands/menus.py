"""Commands in the menu of a member ("Apps"): one typed line each, answered once like any other."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeAlias, final

import discord
from discord import app_commands
from typing_extensions import override

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome
from twi_discord.calls.host import Host
from twi_discord.replies.identify import AnyInteraction
from twi_discord.replies.message import Answer, Message

Check: TypeAlias = Callable[[AnyInteraction], bool | Awaitable[bool]]


@final
class HostedMenu(app_commands.ContextMenu):
    """Be a command in a menu, whose checks run where its answer does; `summary` is for the help."""

    def __init__(
        self, host: Host, name: str, summary: str, callback: Callable[[AnyInteraction, Any], Coroutine[Any, Any, None]]
    ) -> None:
        super().__init__(name=name, callback=callback)
        self.summary = summary
        self.guards: list[Check] = []
        self.error(host.report)

    @override
    def add_check(self, func: Check, /) -> None:
        """Check every call first; what a check raises is told as what an answer raises, and the tree hears nothing."""
        self.guards.append(func)

    @override
    def remove_check(self, func: Check, /) -> None:
        """Check no more."""
        if func in self.guards:
            self.guards.remove(func)


def user_menu(host: Host, name: str, summary: str, answer: Answer, *, public: bool = False) -> HostedMenu:
    """Make a command in the menu of a member; `mount` adds it to the bot.

    `answer` gets the member's id, a number, as `user`. Like a command's, it runs through the host with the rights of
    whoever clicks. Discord shows up to five such commands of one bot.

        async def answer(raw: Mapping[str, object], context: CallContext, /) -> Outcome[Message, AppError]:
            outcome = await app.permissions.overview.call({"user": raw["user"]}, context)
            return outcome if isinstance(outcome, Failure) else Success(_overview(outcome.unwrap()))

        user_menu(host, "Permissions", "Show everything that a member may and may not do here.", answer)

    Args:
        host: The host of the bot.
        name: What people see, up to 32 characters.
        summary: What it does, for the help.
        answer: Answers it.
        public: Whether everybody sees the success; a refusal is the clicker's alone.
    """

    async def callback(interaction: discord.Interaction, person: discord.Member | discord.User) -> None:
        await host.run(interaction, _checked(menu, interaction, answer), {"user": person.id}, public=public)

    menu = HostedMenu(host, name, summary, callback)
    return menu


def _checked(menu: HostedMenu, interaction: AnyInteraction, answer: Answer) -> Answer:
    async def checked(raw: Mapping[str, object], call: CallContext, /) -> Outcome[Message, AppError]:
        for guard in menu.guards:
            if not await discord.utils.maybe_coroutine(guard, interaction):
                raise app_commands.CheckFailure(menu.name)
        return await answer(raw, call)

    return checked
