"""The foreign bot of the example, unchanged, in a simulated server and on the fake Discord."""

import asyncio
import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from tests.integration.discord.stage import Said, Stage, answered, shown, staged
from tests.integration.discord.test_replies import fail, first
from tests.integration.wire.plain_bot import point_at
from tests.waiting import PATIENCE
from tests.wire import TOKEN, FakeDiscord
from twi_core.application import Application
from twi_runtime.process.drain import Drain

EXAMPLE: Final = Path(__file__).parents[3] / "examples/embed_in_another_bot.py"
THEIRS: Final = "The dice fell off the table."
"""What the error handlers of the foreign bot say."""

example: Final[dict[str, Any]] = runpy.run_path(str(EXAMPLE))


def dice_bot(app: Application, _: Drain) -> commands.Bot:
    """Make the example's bot."""
    made: commands.Bot = example["DiceBot"](app)
    return made


async def slash(stage: Stage, who: str, name: str, **given: Any) -> Said:
    """Use a slash command and return what came back, in the channel too."""
    before = len(stage.channel.history())
    said = answered(await stage.people[who].slash(stage.channel, name, **given))
    public = [] if said.private else said.messages
    assert len(stage.channel.history()) - before == len(public), "nothing was said beside the answer"
    return said


async def write(stage: Stage, who: str, text: str) -> str:
    """Write a command, and return the one message that follows."""
    said = await stage.write(who, text)
    assert len(said.messages) == 1, [shown(message) for message in said.messages]
    return said.text


@pytest.mark.asyncio
async def test_its_own_commands_still_work() -> None:
    """The foreign bot rolls its dice, in writing and by slash, as it did before it had links."""
    async with staged(dice_bot) as stage:
        assert await write(stage, "member", "?roll 1") == "You rolled 1."
        assert (await slash(stage, "member", "roll", sides=1)).text == "You rolled 1."
        assert (await stage.write("member", "!roll 1")).messages == ()


@pytest.mark.asyncio
async def test_our_commands_work_in_it() -> None:
    """Links are added and found by its prefix and by slash, and suggested while somebody types."""
    async with staged(dice_bot) as stage:
        assert "Added **map**" in await write(stage, "moderator", "?link add map --content https://example.org/map")
        assert "https://example.org/map" in (await slash(stage, "member", "link get", title="MAP")).text
        assert "- map" in await write(stage, "member", "?tag Untagged")
        found = await stage.people["member"].autocomplete(stage.channel, "link get", "title", "m")
        assert [choice["value"] for choice in found] == ["map"]
        assert (await stage.write("member", "!link get map")).messages == ()


@pytest.mark.asyncio
async def test_its_help_shows_our_commands_by_its_prefix() -> None:
    """Both helps, the foreign bot's and the one that `?link` alone shows, know our commands and its prefix."""
    async with staged(dice_bot) as stage:
        assert "<title> --content <content> [--tag <tag>]" in await write(stage, "member", "?help link add")
        assert "- `?link get` " in await write(stage, "member", "?link")


@pytest.mark.asyncio
async def test_its_own_errors_are_answered_by_its_own_handlers_alone() -> None:
    """A failing command of the foreign bot is answered once, by that bot, and we say nothing."""
    async with staged(dice_bot) as stage:
        assert await write(stage, "member", "?roll nonsense") == THEIRS
        assert await write(stage, "member", "?roll 0") == THEIRS
        said = await slash(stage, "member", "roll", sides=0)
        assert [shown(message) for message in said.messages] == [THEIRS]
        assert len(stage.env.errors) == 3, "the simulation has noted each of them"
        stage.env.errors.clear()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("who", "name", "given", "code"),
    [
        ("member", "link get", {"title": "nothing"}, "links.not_found"),
        ("member", "link add", {"title": "map", "content": "x"}, "permissions.denied"),
        ("moderator", "link add", {"title": "map", "content": "ftp://example.org"}, "input.invalid_url"),
    ],
)
async def test_our_refusals_are_answered_by_us_alone(who: str, name: str, given: dict[str, str], code: str) -> None:
    """What our commands refuse is answered once, with its code, and the foreign handlers are not called for it."""
    async with staged(dice_bot) as stage:
        words = " ".join(f"--{option} {value}" for option, value in given.items())
        assert f"`{code}`" in await write(stage, who, f"?{name} {words}")
        said = await slash(stage, who, name, **given)
        assert f"`{code}`" in said.text
        assert said.private
        assert len(said.messages) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("?link get map --bogus x", "input.unknown_field"),
        ("?link get", "input.missing"),
        ("?link nonsense", "discord.unknown_command"),
    ],
)
async def test_words_that_are_no_command_of_ours_are_answered_by_us_alone(text: str, code: str) -> None:
    """What cannot be parsed as one of our commands is answered once, by us, not by the foreign handler."""
    async with staged(dice_bot) as stage:
        assert f"`{code}`" in await write(stage, "member", text)


@pytest.mark.asyncio
async def test_a_bug_below_our_commands_is_answered_by_us_alone() -> None:
    """An unexpected failure is answered once, with a reference and without its text."""
    async with staged(dice_bot, wrap=first(fail)) as stage:
        for said in (await write(stage, "member", "?link get x"), (await slash(stage, "member", "tag", tag="x")).text):
            assert "`internal.unexpected` · reference `" in said
            assert "secret" not in said


@pytest.mark.asyncio
async def test_unknown_words_are_left_to_the_foreign_bot() -> None:
    """An unknown word is answered by nobody, as the foreign bot wants it."""
    async with staged(dice_bot) as stage:
        assert (await stage.write("member", "?dance")).messages == ()


async def _theirs(_: commands.Context[Any]) -> None: ...


async def _theirs_by_slash(_: discord.Interaction) -> None: ...


@pytest.mark.asyncio
@pytest.mark.parametrize("way", ["written", "slash"])
@pytest.mark.parametrize("name", ["link", "tag"])
async def test_a_bot_with_such_a_command_is_refused_at_start(name: str, way: str) -> None:
    """When the foreign bot has a `link` or `tag` itself, it does not start, and the error names the command."""
    made: list[commands.Bot] = []

    def crowded(app: Application, drain: Drain) -> commands.Bot:
        bot = dice_bot(app, drain)
        if way == "written":
            bot.add_command(commands.Command(_theirs, name=name))
        else:
            bot.tree.add_command(app_commands.Command(name=name, description="Theirs.", callback=_theirs_by_slash))
        made.append(bot)
        return bot

    with pytest.raises(
        commands.ExtensionFailed, match=rf"already has a command called '{name}'; remove it, or do not load"
    ):
        async with staged(crowded):
            pass
    (bot,) = made
    assert ("link" if name == "tag" else "tag") not in {c.name for c in (*bot.commands, *bot.tree.get_commands())}


@pytest.mark.asyncio
async def test_it_serves_with_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example's `main` logs in, offers both bots' slash commands, asks for its intents, and answers."""
    for name in [name for name in os.environ if name.upper().startswith("TWI_") and not name.startswith("TWI_TEST_")]:
        monkeypatch.delenv(name)
    async with FakeDiscord() as fake:
        point_at(fake, monkeypatch)
        life = asyncio.create_task(example["main"](TOKEN))
        try:
            await fake.wait_until_connected()
            assert set(fake.world.commands) == {"roll", "link", "tag"}
            wanted = discord.Intents(guilds=True, guild_messages=True, message_content=True)
            assert [entry.intents for entry in fake.identifies] == [wanted.value]
            fake.interact(fake.world.slash("link get", {"title": "map"}))
            answer = await fake.wait_for_request("POST", "/interactions/*/callback")
            assert "`links.not_found`" in answer.json["data"]["content"]
        finally:
            life.cancel()
            await asyncio.wait({life})


def test_without_a_token_it_says_what_to_set() -> None:
    """Run as it stands, the example asks for the token in one line and ends with a failure."""
    bare = {name: value for name, value in os.environ.items() if name != "DISCORD_TOKEN"}
    done = subprocess.run(
        [sys.executable, EXAMPLE], capture_output=True, text=True, check=False, env=bare, timeout=PATIENCE * 3
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Set DISCORD_TOKEN")
    assert len(done.stderr.splitlines()) == 1
