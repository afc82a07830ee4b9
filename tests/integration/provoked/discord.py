"""What Discord, or the bot's entrypoint to it, refuses."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from tests.integration.discord.entries import arm_slash
from tests.integration.discord.stage import answered, staged, timed
from tests.integration.discord.test_extension import ForeignBot
from tests.integration.discord.test_once import failing
from tests.integration.discord.test_pager import click, opened
from tests.integration.process.stage import in_memory, started
from tests.integration.provoked.recording import Answer, provokes, stable
from tests.integration.provoked.shell import Shell, refusal
from tests.wire import FakeDiscord
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome
from twi_discord.calls.host import LIMIT, Host
from twi_discord.components.answers import NEXT
from twi_discord.connection.bot import TwiBot
from twi_discord.replies.deferral import DEFER_AFTER
from twi_discord.replies.message import Message

OLD_PAGE = "[Next] below an answer of /link list"
OTHERS_PAGE = "[Next] below the answer to somebody else's /link list"


# Answers to people


@provokes("discord.expired")
async def expired() -> Answer:
    """Turn a page that was shown before the bot was restarted."""
    async with staged() as stage:
        message = await opened(stage)
        await stage.env.restart_bot(TwiBot(stage.app, stage.drain))
        said = answered(await click(stage, "member", message, NEXT))
    return Answer("discord", OLD_PAGE, stable(said.text))


@provokes("discord.not_yours")
async def not_yours() -> Answer:
    """Turn a page of somebody else's list."""
    async with staged() as stage:
        message = await opened(stage)
        said = answered(await click(stage, "administrator", message, NEXT))
    return Answer("discord", OTHERS_PAGE, stable(said.text))


@provokes("discord.option_twice")
async def option_twice() -> Answer:
    """Write an option twice."""
    async with staged() as stage:
        said = await stage.write("moderator", "!link edit world map --tag maps --tag art")
    return Answer("discord", "!link edit world map --tag maps --tag art", stable(said.text))


@provokes("discord.unknown_command")
async def unknown_command() -> list[Answer]:
    """Misspell a command."""
    async with staged() as stage:
        lines = ("!link fly", "!help lnik")
        return [Answer("discord", line, stable((await stage.write("member", line)).text)) for line in lines]


@provokes("discord.not_allowed")
async def not_allowed() -> Answer:
    """Use the commands within a bot with a check of its own, which fails."""
    async with staged(ForeignBot) as stage:
        assert isinstance(stage.bot, ForeignBot)
        stage.bot.allowed = False
        said = await stage.ask("member", "slash", "link list")
    return Answer("discord", "/link list", stable(said.text))


@provokes("discord.outdated")
async def outdated() -> Answer:
    """Use a command that Discord shows and the bot has no more."""
    async with staged() as stage:
        stage.bot.tree.remove_command("tag")

        async def nothing(_: discord.Interaction[Any]) -> None: ...

        stage.bot.tree.add_command(app_commands.Command(name="tag", description="Old.", callback=nothing))
        await stage.bot.tree.sync()
        stage.bot.tree.remove_command("tag")
        said = await stage.ask("member", "slash", "tag")
        assert len(stage.env.errors) == 1
    return Answer("discord", "/tag", stable(said.text))


@provokes("discord.overheard")
async def overheard() -> Answer:
    """Write in a channel what is answered with secrets."""
    async with staged() as stage:
        met = stage.app.context(actor=None, guild=None)
        stage.app.recorder.failed(RuntimeError("x"), "links.get", met)
        assert await stage.app.failure_records.flush()
        listed = await stage.ask("operator", "slash", "failure list")
        fingerprint = listed.text.partition("`")[2].partition("`")[0]
        said = await stage.write("operator", f"!failure describe {fingerprint}")
    return Answer("discord", "!failure describe 0f3a9c5b7d1e2468", stable(said.text))


@provokes("discord.too_slow")
async def too_slow() -> Answer:
    """Use a command that hangs."""
    async with timed() as stage:
        use = await arm_slash(stage, failing(RuntimeError("x"), LIMIT * 2))
        said = await use(LIMIT + DEFER_AFTER + 1)
    return Answer("discord", "/probe", stable(said.text))


@provokes("discord.interrupted")
async def interrupted() -> Answer:
    """Stop the bot while it works."""
    going: list[asyncio.Task[None]] = []

    async with timed() as stage:
        host = Host.of(stage.bot, "test")

        async def answer(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
            going.append(asyncio.create_task(host.cog_unload()))
            await asyncio.sleep(LIMIT)
            raise RuntimeError

        said = await (await arm_slash(stage, answer))(1)
    return Answer("discord", "/probe", stable(said.text))


# What keeps the bot from starting


@provokes("discord.token_missing")
def token_missing(shell: Shell) -> Answer:
    """Start the bot without a token."""
    return shell.refused("twi bot", TWI_STORAGE="memory")


async def ended(line: str, fake: FakeDiscord, folder: Path, **changed: str) -> Answer:
    """Start a bot that connects to the fake Discord, and return what it ends with."""
    async with started(*line.split()[1:], environment={**in_memory(fake, folder), **changed}) as twi:
        await twi.ended()
        return Answer("cli", line, stable(refusal(twi.err)))


@provokes("discord.token_refused")
async def token_refused(tmp_path: Path) -> Answer:
    """Start the bot with a token that Discord doesn't know."""
    async with FakeDiscord() as fake:
        (tmp_path / "mistyped").write_text("mistyped.wire.token", encoding="utf-8")
        return await ended("twi bot", fake, tmp_path, TWI_DISCORD_TOKEN_FILE=str(tmp_path / "mistyped"))


@provokes("discord.intent_missing")
async def intent_missing(tmp_path: Path) -> Answer:
    """Have the gateway close the session as it does without the intent."""
    async with FakeDiscord() as fake:
        fake.close_next_identify_with(4014)
        return await ended("twi bot", fake, tmp_path)


@provokes("discord.unreachable")
async def unreachable(tmp_path: Path) -> Answer:
    """Have Discord where nothing listens."""
    async with FakeDiscord() as fake:
        return await ended("twi bot", fake, tmp_path, TWI_DISCORD_API_URL="http://127.0.0.1:9/api/v10")


@provokes("discord.sync_failed")
async def sync_failed(tmp_path: Path) -> Answer:
    """Have Discord refuse the definitions of the commands."""
    async with FakeDiscord() as fake:
        fake.fail_next("PUT", "/applications/*/commands", status=400, times=2)
        return await ended("twi bot --sync", fake, tmp_path)
