"""What the generated suites know of the contexts: a module for each, found by the context's name.

A module holds `SUITE`: who may call what, with what the examples are about, which calls to break, and what else no
test can find out by itself. Nothing is built or started by importing it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, Generic, TypeVar, final

from typing_extensions import override

from twi_core.application import Application
from twi_core.kernel.context import CallContext
from twi_core.kernel.contexts import Context, Storage, offered
from twi_core.kernel.permissions import Level
from twi_core.kernel.unit import UNAUDITED, Unit

U = TypeVar("U", bound=Unit)

EVERYONE, MODERATOR, ADMINISTRATOR, OPERATOR = Level

SOMEBODY: Final = "SOMEBODY"
"""Stands for the id of a plain member of the place."""
OWNER: Final = "OWNER"
"""Stands for the id of the plain member whom the thing in question belongs to."""
A_ROLE: Final = "A_ROLE"
"""Stands for the id of a role of the place."""
STAFF: Final = "STAFF"
"""Stands for the id of the moderator of the place."""
STAFF_ROLE: Final = "STAFF_ROLE"
"""Stands for the id of the administrator's role."""
CHANNEL: Final = "CHANNEL"
"""Stands for the id of the channel where people ask."""
EVERYBODY: Final = "EVERYBODY"
"""Stands for the id of the role that every member has."""
ADMIN_ROLE: Final = "ADMIN_ROLE"
"""Stands for the id of the role whose holders are to be administrators."""


class Entrypoint(Enum):
    """The entrypoints; `MENU` is the menu on a member, `TYPING` what is suggested while somebody types."""

    SLASH = "slash"
    PREFIX = "prefix"
    MENU = "menu"
    TYPING = "typing"
    CLI = "cli"
    HTTP = "http"


class Scope(Enum):
    """What an operation needs of a server."""

    SERVER = "works in a server only"
    EITHER = "works in a server and without one"
    NONE = "has nothing to do with servers"


@final
@dataclass(frozen=True, eq=False)
class Row:
    """One row of the matrix: who may call an operation, and how it is called.

    Args:
        name: The operation.
        lowest: Who may in a server of theirs: this level and all above.
        author: Whether a plain member may as well whom the thing belongs to.
        scope: What it needs of a server.
        closed: The entrypoints that do not offer it.
        steadfast: Whether no rule of a server takes it away.
        placed: Whether it depends on who stands above whom, which only Discord knows.
        elsewhere: What answers callers who may, but not the operator, in a server that the thing is not from.
        given: What it is asked with, besides the examples of what must be given.
        commands: What people type for it in Discord, each with the options that differ from `given`.
        typing: The command and the option that it suggests values for.
        menu: Its entry in the menu of a member.
    """

    name: str
    lowest: Level
    author: bool = False
    scope: Scope = Scope.SERVER
    closed: frozenset[Entrypoint] = frozenset()
    steadfast: bool = False
    placed: bool = False
    elsewhere: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    commands: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    typing: tuple[str, str] | None = None
    menu: str | None = None


@final
@dataclass(frozen=True)
class Call:
    """One call by one of the kinds of callers that `parity` knows.

    `before` is stored first, and `spent` calls of the same sort are made by the same caller.
    """

    name: str
    who: str
    raw: Mapping[str, Any]
    before: Sequence["Call | Write[Any]"] = ()
    spent: int = 0
    guild: bool = True

    @override
    def __str__(self) -> str:
        return f"{self.who} calls {self.name} with {dict(self.raw)}" + ("" if self.guild else " in no server")


@final
@dataclass(frozen=True)
class Write(Generic[U]):
    """What no operation stores: a function that writes it into a unit of the context.

    The call that it is given names the server, a plain member of it, and the time.
    """

    context: Context[Any, U]
    write: Callable[[U, CallContext], Awaitable[None]]

    async def into(self, storage: Storage, call: CallContext) -> None:
        """Write it in a separate unit."""
        async with storage.open(self.context)(call) as unit:
            await self.write(unit, call)
            await unit.commit(UNAUDITED)


@final
@dataclass(frozen=True, slots=True)
class Case:
    """One call during which each call of a port fails in turn; `writes` says whether it stores anything."""

    name: str
    raw: Mapping[str, Any]
    writes: bool = True

    @override
    def __str__(self) -> str:
        return self.name


@final
@dataclass(frozen=True)
class DiscordOptions:
    """What is particular about the options of a context's commands in Discord.

    Args:
        completed: Names of options for what is stored or declared: values are suggested for each option of that name.
        uncompleted: Options, each with its command, that have such a name and no suggestions nevertheless.
        public: Names among `completed` whose values everybody may see.
        beside: What must be chosen before there is anything to suggest for an option.
        left_out: Parameters by operation that Discord knows by itself, so that there is no option for them.
        settled: Commands for one thing among others, which do not ask for what names it.
    """

    completed: AbstractSet[str] = frozenset()
    uncompleted: AbstractSet[tuple[str, str]] = frozenset()
    public: AbstractSet[str] = frozenset()
    beside: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    left_out: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    settled: AbstractSet[str] = frozenset()


@final
@dataclass(frozen=True)
class ContextSuite:
    """All that the generated suites know of a context.

    Args:
        rows: One for each operation, written by hand from what was asked for; see `tests/integration/matrix`.
        seed: What the examples of its operations take for granted; stored before their calls in the matrix and in
            parity, and before every case of `faults`.
        faults: At least one for each operation; see `tests/unit/test_failures.py`.
        typed: Operations that answer while somebody types: the command, its option, and which part of each item is
            suggested, none where the items are texts.
        unlimited: Operations without a limit, each with the reason.
        opens_nothing: Operations that answer without opening a unit.
        without: Options of `twi` that say who calls, and that a subcommand does without; those of a subcommand that
            has nothing to do with servers need not be named.
        discord: What is particular about its commands in Discord.
        provoked: A call for each code that begins with the context's name, which is answered with that code wherever
            the call can be made; see `tests/integration/provoked`.
    """

    rows: Sequence[Row]
    seed: Sequence[Call | Write[Any]]
    faults: Sequence[Case]
    typed: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    unlimited: Mapping[str, str] = field(default_factory=dict)
    opens_nothing: AbstractSet[str] = frozenset()
    without: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    discord: DiscordOptions = DiscordOptions()
    provoked: Mapping[str, Call] = field(default_factory=dict)


def suite_of(context: str) -> ContextSuite:
    """Return what is known of a context.

    Raises:
        LookupError: it has no file here.
    """
    if find_spec(module := f"{__name__}.{context}") is None:
        raise LookupError(
            f"the generated tests know nothing of {context}: write tests/contexts/{context}.py with SUITE, a "
            "ContextSuite: a row and a case for each operation, and what its examples take for granted"
        )
    found: ContextSuite = import_module(module).SUITE
    return found


def suites() -> Mapping[str, ContextSuite]:
    """Return what is known of every context that has a file here, by its name, in the application's order."""
    names = [context.name for context in offered(Application)]
    return {name: suite_of(name) for name in names if find_spec(f"{__name__}.{name}") is not None}


def filled(given: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """Put ids where they were left open: `ids` has one for each text that stands for one."""
    return {name: ids.get(value, value) if isinstance(value, str) else value for name, value in given.items()}
