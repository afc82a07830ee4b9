"""The matrix: operation by caller, entrypoint and place; each cell is a real call, made as people and programs make it.

`tests/contexts` has one row for each operation, written by hand from the requirements, not from the policies. Rows with
the same signature have the same answers, so that the short form calls every cell for one row of each signature, and for
all others the lowest caller who may, the highest who may not, and one caller in another place. The long form calls all.

A cell follows from its row by these rules, the first that applies:

1. HTTP without a token is refused with `tokens.required`.
2. An entrypoint that does not offer the operation has no command for it, and no path: `operations.unknown`.
3. A token is refused in a server that it was not made for: `tokens.guild_closed`.
4. What works in a server only is refused without one, `guild.required`: in direct messages, where the bot is no member,
   without `--guild`, and, over HTTP, for every operation whose path names a server.
5. Operators have every right everywhere. All others have their rights in their own servers; elsewhere, and without a
   server, they are plain members, whatever roles and permissions they have at home. Over HTTP only the token's level
   counts.
6. Where a rule denies everybody everything, all below administrators are refused what rules can take away.
7. Callers below the row's lowest level are refused with `permissions.denied`, unless the thing in question is theirs,
   where that is enough.
8. What depends on the hierarchy of roles is refused with `guild.no_directory` in a process without Discord, to all but
   the operator.
9. All other calls succeed. While somebody types, suggestions are shown for those only.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Final, TypeAlias

import discord
import pytest

from tests.architecture.operations import EVERY
from tests.contexts import Entrypoint, Row, suite_of, suites
from tests.integration.discord.entries import add, entrypoint
from tests.integration.discord.stage import WAYS, answered
from tests.integration.matrix import shell, web
from tests.integration.matrix.chat import World, code, running
from tests.integration.matrix.rules import OK, Cell, Kind, Place, expected, wrong
from tests.integration.matrix.scene import asked, filled
from tests.integration.matrix.table import TABLE, chosen_cells, every_cell, signature
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_discord.commands.hybrids import HostedCommand
from twi_discord.replies.markup import say
from twi_discord.replies.message import Message

Cells: TypeAlias = Callable[[Entrypoint, Sequence[Row]], Iterator[Cell]]
FORMS: Final = [pytest.param(chosen_cells, id="chosen"), pytest.param(every_cell, id="every", marks=pytest.mark.long)]
CHAT: Final = (Entrypoint.SLASH, Entrypoint.PREFIX, Entrypoint.MENU, Entrypoint.TYPING)
TALKS: Final = [(way, name) for way in CHAT for name, suite in suites().items() if any(every_cell(way, suite.rows))]
MENUS: Final = (discord.AppCommandType.user, discord.AppCommandType.message)
SHELLS: Final = [tuple(suites())[at : at + 3] for at in range(0, len(suites()), 3)]
"""Contexts that share a process to fork from; what it imports costs more than the cells of one context."""
HELP: Final = "help"
"""The one command that calls no operation."""
OPEN: Final = {"command", *(name for suite in suites().values() for name in suite.discord.public)}
"""Options whose suggestions are for everybody: names that the documentation has too."""
BESIDE: Final = {name: given for suite in suites().values() for name, given in suite.discord.beside.items()}
"""What must be chosen before there is anything to suggest for an option."""


@asynccontextmanager
async def chatting() -> AsyncIterator[World]:
    """Run the bot in the simulated servers."""
    with pytest.MonkeyPatch.context() as patch:
        async with running(patch) as world:
            yield world


def test_every_operation_has_one_row() -> None:
    """What is new is in the table before it is done, and what is gone is gone from there."""
    assert Counter(row.name for row in TABLE) == Counter(operation.name for operation in EVERY)


@pytest.mark.asyncio
async def test_every_command_is_in_the_row_of_what_it_calls() -> None:
    """Each command of the bot and each entry in a menu is asked, and nothing can be asked that a row closes."""
    async with chatting() as world:
        found = [command for command in world.stage.bot.walk_commands() if isinstance(command, HostedCommand)]
        called = {(command.qualified_name, policy.name) for command in found for policy in command.spec.policies}
        bare = {command.qualified_name for command in found if not command.spec.policies}
        tree = world.stage.bot.tree
        menus = {menu.name for kind in MENUS for menu in tree.get_commands(type=kind)}
    assert called == {(command, row.name) for row in TABLE for command in row.commands}
    assert bare == {HELP}
    assert menus == {row.menu for row in TABLE if row.menu is not None}
    assert all(
        bool(row.commands or row.typing) != bool(row.closed & {Entrypoint.SLASH, Entrypoint.PREFIX}) for row in TABLE
    )


@pytest.mark.parametrize(("way", "context"), TALKS, ids=lambda part: getattr(part, "value", part))
@pytest.mark.parametrize("cells", FORMS)
@pytest.mark.asyncio
async def test_discord_answers_as_the_table_says(way: Entrypoint, context: str, cells: Cells) -> None:
    """Each caller, from each place, by slash, in writing, from the menu or while typing."""
    async with chatting() as world:
        assert wrong(await world.answers(cells(way, suite_of(context).rows))) == []


@pytest.mark.parametrize("contexts", SHELLS, ids="-".join)
@pytest.mark.parametrize("cells", FORMS)
def test_the_command_line_answers_as_the_table_says(contexts: Sequence[str], cells: Cells) -> None:
    """Each cell is a process."""
    rows = [row for context in contexts for row in suite_of(context).rows]
    assert wrong(shell.answers(list(cells(Entrypoint.CLI, rows)))) == []


@pytest.mark.parametrize("context", suites())
@pytest.mark.parametrize("cells", FORMS)
def test_http_answers_as_the_table_says(context: str, cells: Cells) -> None:
    """Each cell is a request through a socket."""
    assert wrong(asyncio.run(web.answers(cells(Entrypoint.HTTP, suite_of(context).rows)))) == []


@pytest.mark.parametrize("way", Entrypoint, ids=lambda way: way.value)
def test_the_short_form_leaves_no_kind_of_answer_out(way: Entrypoint) -> None:
    """Each command of each row is asked, and from each place comes each answer that the full product has there."""
    full, short = list(every_cell(way)), list(chosen_cells(way))
    assert len(full) > 0
    for kind_of_answer in (
        lambda cell: (cell.row.name, cell.command),
        lambda cell: (cell.place, expected(cell.row, cell.kind, way, cell.place)),
        lambda cell: (signature(cell.row), cell.kind, cell.place),
    ):
        assert {*map(kind_of_answer, full)} == {*map(kind_of_answer, short)}


CLOSED: Final = [row for row in TABLE if row.closed]


@pytest.mark.parametrize("row", CLOSED, ids=lambda row: row.name)
@pytest.mark.asyncio
async def test_a_command_of_another_bot_reaches_nothing_that_is_closed(row: Row) -> None:
    """Where somebody makes a command for what Discord must not offer, it is refused to all, also to the operator."""
    async with chatting() as world:
        operation = world.stage.app.operation(row.name).unwrap()
        given = filled(asked(row), world.scene, Place.OWN)

        async def answer(_: object, context: CallContext, /) -> Outcome[Message, AppError]:
            outcome = await operation.call(given, context)
            return outcome if isinstance(outcome, Failure) else Success(Message(say("done")))

        await add(world.stage, entrypoint(answer))
        own = world.at(Place.OWN)
        for way in WAYS:
            for kind, person in own.people.items():
                for dm in (False, True):
                    said = await world.stage.ask(person, way, "probe", at=own.channel, dm=dm)
                    assert code(said) == "permissions.closed_here", (way, kind, dm)


@pytest.mark.asyncio
async def test_no_option_suggests_what_its_caller_may_not_see() -> None:
    """Each option that is completed suggests something to an administrator, and only names to who may see nothing."""
    async with chatting() as world:
        found = [command for command in world.stage.bot.walk_commands() if isinstance(command, HostedCommand)]
        completed = [
            (command.qualified_name, option.name)
            for command in found
            for option in command.spec.options
            if option.complete is not None or option.depends_on is not None
        ]
        assert len(completed) > 0
        for name, option in completed:
            beside = BESIDE.get(option, {})
            for kind, place, some in (
                (Kind.ADMINISTRATOR, Place.OWN, True),
                (Kind.MEMBER, Place.RULED, option in OPEN),
                (Kind.ADMINISTRATOR, Place.AWAY, option in OPEN),
            ):
                typed = await world.typed(kind, place, name, option, "", **beside)
                assert bool(typed) == some, (name, option, kind, place, typed)


@pytest.mark.asyncio
async def test_a_form_is_judged_when_it_is_sent() -> None:
    """The form of an import opens for everybody, and is refused to callers who may not import."""
    async with chatting() as world:
        own = world.at(Place.OWN)
        for kind, right in ((Kind.MEMBER, "permissions.denied"), (Kind.ADMINISTRATOR, OK)):
            person = own.people[kind]
            form = await person.slash(own.channel, "settings import")
            sent = await person.submit_modal(form, {"document": '{"links.page_size": 10}'})
            assert code(answered(sent)) == right
