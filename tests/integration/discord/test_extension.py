"""The extension in a foreign bot."""

from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands
from typing_extensions import override

from tests.integration.discord.stage import WAYS, Way, staged
from tests.integration.discord.test_pager import click, current, opened, titles
from tests.integration.discord.test_replies import fail, first
from twi_core.application import Application
from twi_discord import attach, detach
from twi_discord.components.answers import NEXT
from twi_runtime.process.drain import Drain

pytestmark = pytest.mark.asyncio

LINKS = "twi_discord.links"


class ForeignTree(app_commands.CommandTree[Any]):
    """A tree that answers every error, even if it was already answered."""

    @override
    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        await interaction.channel.send("foreign tree error")  # type: ignore[union-attr]  # a text channel here


class ForeignBot(commands.Bot):
    """A bot with other intents, another prefix and tree, error handlers, a check, and its own help."""

    def __init__(self, app: Application, drain: Drain) -> None:
        intents = discord.Intents.all()
        intents.presences = False
        super().__init__(command_prefix="!", intents=intents, tree_cls=ForeignTree)
        self.app, self.drain = app, drain
        self.allowed = True
        self.handled: list[str] = []
        self.add_check(lambda _: self.allowed)

    @override
    async def setup_hook(self) -> None:
        await attach(self, self.app, self.drain)
        await self.load_extension(LINKS)
        await self.tree.sync()

    @override
    async def on_message(self, message: discord.Message, /) -> None:
        await self.invoke(await self.get_context(message))  # from any author, bots too

    @override
    async def on_command_error(self, context: commands.Context[Any], exception: commands.CommandError, /) -> None:
        self.handled.append(type(exception).__name__)
        if not isinstance(exception, commands.CommandNotFound):
            await context.send("foreign command error")


@pytest.mark.parametrize("way", WAYS)
async def test_links_work_in_a_foreign_bot(way: Way) -> None:
    """Commands, refusals and pages work there as in our bot, and its error handlers are not called for them."""
    async with staged(ForeignBot) as stage:
        assert isinstance(stage.bot, ForeignBot)
        assert (await stage.ask("moderator", way, "link add", title="map", content="x")).text.startswith("Added")
        said = await stage.ask("member", way, "link get", title="nothing")
        assert "`links.not_found`" in said.text
        assert len(said.messages) == 1
        message = await opened(stage, way)
        await click(stage, "member", message, NEXT)
        assert titles(current(stage, message))[0] == "part 21"
        assert not any("foreign" in m.content for m in stage.channel.history())
        assert stage.bot.handled == []


@pytest.mark.parametrize("way", WAYS)
async def test_a_foreign_check_is_reported_once(way: Way) -> None:
    """When the hosting bot's check refuses, the caller sees it once, from us."""
    async with staged(ForeignBot) as stage:
        assert isinstance(stage.bot, ForeignBot)
        stage.bot.allowed = False
        said = await stage.ask("operator", way, "link list")
        assert "`discord.not_allowed`" in said.text
        assert len(said.messages) == 1
        assert stage.bot.handled == []


@pytest.mark.parametrize("way", WAYS)
async def test_a_bug_there_is_reported_once(way: Way) -> None:
    """A bug below us is reported by us only."""
    async with staged(ForeignBot, wrap=first(fail)) as stage:
        said = await stage.ask("member", way, "link get", title="x")
        assert "`internal.unexpected`" in said.text
        assert not any("foreign" in m.content for m in stage.channel.history())


async def test_bots_and_webhooks_are_ignored_there_too() -> None:
    """A hosting bot that passes on what bots and webhooks write gets nothing done and nothing said by ours."""
    async with staged(ForeignBot) as stage:
        robot = stage.guild.add_member(stage.env.create_user("robot", bot=True))
        hook = stage.guild.create_webhook(stage.channel)
        for text in ("!link list", "!link list --bogus x", "!link nonsense"):
            assert (await stage.write(robot, text)).messages == ()
            before = len(stage.channel.history())
            await hook.send(text)
            assert len(stage.channel.history()) == before + 1


async def test_foreign_help_knows_our_commands() -> None:
    """The hosting bot's help shows our commands with how they are written."""
    async with staged(ForeignBot) as stage:
        said = await stage.write("member", "!help link add")
        assert "<title> --content <content> [--tag <tag>]" in said.text
        assert "Save a link under a title." in said.text


async def test_a_taken_name_is_refused_clearly_and_nothing_is_left() -> None:
    """When the bot already has a command called link, loading fails with a sentence that names it, and adds nothing."""
    async with staged(ForeignBot) as stage:
        await stage.bot.unload_extension(LINKS)
        for written in (True, False):
            if written:
                stage.bot.add_command(commands.Command(_nothing, name="link"))
            else:
                stage.bot.tree.add_command(app_commands.Command(name="tag", description="x", callback=_slash))
            with pytest.raises(commands.ExtensionFailed, match=r"already has a command called '(link|tag)'") as caught:
                await stage.bot.load_extension(LINKS)
            assert isinstance(caught.value.original, commands.ExtensionError)
            stage.bot.remove_command("link")
            stage.bot.tree.remove_command("tag")
            assert names(stage.bot) == {"help"}
        await stage.bot.load_extension(LINKS)
        assert names(stage.bot) == {"help", "link", "tag"}


async def _nothing(context: commands.Context[Any]) -> None: ...


async def _slash(interaction: discord.Interaction) -> None: ...


def names(bot: commands.Bot) -> set[str]:
    """Return every command of a bot, written or slash."""
    return {command.name for command in bot.commands} | {command.name for command in bot.tree.get_commands()}


async def test_unloading_removes_everything() -> None:
    """After unloading, none of our commands, views or cogs is left; a foreign command of the same name stays."""
    async with staged(ForeignBot) as stage:
        await stage.bot.unload_extension(LINKS)
        await detach(stage.bot)
        assert names(stage.bot) == {"help"}
        assert not stage.bot.cogs
        assert not stage.bot.persistent_views


async def test_loading_before_attaching_is_refused_clearly() -> None:
    """Without an application the extension says what to call first."""
    async with staged(ForeignBot) as stage:
        await stage.bot.unload_extension(LINKS)
        await detach(stage.bot)
        with pytest.raises(commands.ExtensionFailed, match=r"call `await twi_discord\.attach"):
            await stage.bot.load_extension(LINKS)
        assert names(stage.bot) == {"help"}
