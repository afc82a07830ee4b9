"""Commands in the menus of members and messages."""

from collections.abc import Callable, Mapping
from typing import Any

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
from twi_discord.commands.menus import MenuSpec, message_menu, user_menu
from twi_discord.commands.mounting import CommandTaken, mount, unmount
from twi_discord.replies.markup import say
from twi_discord.replies.message import Message

pytestmark = pytest.mark.asyncio


class Noted:
    """An answer that notes its input."""

    def __init__(self) -> None:
        self.raw: list[Mapping[str, object]] = []
        self.actors: list[object] = []

    async def __call__(self, raw: Mapping[str, object], call: CallContext, /) -> Outcome[Message, AppError]:
        self.raw.append(raw)
        self.actors.append(call.actor)
        return Success(Message(say("It worked.")))


async def test_a_members_menu_passes_the_member() -> None:
    """The answer gets the member's id, is called as the one who clicked, and only they see it."""
    async with staged() as stage:
        noted = Noted()
        await add(stage, user_menu("Look", "See.", noted))
        person = stage.people["administrator"]
        said = await stage.people[WHO].context_menu(stage.channel, "Look", person)
        assert said.ephemeral
        assert noted.raw == [{"user": person.id}]
        assert noted.actors == [stage.people[WHO].id]


async def test_a_public_menu_is_answered_to_everybody() -> None:
    """What is declared as public is shown in the channel."""
    async with staged() as stage:
        await add(stage, user_menu("Look", "See.", Noted(), public=True))
        said = await stage.people[WHO].context_menu(stage.channel, "Look", stage.people["member"])
        assert not said.ephemeral


async def test_menus_are_in_the_help() -> None:
    """The overview says where a command without a name to type is found, and what it does."""
    async with staged() as stage:
        await add(stage, user_menu("Look", "See *all*.", Noted()), message_menu("Keep", "Remember it.", Noted()))
        said = (await stage.ask(WHO, "slash", "help")).text
        assert "- Right-click a member, Apps, Look: See \\*all\\*." in said
        assert "- Right-click a message, Apps, Keep: Remember it." in said


async def test_a_messages_menu_passes_the_message() -> None:
    """The answer gets ids, text and address of the message, is called as the one who clicked, and only they see it."""
    async with staged() as stage:
        noted, author = Noted(), stage.people["administrator"]
        await add(stage, message_menu("Keep", "Remember it.", noted))
        text = "@everyone `{content}` <@1>"
        about = await author.send(stage.channel, text)
        said = await stage.people[WHO].context_menu(stage.channel, "Keep", about)
        assert said.ephemeral
        link = f"https://discord.com/channels/{stage.guild.id}/{stage.channel.id}/{about.id}"
        expected = {
            "message": about.id,
            "channel": stage.channel.id,
            "author": author.id,
            "content": text,
            "link": link,
        }
        assert noted.raw == [expected]
        assert noted.actors == [stage.people[WHO].id]


@pytest.mark.parametrize("make", [user_menu, message_menu])
async def test_menus_are_mounted_and_unmounted_like_commands(make: Callable[..., MenuSpec]) -> None:
    """A taken name is refused and nothing is added; unmounting removes ours, and leaves a foreign one of that name."""
    async with staged() as stage:
        host, before = Host.of(stage.bot, "test"), names(stage.bot)
        look = make("Look", "See.", Noted())
        await mount(host, "test", [look])
        with pytest.raises(CommandTaken, match="called 'Look'"):
            await mount(host, "other", [make("Other", "See.", Noted()), look])
        assert names(stage.bot) - before == {("Look", look.of.value)}
        unmount(stage.bot, "other")
        assert names(stage.bot) - before == {("Look", look.of.value)}
        unmount(stage.bot, "test")
        assert names(stage.bot) == before

        async def of_user(_: discord.Interaction, __: discord.Member) -> None: ...

        async def of_message(_: discord.Interaction, __: discord.Message) -> None: ...

        foreign: Any = of_user if make is user_menu else of_message
        stage.bot.tree.add_command(app_commands.ContextMenu(name="Look", callback=foreign))
        unmount(stage.bot, "test")
        assert names(stage.bot) - before == {("Look", look.of.value)}


async def test_a_member_and_a_message_may_have_menus_of_one_name() -> None:
    """Discord keeps the two kinds apart, and so do we."""
    async with staged() as stage:
        host, before = Host.of(stage.bot, "test"), names(stage.bot)
        await mount(host, "test", [user_menu("Look", "See.", Noted()), message_menu("Look", "See.", Noted())])
        assert names(stage.bot) - before == {("Look", "user"), ("Look", "message")}
        unmount(stage.bot, "test")
        assert names(stage.bot) == before


async def test_what_does_not_fit_adds_nothing() -> None:
    """A sixth menu of a kind is refused by discord.py, and then none of those added with it is left."""
    async with staged() as stage:
        host, before = Host.of(stage.bot, "test"), names(stage.bot)
        with pytest.raises(app_commands.CommandLimitReached):
            await mount(host, "test", [message_menu(f"Look {n}", "See.", Noted()) for n in range(6)])
        assert names(stage.bot) == before


def names(bot: commands.Bot) -> set[tuple[str, str]]:
    """Return the commands in menus, each with its kind."""
    kinds = (AppCommandType.user, AppCommandType.message)
    return {(menu.name, kind.name) for kind in kinds for menu in bot.tree.get_commands(type=kind)}
