"""One declaration of what a context offers on Discord; importing it, or what is declared with it, loads no discord.py.

    setup, teardown = extension(__name__, group("link", "Links that members save.", link_commands), tag_command)

at the end of a module makes it an ordinary extension of discord.py: `await bot.load_extension("twi_discord.links")`.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, final

from twi_core.application import Core
from twi_discord.commands.menus import MenuSpec
from twi_discord.commands.specs import CommandSpec

if TYPE_CHECKING:
    from discord.ext import commands


class Attached(Protocol):
    """What was attached to a bot, from which its commands are described."""

    @property
    def app(self) -> Core:
        """Return the application that the commands call."""

    @property
    def prefix(self) -> str:
        """Return what stands before written commands, as far as it is known."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSpec:
    """The description of a group of commands, perhaps with groups within, which hold commands only.

    One that is `shared` is filled by several extensions: the first that is loaded adds it, and the last that is
    unloaded removes it.
    """

    name: str
    summary: str
    commands: tuple[CommandSpec, ...]
    groups: tuple["GroupSpec", ...] = ()
    shared: bool = False

    @property
    def entries(self) -> Sequence["CommandSpec | GroupSpec"]:
        """Return what is within."""
        return (*self.commands, *self.groups)


Spec: TypeAlias = CommandSpec | GroupSpec | MenuSpec
Entry: TypeAlias = Callable[[Attached], Spec]
"""What describes one thing that a bot offers."""


def group(
    name: str,
    summary: str,
    commands: Callable[[Attached], Sequence[CommandSpec]],
    *groups: Callable[[Attached], GroupSpec],
    shared: bool = False,
) -> Callable[[Attached], GroupSpec]:
    """Declare a group.

    Args:
        name: Its name.
        summary: What its commands are for; extensions that share a group must agree on that.
        commands: Describes its commands.
        groups: Groups within, which Discord lets stand one level deep.
        shared: Whether other extensions may put commands into the same group.
    """

    def described(attached: Attached) -> GroupSpec:
        return GroupSpec(
            name=name,
            summary=summary,
            commands=tuple(commands(attached)),
            groups=tuple(within(attached) for within in groups),
            shared=shared,
        )

    return described


Change: TypeAlias = Callable[["commands.Bot"], Awaitable[None]]


def extension(name: str, *entries: Entry) -> tuple[Change, Change]:
    """Return what discord.py looks for in an extension: `setup` and `teardown`.

    `setup` adds all entries or none, and raises `CommandTaken` where a name is taken, `NotAttached` before `attach`;
    `teardown` removes what it has added, and nothing else.

    Args:
        name: The extension's module, `__name__`.
        entries: What it offers.
    """

    async def setup(bot: "commands.Bot") -> None:
        """Add the commands."""
        from twi_discord.calls.host import Host
        from twi_discord.commands.mounting import mount

        host = Host.of(bot, name)
        await mount(host, name, [entry(host) for entry in entries])

    async def teardown(bot: "commands.Bot") -> None:
        """Remove them."""
        from twi_discord.commands.mounting import unmount

        unmount(bot, name)

    return setup, teardown
