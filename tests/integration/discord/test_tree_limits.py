"""Discord's limits on commands: our bot keeps them with room to spare, and exceeding one is reported by name."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from tests.app import build
from twi_discord import attach
from twi_discord.commands.help import help_command
from twi_discord.commands.mounting import mount
from twi_discord.commands.tree_limits import CHARACTERS, beyond_limits, size
from twi_discord.connection.bot import extensions

Tree = app_commands.CommandTree[Any]

ROOM: Final = 4_000
"""The most that our commands may have: half of what Discord takes, so that there is time to split a growing one."""


def bot() -> commands.Bot:
    return commands.Bot("!", intents=discord.Intents.none(), help_command=None)


@pytest.mark.asyncio
async def test_our_bot_keeps_them() -> None:
    """Discord accepts everything that our bot offers, with all extensions; no command is half as large as allowed."""
    ours = bot()
    app = build().app
    host = await attach(ours, app)
    await mount(host, "test", [help_command(host)])
    for extension in extensions(app):
        await ours.load_extension(extension)
    assert len(ours.tree.get_commands()) > len(extensions(app))
    assert beyond_limits(ours.tree, characters=ROOM) == []


class Sent:
    """A command of a foreign library, which checks less than discord.py."""

    def __init__(self, **fields: Any) -> None:
        self.fields = {"type": 1, "name": "x", "description": "x", **fields}

    def to_dict(self, _: Tree) -> dict[str, Any]:
        return self.fields


class Offered:
    """A tree that offers such commands."""

    def __init__(self, *sent: Sent) -> None:
        self._sent = sent

    def get_commands(self) -> Sequence[Sent]:
        return self._sent


def option(name: str = "o", **fields: Any) -> dict[str, Any]:
    return {"type": 3, "name": name, "description": "x", "required": False, **fields}


def choice(name: str = "c", value: object = "v") -> dict[str, object]:
    return {"name": name, "value": value}


def nested(depth: int, **fields: Any) -> Sent:
    """Put an option into a command, a group, or a group within."""
    part = option(**fields)
    for level in range(depth):
        part = {"type": 1 if level == 0 else 2, "name": f"p{level}", "description": "x", "options": [part]}
    return Sent(options=[part])


def fill(characters: int) -> list[dict[str, Any]]:
    """Make options of so many characters."""
    found = [option(f"o{n:02}", description="d" * 100) for n in range(25)]
    for each in found:
        while characters - sum(map(size, found)) >= 2 and len(each.setdefault("choices", [])) < 25:
            room = characters - sum(map(size, found))
            named = min(100, room - 1)
            each["choices"].append(choice("n" * named, "v" * min(100, room - named)))
    return found


LIMITS: dict[str, tuple[Callable[[int], list[Sent]], int, str]] = {
    "commands": (lambda n: [Sent(name=f"c{i}") for i in range(n)], 100, "kind chat_input"),
    "user menus": (lambda n: [Sent(type=2, name=f"C {i}", description="") for i in range(n)], 5, "kind user"),
    "message menus": (lambda n: [Sent(type=3, name=f"C {i}", description="") for i in range(n)], 5, "kind message"),
    "a menu's name": (lambda n: [Sent(type=3, name="C" * n, description="")], 32, "takes 32"),
    "a command's name": (lambda n: [Sent(name="c" * n)], 32, "is no name"),
    "a description": (lambda n: [Sent(description="d" * n)], 100, "1 to 100"),
    "options": (lambda n: [Sent(options=[option(f"o{i}") for i in range(n)])], 25, "options or commands"),
    "subcommands": (
        lambda n: [Sent(options=[option(f"o{i}", type=1, required=None) for i in range(n)])],
        25,
        "options or commands",
    ),
    "an option's name": (lambda n: [nested(0, name="o" * n)], 32, "is no name"),
    "a nested option's description": (lambda n: [nested(2, description="d" * n)], 100, "1 to 100"),
    "choices": (lambda n: [nested(2, choices=[choice(f"c{i}") for i in range(n)])], 25, "choices"),
    "a choice's name": (lambda n: [nested(1, choices=[choice("c" * n)])], 100, "has a choice"),
    "a choice's value": (lambda n: [nested(1, choices=[choice("c", "v" * n)])], 100, "has a choice"),
    "a number": (lambda n: [nested(0, type=4, max_value=n)], 2**53 - 1, "does not know"),
    "a text": (lambda n: [nested(0, max_length=n)], 6_000, "length of text"),
    "characters": (lambda n: [Sent(options=fill(n - 2))], CHARACTERS, "in all its names"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_what_exceeds_one_is_reported(name: str) -> None:
    """What just fits is accepted; one more is reported in one sentence."""
    make, most, says = LIMITS[name]
    offered: Any = Offered(*make(most))
    assert beyond_limits(offered) == []
    offered = Offered(*make(most + 1))
    (fault,) = beyond_limits(offered)
    assert says in fault


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (Sent(name=""), "is no name"),
        (Sent(name="two words"), "is no name"),
        (Sent(name="Upper"), "is no name"),
        (Sent(description=""), "1 to 100"),
        (Sent(options=[option("a"), option("a")]), "two options"),
        (Sent(options=[option("a"), option("b", required=True)]), "a required option"),
    ],
)
def test_what_discord_does_not_accept_is_reported(sent: Sent, says: str) -> None:
    """Names, empty descriptions and the order of options are checked too."""
    offered: Any = Offered(sent)
    (fault,) = beyond_limits(offered)
    assert says in fault


def test_of_several_languages_the_longest_counts() -> None:
    """Discord counts the longest of a text's translations."""
    assert size({"name": "abc", "name_localizations": {"de": "abcde", "fr": "a"}, "description": "d"}) == 6


def test_a_foreign_tree_can_be_checked() -> None:
    """The check takes any tree, for the tests of bots that host our extensions."""
    foreign = bot()

    async def callback(_: discord.Interaction) -> None: ...

    foreign.tree.add_command(app_commands.Command(name="fine", description="Fine.", callback=callback))
    assert beyond_limits(foreign.tree) == []
    assert len(beyond_limits(foreign.tree, characters=8)) == 1
