"""What the table is made of, and the rules by which a cell follows from its row; `test_matrix` tells them in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, final

from typing_extensions import override

from twi_core.kernel.permissions import Level

EVERYONE, MODERATOR, ADMINISTRATOR, OPERATOR = Level


class Kind(Enum):
    """Name the kinds of callers."""

    MEMBER = "a plain member"
    AUTHOR = "a plain member whom the thing in question belongs to"
    MODERATOR = "a moderator"
    ADMINISTRATOR = "an administrator"
    STEWARD = "a holder of an admin role"
    OWNER = "the server's owner"
    OPERATOR = "who runs the bot"
    SHELL = "the command line with nobody named"
    CAUTIOUS = "who runs the bot, with a token of a member's level"
    STRANGER = "somebody without a token"


class Door(Enum):
    """Name the doors; `MENU` is the menu on a member, `TYPING` what is suggested while somebody types."""

    SLASH = "slash"
    PREFIX = "prefix"
    MENU = "menu"
    TYPING = "typing"
    CLI = "cli"
    HTTP = "http"


class Place(Enum):
    """Name the places from which is asked."""

    OWN = "the own server"
    RULED = "an own server that denies everybody everything"
    OTHER = "another server"
    DM = "no server"
    AWAY = "a server without the bot, where the caller has installed it"


class Scope(Enum):
    """Say what an operation needs of a server."""

    SERVER = "works in a server only"
    EITHER = "works in a server and without one"
    NONE = "has nothing to do with servers"


_DISCORD: Final[Mapping[Kind, Level]] = {
    Kind.MEMBER: EVERYONE,
    Kind.AUTHOR: EVERYONE,
    Kind.MODERATOR: MODERATOR,
    Kind.ADMINISTRATOR: ADMINISTRATOR,
    Kind.STEWARD: ADMINISTRATOR,
    Kind.OWNER: ADMINISTRATOR,
    Kind.OPERATOR: OPERATOR,
}
RANKS: Final[Mapping[Door, Mapping[Kind, Level]]] = {
    Door.SLASH: _DISCORD,
    Door.PREFIX: _DISCORD,
    Door.MENU: _DISCORD,
    Door.TYPING: _DISCORD,
    Door.CLI: {
        Kind.MEMBER: EVERYONE,
        Kind.AUTHOR: EVERYONE,
        Kind.MODERATOR: MODERATOR,
        Kind.ADMINISTRATOR: ADMINISTRATOR,
        Kind.STEWARD: ADMINISTRATOR,
        Kind.OPERATOR: OPERATOR,
        Kind.SHELL: OPERATOR,
    },
    Door.HTTP: {
        Kind.MEMBER: EVERYONE,
        Kind.AUTHOR: EVERYONE,
        Kind.MODERATOR: MODERATOR,
        Kind.ADMINISTRATOR: ADMINISTRATOR,
        Kind.STEWARD: EVERYONE,
        Kind.OWNER: EVERYONE,
        Kind.OPERATOR: OPERATOR,
        Kind.CAUTIOUS: EVERYONE,
        Kind.STRANGER: EVERYONE,
    },
}
"""Which level each kind has in its own server, by door; who is not there cannot come through that door.

The command line cannot tell who owns a server. A token's level is all that counts over HTTP.
"""

PLACES: Final[Mapping[Door, tuple[Place, ...]]] = {
    Door.SLASH: tuple(Place),
    Door.PREFIX: (Place.OWN, Place.RULED, Place.OTHER, Place.DM),
    Door.MENU: (Place.OWN, Place.RULED, Place.OTHER, Place.AWAY),
    Door.TYPING: tuple(Place),
    Door.CLI: (Place.OWN, Place.OTHER, Place.DM),
    Door.HTTP: (Place.OWN, Place.RULED, Place.OTHER, Place.DM),
}
"""Where each door is asked: nobody writes to a bot that is not there, a menu on a member is in a server, and a program
or a shell is in none where the bot is not. The rules of a server are left out where each cell costs a process."""

SOMEBODY: Final = "SOMEBODY"
"""Stands for the id of a plain member of the place."""
A_ROLE: Final = "A_ROLE"
"""Stands for the id of a role of the place."""


@final
@dataclass(frozen=True, eq=False)
class Row:
    """Say of one operation who may, and how it is asked.

    Args:
        name: The operation.
        lowest: Who may in a server of theirs: this level and all above.
        author: Whether a plain member may as well whom the thing belongs to.
        scope: What it needs of a server.
        closed: The doors that do not offer it.
        steadfast: Whether no rule of a server takes it away.
        placed: Whether it depends on who stands above whom, which only Discord knows.
        elsewhere: What answers whoever may, but not the operator, in a server that the thing is not from.
        given: What it is asked with, besides the examples of what must be given.
        commands: What people type for it in Discord, each with the options that differ from `given`.
        typing: The command and the option that it suggests values for.
        menu: Its entry in the menu of a member.
    """

    name: str
    lowest: Level
    author: bool = False
    scope: Scope = Scope.SERVER
    closed: frozenset[Door] = frozenset()
    steadfast: bool = False
    placed: bool = False
    elsewhere: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    commands: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    typing: tuple[str, str] | None = None
    menu: str | None = None


OK: Final = "ok"
SUGGESTED: Final = "suggested"
NOTHING: Final = "nothing suggested"


@final
@dataclass(frozen=True)
class Cell:
    """Be one question of the matrix; `command` is what is typed in Discord."""

    row: Row
    kind: Kind
    door: Door
    place: Place
    command: str = ""

    @override
    def __str__(self) -> str:
        what = f"{self.row.name} ({self.command})" if self.command else self.row.name
        return f"{what} by {self.kind.value}, {self.door.value}, from {self.place.value}"


def wrong(found: Iterable[tuple[Cell, str]]) -> list[str]:
    """Tell of each cell that was not answered as it should be."""
    return [
        f"{cell}: {answer}, not {right}"
        for cell, answer in found
        if answer != (right := expected(cell.row, cell.kind, cell.door, cell.place))
    ]


def expected(row: Row, kind: Kind, door: Door, place: Place) -> str | None:
    """Give what answers a cell: `OK` or a code, `SUGGESTED` or `NOTHING`; none where there is no such cell."""
    rank = RANKS[door].get(kind)
    if rank is None or place not in PLACES[door] or (kind is Kind.AUTHOR and not row.author):
        return None
    if door is Door.HTTP and row.scope is Scope.NONE and place is not Place.DM:
        return None
    if door is Door.HTTP and kind is Kind.STRANGER:
        return "access.token_required"
    if door in row.closed:
        return "operations.unknown" if door is Door.HTTP else None
    answer = _unplaceable(row, door, place) or _by_rank(row, kind, _rank_in(place, rank, door), door, place)
    if door is Door.TYPING:
        return SUGGESTED if answer == OK else NOTHING
    return answer


def _rank_in(place: Place, rank: Level, door: Door) -> Level:
    """Give the level that somebody has in a place who has this one in their own server."""
    keeps = rank is OPERATOR or door is Door.HTTP or place in {Place.OWN, Place.RULED}
    return rank if keeps else EVERYONE


def _unplaceable(row: Row, door: Door, place: Place) -> str | None:
    """Give what answers everybody alike in a place, if anything does."""
    if door is Door.HTTP and place is Place.OTHER:
        return "access.guild_closed"
    without = place in {Place.DM, Place.AWAY}
    if without and (row.scope is Scope.SERVER or (row.scope is Scope.EITHER and door is Door.HTTP)):
        return "guild.required"
    return None


def _by_rank(row: Row, kind: Kind, rank: Level, door: Door, place: Place) -> str:
    bound = place is Place.RULED and rank < ADMINISTRATOR and not row.steadfast
    authored = kind is Kind.AUTHOR and place is Place.OWN
    if bound or (rank < row.lowest and not authored):
        return "permissions.denied"
    if row.placed and door in {Door.CLI, Door.HTTP} and rank is not OPERATOR:
        return "guild.no_directory"
    if row.elsewhere is not None and place is not Place.OWN and rank is not OPERATOR:
        return row.elsewhere
    return OK
