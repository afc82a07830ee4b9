"""Commands in the menus of members."""

from collections.abc import Mapping

import discord
import pytest
from discord import AppCommandType, app_commands
from discord.ext import commands

from tests.integration.discord.entries import WHO, add
from tests.integration.discord.stage import staged
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome, Success
from twi_discord.calls.host import Host
from twi_discord.commands.menus import user_menu
from twi_discord.commands.mounting import CommandTaken, mount, unmount
from twi_discord.replies.markup import say
from twi_discord.replies.message import Message

pytestmark = pytest.mark.asyncio


class Noted:
    """Take note of what an answer was given."""

    def __init__(self) -> None:
        self.raw: list[Mapping[str, object]] = []
        self.actors: list[object] = []

    async def __call__(self, raw: Mapping[str, object], call: CallContext, /) -> Outcome[Message, AppError]:
        self.raw.append(raw)
        self.actors.append(call.actor)
        return Success(Message(say("It worked.")))


async def test_a_members_menu_gives_the_member() -> None:
    """The answer gets the id of whom it is about, is called as the one who clicked, and only that one sees it."""
    async with staged() as stage:
        noted = Noted()
        await add(stage, user_menu(Host.of(stage.bot, "test"), "Look", "See.", noted))
        person = stage.people["administrator"]
        said = await stage.people[WHO].context_menu(stage.channel, "Look", person)
        assert said.ephemeral
        assert noted.raw == [{"user": person.id}]
        assert noted.actors == [stage.people[WHO].id]


async def test_a_public_menu_is_answered_to_everybody() -> None:
    """What is declared as public is shown in the channel."""
    async with staged() as stage:
        await add(stage, user_menu(Host.of(stage.bot, "test"), "Look", "See.", Noted(), public=True))
        said = await stage.people[WHO].context_menu(stage.channel, "Look", stage.people["member"])
        assert not said.ephemeral


async def test_menus_are_in_the_help() -> None:
    """The overview tells where a command without a name to type is found, and what it does."""
    async with staged() as stage:
        await add(stage, user_menu(Host.of(stage.bot, "test"), "Look", "See *all*.", Noted()))
        assert "- in the menu of a user, Apps, Look: See \\*all\\*." in (await stage.ask(WHO, "slash", "help")).text


async def test_menus_are_mounted_and_unmounted_like_commands() -> None:
    """A taken name is refused and nothing is added; unmounting removes ours, and leaves a foreign one of that name."""
    async with staged() as stage:
        host, before = Host.of(stage.bot, "test"), names(stage.bot)
        look = user_menu(host, "Look", "See.", Noted())
        await mount(stage.bot, "test", [look])
        with pytest.raises(CommandTaken, match="called 'Look' already"):
            await mount(stage.bot, "test", [user_menu(host, "Other", "See.", Noted()), look])
        assert names(stage.bot) - before == {"Look"}
        unmount(stage.bot, ["Look"])
        assert names(stage.bot) == before

        async def foreign(_: discord.Interaction, __: discord.Member) -> None: ...

        stage.bot.tree.add_command(app_commands.ContextMenu(name="Look", callback=foreign))
        unmount(stage.bot, ["Look"])
        assert names(stage.bot) - before == {"Look"}


def names(bot: commands.Bot) -> set[str]:
    """Give the commands in the menu of a member."""
    return {menu.name for menu in bot.tree.get_commands(type=AppCommandType.user)}
