"""A group that several extensions fill, and extensions as they are declared."""

import sys
from collections.abc import Iterator, Mapping
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from itertools import permutations
from types import ModuleType
from typing import Any

import pytest
from discord.ext import commands
from typing_extensions import override

from tests.integration.discord.stage import WAYS, Way, staged
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome, Success
from twi_discord.calls.host import Host
from twi_discord.commands.extension import Attached, Entry, extension, group
from twi_discord.commands.mounting import CommandTaken, mount
from twi_discord.commands.specs import CommandSpec
from twi_discord.replies.markup import say
from twi_discord.replies.message import Message

pytestmark = pytest.mark.asyncio

SUMMARY = "What the staff of this server does."


def spec(name: str) -> CommandSpec:
    """Describe a command that answers with its name."""

    async def answer(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
        return Success(Message(say("This is {name}.", name=name)))

    return CommandSpec(name=name, summary=f"Try {name}.", options=(), answer=answer)


class Declared(Loader):
    """A loader for an extension that is declared in a test."""

    def __init__(self, *entries: Entry) -> None:
        self._entries = entries

    @override
    def exec_module(self, module: ModuleType) -> None:
        setup, teardown = extension(module.__name__, *self._entries)
        vars(module).update(setup=setup, teardown=teardown)


def probe(name: str, *entries: Entry) -> str:
    """Make an extension that discord.py finds, and return its name."""
    found = ModuleType(name)
    found.__spec__ = ModuleSpec(name, Declared(*entries))
    sys.modules[name] = found
    return name


def named(*names: str) -> Any:
    def described(_: Attached) -> list[CommandSpec]:
        return [spec(name) for name in names]

    return described


def admin(*names: str, summary: str = SUMMARY, within: tuple[Any, ...] = ()) -> Entry:
    return group("admin", summary, named(*names), *within, shared=True)


@pytest.fixture
def probes() -> Iterator[tuple[str, str, str]]:
    """Make three extensions that share a group, and one within it."""
    deeper = group("roles", "Roles.", named("add"), shared=True), group("roles", "Roles.", named("list"), shared=True)
    made = (
        probe("probe_pins", admin("pins", within=(deeper[0],))),
        probe("probe_polls", admin("polls", "votes", within=(deeper[1],))),
        probe("probe_quotes", admin("quotes"), lambda _: spec("quote")),
    )
    yield made
    for name in made:
        sys.modules.pop(name, None)


def known(bot: commands.Bot) -> set[str]:
    """Return the written commands under the group."""
    return {command.qualified_name for command in bot.walk_commands() if command.qualified_name.startswith("admin")}


def sent(bot: commands.Bot) -> set[str]:
    """Return the group as it would be sent to Discord."""

    def names(option: Mapping[str, Any], path: str) -> Iterator[str]:
        yield path
        for within in option.get("options", ()):
            yield from names(within, f"{path} {within['name']}")

    found = (command.to_dict(bot.tree) for command in bot.tree.get_commands() if command.name == "admin")
    return {name for command in found for name in names(command, "admin")}


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_group_is_filled_in_any_order(probes: tuple[str, ...], order: tuple[int, ...]) -> None:
    """Whatever the order, the group holds the commands of all; unloading removes one's own, finally the group."""
    mine = (
        {"admin pins", "admin roles add"},
        {"admin polls", "admin votes", "admin roles list"},
        {"admin quotes"},
    )
    async with staged() as stage:
        for place in order:
            await stage.bot.load_extension(probes[place])
        left = set(range(3))
        while left:
            expected = {"admin"}.union(*(mine[place] for place in left)) | ({"admin roles"} if left & {0, 1} else set())
            assert known(stage.bot) == sent(stage.bot) == expected
            place = order[3 - len(left)]
            left.remove(place)
            await stage.bot.unload_extension(probes[place])
        assert known(stage.bot) == sent(stage.bot) == set()


@pytest.mark.parametrize("way", WAYS)
async def test_its_commands_work_and_are_explained(probes: tuple[str, ...], way: Way) -> None:
    """Commands of every extension answer, by slash and in writing; help lists them, alone and under the group."""
    async with staged() as stage:
        for name in reversed(probes):
            await stage.bot.load_extension(name)
        await stage.bot.tree.sync()
        for name in ("pins", "votes", "quotes", "roles add", "roles list"):
            said = await stage.ask("member", way, f"admin {name}")
            assert said.text == f"This is {name.split()[-1]}."
        overview = (await stage.ask("member", way, "help")).text
        explained = (await stage.ask("member", way, "help", command="admin")).text
        mark = "/" if way == "slash" else "!"
        for name in ("pins", "votes", "quotes", "roles add"):
            assert f"`{mark}admin {name}`" in overview
            assert f"`{mark}admin {name}`" in explained


async def test_a_bare_group_lists_its_commands(probes: tuple[str, ...]) -> None:
    """The name of the group alone, written, lists what every extension has put into it."""
    async with staged() as stage:
        for name in probes:
            await stage.bot.load_extension(name)
        said = (await stage.write("member", "!admin")).text
        assert all(f"`!admin {name}`" in said for name in ("pins", "polls", "quotes"))


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (admin("fine", "pins"), "already has a command called 'admin pins'; remove it, or do not load probe_second"),
        (admin("fine", summary="Other words."), "describes the group 'admin' in other words"),
        (group("admin", SUMMARY, named("fine")), "already has a command called 'admin'"),
        (lambda _: spec("admin"), "already has a command called 'admin'"),
        (admin("fine", within=(group("pins", "Pins.", named("x")),)), "already has a command called 'admin pins'"),
    ],
)
async def test_what_clashes_is_refused_and_adds_nothing(probes: tuple[str, ...], second: Entry, says: str) -> None:
    """A repeated name, other texts for the group, or a group that is not shared: the second is refused as a whole."""
    async with staged() as stage:
        await stage.bot.load_extension(probes[0])
        before = known(stage.bot)
        probe("probe_second", lambda _: spec("before"), second)
        with pytest.raises(commands.ExtensionFailed, match=says) as caught:
            await stage.bot.load_extension("probe_second")
        assert isinstance(caught.value.original, CommandTaken)
        assert known(stage.bot) == sent(stage.bot) == before
        assert stage.bot.get_command("before") is None


async def test_a_foreign_group_is_left_alone(probes: tuple[str, ...]) -> None:
    """When the bot already has a group of that name, ours is refused, and theirs stays as it was."""
    async with staged() as stage:

        @commands.hybrid_group(name="admin")
        async def theirs(_: commands.Context[Any]) -> None: ...

        stage.bot.add_command(theirs)
        with pytest.raises(commands.ExtensionFailed, match="already has a command called 'admin'"):
            await stage.bot.load_extension(probes[0])
        assert stage.bot.get_command("admin") is theirs
        assert known(stage.bot) == {"admin"}


async def test_a_group_that_is_full_takes_nothing() -> None:
    """What does not fit into a shared group is refused by discord.py, and nothing of it is left in the group."""
    async with staged() as stage:
        host = Host.of(stage.bot, "test")
        await mount(host, "first", [admin(*(f"a{n}" for n in range(20)))(host)])
        before = known(stage.bot)
        with pytest.raises(ValueError, match="child"):
            await mount(host, "second", [admin(*(f"b{n}" for n in range(6)))(host)])
        assert known(stage.bot) == sent(stage.bot) == before


async def test_a_foreign_command_in_a_shared_group_keeps_it() -> None:
    """What the hosting bot has put into our group stays with the group when ours is unloaded."""
    async with staged() as stage:
        host = Host.of(stage.bot, "test")
        name = probe("probe_alone", admin("pins"))
        await stage.bot.load_extension(name)
        ours = stage.bot.get_command("admin")
        assert isinstance(ours, commands.HybridGroup)

        @ours.command(name="theirs")
        async def theirs(_: commands.Context[Any]) -> None: ...

        await stage.bot.unload_extension(name)
        assert known(stage.bot) == sent(stage.bot) == {"admin", "admin theirs"}
        await mount(host, "again", [admin("pins")(host)])
        assert known(stage.bot) == {"admin", "admin theirs", "admin pins"}
        sys.modules.pop(name, None)
