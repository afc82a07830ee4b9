"""Commands in the menu of a member or a message ("Apps"): one typed line each, answered once like any other."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, TypeAlias, final

import discord
from discord import app_commands

from twi_discord.host import Host
from twi_discord.identify import AnyInteraction
from twi_discord.render import Answer

Person: TypeAlias = discord.Member | discord.User

_NAME_LIMIT: Final = 32


@final
class HostedMenu(app_commands.ContextMenu):
    """Be a command in a menu whose errors are told by its host; `summary` is for the help."""

    def __init__(
        self, host: Host, name: str, summary: str, callback: Callable[[AnyInteraction, Any], Coroutine[Any, Any, None]]
    ) -> None:
        super().__init__(name=name, callback=callback)
        self.summary = summary
        self.error(host.report)


def user_menu(host: Host, name: str, summary: str, answer: Answer, *, public: bool = False) -> HostedMenu:
    """Make a command in the menu of a member; `mount` adds it to the bot.

    `answer` gets the facts of `facts_of`. Like a command's, it runs through the host with the rights of whoever clicks.
    Discord shows up to five such commands of one bot.

        async def checked(raw: Mapping[str, object], context: CallContext, /) -> Outcome[Shown, AppError]:
            outcome = await api.check.call({"user": raw["user"], "roles": raw["roles"]}, context)
            return outcome if isinstance(outcome, Failure) else Success(_checked(outcome.unwrap()))

        user_menu(host, "Permissions", "Show what a member may do here.", checked)

    Args:
        host: The host of the bot.
        name: What people see, up to 32 characters.
        summary: What it does, for the help.
        answer: Answers the facts.
        public: Whether everybody sees the success; a refusal is the clicker's alone.
    """

    async def callback(interaction: discord.Interaction, person: discord.Member | discord.User) -> None:
        await host.run(interaction, answer, facts_of(person), public=public)

    return HostedMenu(host, name, summary, callback)


def message_menu(host: Host, name: str, summary: str, answer: Answer, *, public: bool = False) -> HostedMenu:
    """Make a command in the menu of a message, in the same way; its facts are `message`, `channel`, `author`, `text`.

    The ids are numbers; the text is as its author wrote it.
    """

    async def callback(interaction: discord.Interaction, message: discord.Message) -> None:
        facts: Mapping[str, object] = {
            "message": message.id,
            "channel": message.channel.id,
            "author": message.author.id,
            "text": message.content,
        }
        await host.run(interaction, answer, facts, public=public)

    return HostedMenu(host, name, summary, callback)


def facts_of(person: Person) -> Mapping[str, object]:
    """Give what Discord vouches for of a member: `user`, and of those who are in the server `roles` and `native`.

    The ids are numbers, and `native` is Discord's permission number of the member in the server; its owner has all.
    """
    if not isinstance(person, discord.Member):
        return {"user": person.id}
    return {
        "user": person.id,
        "roles": [role.id for role in person.roles],
        "native": person.guild_permissions.value,
    }
