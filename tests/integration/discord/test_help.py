"""Help is made from the commands, and what it says works."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.discord.stage import WAYS, Way, staged
from twi_core.kernel.policy import Rate
from twi_discord.commands.hybrids import HostedCommand
from twi_discord.commands.typed import example_line

pytestmark = pytest.mark.asyncio

GLOSSARY = Path(__file__).parents[3] / "docs" / "glossary.md"
MARKS = {"slash": "/", "prefix": "!"}


@pytest.mark.parametrize("way", WAYS)
async def test_help_lists_every_command_and_explains_each(way: Way) -> None:
    """The overview names every command as the caller types it; each has usage, parameters, an example and its rules."""
    mark = MARKS[way]
    async with staged() as stage:
        overview = (await stage.ask("member", way, "help")).text
        assert f"`{mark}help " in overview.splitlines()[-1]
        for command in stage.bot.walk_commands():
            if isinstance(command, HostedCommand):
                assert f"`{mark}{command.qualified_name}`" in overview
                said = await stage.ask("member", way, "help", command=command.qualified_name)
                assert f"`{mark}{command.qualified_name}" in said.text
                assert f"Example: `{mark}" in said.text
                assert command.name == "help" or "Who: " in said.text
                lines = said.text.splitlines()
                assert len(lines) == len(set(lines))
                for option in command.spec.options:
                    assert f"`{option.name}`" in said.text


async def test_help_says_every_rule_and_who_may() -> None:
    """The rules of both operations behind a command are shown where they differ, and everyone is called so."""
    async with staged() as stage:
        command = stage.bot.get_command("link list")
        assert isinstance(command, HostedCommand)
        first, second = command.spec.policies
        command.spec = replace(command.spec, policies=(first, replace(second, limit=Rate(7, per=11))))
        said = (await stage.ask("member", "slash", "help", command="link list")).text
        assert "Who: everyone\n" in said
        assert "Limit: 30 times a minute, for each member\nLimit: 7 times in 11 seconds, for each member" in said


async def test_the_examples_work() -> None:
    """Each example, sent as it stands, is understood."""
    async with staged() as stage:
        await stage.add("world map", tag="maps")
        for command in sorted(stage.bot.walk_commands(), key=lambda c: "delete" in c.name or "rename" in c.name):
            if isinstance(command, HostedCommand):
                example = example_line("!", command.qualified_name, command.spec)
                assert example, command.qualified_name
                said = await stage.write("operator", example)
                assert "`input." not in said.text, said.text
                assert ".one_subject`" not in said.text, said.text
                assert "`discord." not in said.text, said.text


@pytest.mark.parametrize(
    "written", ["link add", "/link add", "!link add", "LINK  ADD", "link.add", "links add", "links.add", "/links.add"]
)
async def test_a_command_has_two_names_for_the_help(written: str) -> None:
    """A command is found by its own name or by its operation's, with or without a slash, a prefix or a dot."""
    async with staged() as stage:
        for said in (
            await stage.write("member", f"!help {written}"),
            await stage.ask("member", "slash", "help", command=written),
        ):
            assert said.text.startswith("**link add**: "), said.text


async def test_a_group_is_found_by_either_name_too() -> None:
    """The help of a group, of a group within, and of a context lists their commands."""
    async with staged() as stage:
        for name, found in (("link", "link add"), ("links", "link add"), ("settings.admin-role", "admin-role list")):
            said = await stage.ask("member", "slash", "help", command=name)
            assert f"{found}`" in said.text, said.text
        assert "link add" not in (await stage.ask("member", "slash", "help", command="settings")).text


async def test_help_on_nothing_known_says_so_inertly() -> None:
    """An unknown name is refused with where to see all, and what was typed pings nobody and formats nothing."""
    async with staged() as stage:
        said = await stage.write("member", "!help @everyone **x**")
        assert "`discord.unknown_command`" in said.text
        assert "See all commands: `!help`" in said.text
        assert "@everyone" not in said.text
        assert "**x**" not in said.text
        assert "See all commands: `/help`" in (await stage.ask("member", "slash", "help", command="lnik")).text
        assert "`discord.unknown_command`" in (await stage.write("member", "!link lnik")).text
        found = await stage.people["member"].autocomplete(stage.channel, "help", "command", "add")
        assert {"name": "link add", "value": "link add"} in found
        assert all("add" in choice["name"] for choice in found)
        (named,) = await stage.people["member"].autocomplete(stage.channel, "help", "command", "links.add")
        assert named["name"] == "link add"


async def test_the_grammar_covers_quotes_and_what_it_shows_works() -> None:
    """Help shows how to write a value with an option's name in it, the glossary also one that begins with a quote."""
    glossary = GLOSSARY.read_text("utf-8")
    async with staged() as stage:
        assert '`"say --name"`' in (await stage.write("member", "!help link add")).text
        for written, stored in (('"say --name"', "say --name"), ('“"so" he said”', '"so" he said')):
            assert f"`{written}`" in glossary
            await stage.write("moderator", f"!link add {written} --content text")
            assert stored in [title for title, *_ in stage.links()]
