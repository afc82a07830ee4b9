"""Discord is sent the slash commands when, and only when, they changed."""

from typing import Any

import discord
import pytest
from discord import app_commands

from tests.integration.discord.stage import Stage, staged
from twi_discord.connection.bot import TwiBot

pytestmark = pytest.mark.asyncio


def syncs(stage: Stage) -> int:
    """Count how often the commands were sent."""
    return sum(1 for r in stage.env.http_requests if (r.method, r.path.rsplit("/", 1)[-1]) == ("PUT", "commands"))


async def test_commands_are_sent_once_and_not_again() -> None:
    """The first start sends them, a second start with the same definitions does not."""
    async with staged() as stage:
        assert syncs(stage) == 1
        await stage.env.restart_bot(TwiBot(stage.app, stage.drain))
        assert syncs(stage) == 1


async def test_a_changed_definition_is_sent() -> None:
    """When Discord has another definition, a start sends ours."""
    async with staged() as stage:
        command = stage.bot.tree.remove_command("tag")
        assert command is not None
        await stage.bot.tree.sync()
        await stage.env.restart_bot(TwiBot(stage.app, stage.drain))
        assert syncs(stage) == 3
        assert "tag" in stage.people["member"].available_commands(stage.channel)


async def test_a_start_survives_that_discord_takes_no_commands() -> None:
    """When fetching or sending them fails, the bot starts with the commands that Discord has."""
    async with staged() as stage:
        stage.env.inject_error("GET", "/applications/*/commands", status=500)
        await stage.env.restart_bot(TwiBot(stage.app, stage.drain))
        assert (await stage.ask("member", "slash", "link list")).text == "No links have been saved here yet."


@pytest.mark.parametrize("gone", [False, True])
async def test_a_command_that_discord_shows_in_an_older_form_says_so(gone: bool) -> None:
    """A slash command that has changed or is gone is answered once: reload Discord."""
    async with staged() as stage:
        ours = stage.bot.tree.remove_command("tag")
        assert ours is not None

        async def nothing(_: discord.Interaction[Any]) -> None: ...

        stage.bot.tree.add_command(app_commands.Command(name="tag", description="Old.", callback=nothing))
        await stage.bot.tree.sync()
        stage.bot.tree.remove_command("tag")
        if not gone:
            stage.bot.tree.add_command(ours)
        said = await stage.ask("member", "slash", "tag")
        assert "`discord.outdated`" in said.text
        assert (len(said.messages), said.private) == (1, True)
        assert len(stage.env.errors) == int(gone)  # the simulation listens where the tree does


async def test_options_are_described_by_the_command_models() -> None:
    """Names and order are the predecessor's; what is required, bounded or suggested comes from the models."""
    async with staged() as stage:
        link, tag = stage.bot.tree.get_command("link"), stage.bot.tree.get_command("tag")
        assert isinstance(link, app_commands.Group)
        assert isinstance(tag, app_commands.Command)
        named = {
            command.name: [("" if p.required else "?") + p.name for p in command.parameters]
            for command in (*link.commands, tag)
            if isinstance(command, app_commands.Command)
        }
        assert named == {
            "get": ["title"],
            "list": ["?tag"],
            "search": ["query"],
            "add": ["title", "content", "?tag", "?preview"],
            "edit": ["title", "?content", "?tag", "?clear_tag", "?preview"],
            "rename": ["title", "new_title"],
            "delete": ["title"],
            "transfer": ["title", "to"],
            "info": ["title"],
            "tag": ["tag"],
        }
        add, transfer = link.get_command("add"), link.get_command("transfer")
        assert isinstance(add, app_commands.Command)
        assert isinstance(transfer, app_commands.Command)
        title, to, embed = add.get_parameter("title"), transfer.get_parameter("to"), add.get_parameter("preview")
        assert title is not None
        assert to is not None
        assert embed is not None
        assert (title.min_value, title.max_value, title.description) == (1, 100, "The title of the link.")
        assert to.type is discord.AppCommandOptionType.user
        assert embed.type is discord.AppCommandOptionType.boolean
