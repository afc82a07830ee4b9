"""Help is made from the commands, and what it says works."""

from dataclasses import replace

import pytest

from tests.integration.discord.stage import WAYS, Way, staged
from twi_core.kernel.policy import Rate
from twi_discord.commands.help import example
from twi_discord.commands.hybrids import HostedCommand

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("way", WAYS)
async def test_help_lists_every_command_and_explains_each(way: Way) -> None:
    """The overview names every command; each has usage, parameters, an example, who may use it, and its limit."""
    async with staged() as stage:
        overview = (await stage.ask("member", way, "help")).text
        for command in stage.bot.walk_commands():
            if isinstance(command, HostedCommand):
                assert f"`!{command.qualified_name}`" in overview
                said = await stage.ask("member", way, "help", command=command.qualified_name)
                assert f"`!{command.qualified_name}" in said.text
                assert "Example: `!" in said.text
                assert command.name == "help" or "Who: " in said.text
                lines = said.text.splitlines()
                assert len(lines) == len(set(lines))
                for option in command.spec.options:
                    assert f"`{option.name}`" in said.text


async def test_help_says_every_rule_and_who_may() -> None:
    """When the two operations behind a command differ, help says so for both, and everyone is called everyone."""
    async with staged() as stage:
        command = stage.bot.get_command("link list")
        assert isinstance(command, HostedCommand)
        first, second = command.spec.policies
        command.spec = replace(command.spec, policies=(first, replace(second, limit=Rate(7, per=11))))
        said = (await stage.ask("member", "slash", "help", command="link list")).text
        assert "Who: everyone\n" in said
        assert "Limit: 30 times in a minute, for each member\nLimit: 7 times in 11 seconds, for each member" in said


async def test_the_examples_work() -> None:
    """Each example, sent as it stands, is understood."""
    async with staged() as stage:
        await stage.add("world map", tag="maps")
        for command in sorted(stage.bot.walk_commands(), key=lambda c: "delete" in c.name or "rename" in c.name):
            if isinstance(command, HostedCommand):
                said = await stage.write("operator", f"!{example(command.qualified_name, command.spec)}")
                assert "`input." not in said.text, said.text
                assert "`discord." not in said.text, said.text


async def test_help_on_nothing_known_says_so_inertly() -> None:
    """An unknown name is reported as unknown; what was typed pings nobody and formats nothing."""
    async with staged() as stage:
        said = await stage.write("member", "!help @everyone **x**")
        assert "`discord.unknown_command`" in said.text
        assert "@everyone" not in said.text
        assert "**x**" not in said.text
        found = await stage.people["member"].autocomplete(stage.channel, "help", "command", "add")
        assert {"name": "link add", "value": "link add"} in found
        assert all("add" in choice["name"] for choice in found)


async def test_the_grammar_explains_quotes_and_what_it_shows_works() -> None:
    """Help says how to write a value with an option's name in it, and one that begins with a quote; both work."""
    async with staged() as stage:
        shown = (await stage.ask("member", "slash", "help", command="link add")).text
        for written, stored in (('"say --name"', "say --name"), ('“"so" he said”', '"so" he said')):
            assert f"`{written}`" in shown
            await stage.write("moderator", f"!link add {written} --content text")
            assert stored in [title for title, *_ in stage.links()]
