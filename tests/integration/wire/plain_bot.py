"""A plain discord.py bot, none of our code in it, to try the fake Discord with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
import pytest
import yarl
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from typing_extensions import override

from tests.waiting import PATIENCE
from tests.wire import TOKEN, FakeDiscord


class PlainBot(commands.Bot):
    """A bot that answers `/say text`, `/book read title`, `!ping` and a button, and notes what reached it."""

    def __init__(self, *, heartbeat_timeout: float = 60.0, message_content: bool = True) -> None:
        intents = discord.Intents.all()
        intents.message_content = message_content
        super().__init__(
            command_prefix="!",
            intents=intents,
            guild_ready_timeout=0.05,
            heartbeat_timeout=heartbeat_timeout,
        )
        self.seen: list[str] = []
        self.said: list[str] = []
        self.failures: list[BaseException] = []
        self.came_ready = asyncio.Event()
        self.add_command(_ping)
        self.tree.error(self._note_failure)
        self.tree.add_command(_say)
        self.tree.add_command(_Book())

    @override
    async def setup_hook(self) -> None:
        await self.tree.sync()

    @override
    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Skip the 5 s that discord.py waits before a second IDENTIFY."""

    async def _note_failure(self, _: discord.Interaction, error: app_commands.AppCommandError, /) -> None:
        self.failures.append(error.original if isinstance(error, app_commands.CommandInvokeError) else error)

    async def on_ready(self) -> None:
        self.seen.append("ready")
        self.came_ready.set()

    async def on_resumed(self) -> None:
        self.seen.append("resumed")


class Press(discord.ui.View):
    @discord.ui.button(label="Press", custom_id="press")
    async def press(self, interaction: discord.Interaction, button: discord.ui.Button[Press]) -> None:
        await interaction.response.edit_message(content="pressed", view=None)


@commands.command(name="ping")
async def _ping(context: commands.Context[PlainBot], word: str) -> None:
    await context.reply(f"pong {word}")


@app_commands.command(name="say", description="Says a text.")
async def _say(interaction: discord.Interaction[PlainBot], text: str, times: int = 1) -> None:
    interaction.client.said.append(text)
    if text == "button":
        await interaction.response.send_message("press it", view=Press())
    elif text == "later":
        await interaction.response.defer()
        await interaction.edit_original_response(content="now")
        await interaction.followup.send("and more")
    else:
        await interaction.response.send_message(f"{interaction.user.name} said {text}" * times)


class _Book(app_commands.Group, name="book", description="Books."):
    @app_commands.command(name="read", description="Reads one.")
    async def read(self, interaction: discord.Interaction, title: str) -> None:
        where = "alone" if interaction.guild is None else interaction.guild.name
        await interaction.response.send_message(f"{title} read in {where}")

    @read.autocomplete("title")
    async def _titles(self, _: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=current * 2, value=current)]


def point_at(fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect discord.py to the fake, as the runtime's settings do for a process."""
    monkeypatch.setattr(Route, "BASE", fake.api_url)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(fake.gateway_url))


@asynccontextmanager
async def running(bot: PlainBot, fake: FakeDiscord) -> AsyncIterator[PlainBot]:
    """Run the bot until it is ready; close it in the end, and raise what it ended with."""
    async with bot:
        life = asyncio.create_task(bot.start(TOKEN))
        ready = asyncio.create_task(bot.came_ready.wait())
        try:
            await asyncio.wait([life, ready], timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            assert bot.came_ready.is_set(), life
            await fake.wait_until_connected()
            yield bot
        finally:
            ready.cancel()
            await bot.close()
            await life
