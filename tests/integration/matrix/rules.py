"""The rules by which a cell follows from its row; `test_matrix` has them in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, final

from typing_extensions import override

from tests.contexts import ADMINISTRATOR, EVERYONE, MODERATOR, OPERATOR, Entrypoint, Row, Scope
from twi_core.kernel.permissions import Level


class Kind(Enum):
    """The kinds of callers."""

    MEMBER = "a plain member"
    AUTHOR = "the author of the thing"
    MODERATOR = "a moderator"
    ADMINISTRATOR = "an administrator"
    STEWARD = "a holder of an admin role"
    OWNER = "the server's owner"
    OPERATOR = "an operator"
    SHELL = "the command line with nobody named"
    CAUTIOUS = "an operator with a token of a member's level"
    STRANGER = "somebody without a token"


class Place(Enum):
    """The places that calls come from."""

    OWN = "the own server"
    RULED = "an own server that denies everybody everything"
    OTHER = "another server"
    DM = "no server"
    AWAY = "a server without the bot, where the caller has installed it"


_DISCORD: Final[Mapping[Kind, Level]] = {
    Kind.MEMBER: EVERYONE,
    Kind.AUTHOR: EVERYONE,
    Kind.MODERATOR: MODERATOR,
    Kind.ADMINISTRATOR: ADMINISTRATOR,
    Kind.STEWARD: ADMINISTRATOR,
    Kind.OWNER: ADMINISTRATOR,
    Kind.OPERATOR: OPERATOR,
}
RANKS: Final[Mapping[Entrypoint, Mapping[Kind, Level]]] = {
    Entrypoint.SLASH: _DISCORD,
    Entrypoint.PREFIX: _DISCORD,
    Entrypoint.MENU: _DISCORD,
    Entrypoint.TYPING: _DISCORD,
    Entrypoint.CLI: {
        Kind.MEMBER: EVERYONE,
        Kind.AUTHOR: EVERYONE,
        Kind.MODERATOR: MODERATOR,
        Kind.ADMINISTRATOR: ADMINISTRATOR,
        Kind.STEWARD: ADMINISTRATOR,
        Kind.OPERATOR: OPERATOR,
        Kind.SHELL: OPERATOR,
    },
    Entrypoint.HTTP: {
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
"""Which level each kind has in its own server, by entrypoint; kinds that are not listed cannot use that entrypoint.

The command line does not know who owns a server. A token's level is all that counts over HTTP.
"""

PLACES: Final[Mapping[Entrypoint, tuple[Place, ...]]] = {
    Entrypoint.SLASH: tuple(Place),
    Entrypoint.PREFIX: (Place.OWN, Place.RULED, Place.OTHER, Place.DM),
    Entrypoint.MENU: (Place.OWN, Place.RULED, Place.OTHER, Place.AWAY),
    Entrypoint.TYPING: tuple(Place),
    Entrypoint.CLI: (Place.OWN, Place.OTHER, Place.DM),
    Entrypoint.HTTP: (Place.OWN, Place.RULED, Place.OTHER, Place.DM),
}
"""Where each entrypoint is called from: nobody writes to a bot that is not there, a member menu is in a server, and a
program or a shell is in no server without the bot. The rules of a server are left out where each cell costs a process.
"""

OK: Final = "ok"
SUGGESTED: Final = "suggested"
NOTHING: Final = "nothing suggested"


@final
@dataclass(frozen=True)
class Cell:
    """One call of the matrix; `command` is what is typed in Discord."""

    row: Row
    kind: Kind
    entrypoint: Entrypoint
    place: Place
    command: str = ""

    @override
    def __str__(self) -> str:
        what = f"{self.row.name} ({self.command})" if self.command else self.row.name
        return f"{what} by {self.kind.value}, {self.entrypoint.value}, from {self.place.value}"


def wrong(found: Iterable[tuple[Cell, str]]) -> list[str]:
    """Return a line for each cell that was not answered as it should be."""
    return [
        f"{cell}: {answer}, not {right}"
        for cell, answer in found
        if answer != (right := expected(cell.row, cell.kind, cell.entrypoint, cell.place))
    ]


def expected(row: Row, kind: Kind, entrypoint: Entrypoint, place: Place) -> str | None:
    """Return what answers a cell: `OK` or a code, `SUGGESTED` or `NOTHING`; none where there is no such cell."""
    rank = RANKS[entrypoint].get(kind)
    if rank is None or place not in PLACES[entrypoint] or (kind is Kind.AUTHOR and not row.author):
        return None
    if entrypoint is Entrypoint.HTTP and row.scope is Scope.NONE and place is not Place.DM:
        return None
    if entrypoint is Entrypoint.HTTP and kind is Kind.STRANGER:
        return "tokens.required"
    if entrypoint in row.closed:
        return "operations.unknown" if entrypoint is Entrypoint.HTTP else None
    answer = _unplaceable(row, entrypoint, place) or _by_rank(
        row, kind, _rank_in(place, rank, entrypoint), entrypoint, place
    )
    if entrypoint is Entrypoint.TYPING:
        return SUGGESTED if answer == OK else NOTHING
    return answer


def _rank_in(place: Place, rank: Level, entrypoint: Entrypoint) -> Level:
    """Return the level in a place of a caller who has this one in their own server."""
    keeps = rank is OPERATOR or entrypoint is Entrypoint.HTTP or place in {Place.OWN, Place.RULED}
    return rank if keeps else EVERYONE


def _unplaceable(row: Row, entrypoint: Entrypoint, place: Place) -> str | None:
    """Return what every caller is answered alike in a place, if anything."""
    if entrypoint is Entrypoint.HTTP and place is Place.OTHER:
        return "tokens.guild_closed"
    without = place in {Place.DM, Place.AWAY}
    if without and (row.scope is Scope.SERVER or (row.scope is Scope.EITHER and entrypoint is Entrypoint.HTTP)):
        return "guild.required"
    return None


def _by_rank(row: Row, kind: Kind, rank: Level, entrypoint: Entrypoint, place: Place) -> str:
    bound = place is Place.RULED and rank < ADMINISTRATOR and not row.steadfast
    authored = kind is Kind.AUTHOR and place is Place.OWN
    if bound or (rank < row.lowest and not authored):
        return "permissions.denied"
    if row.placed and entrypoint in {Entrypoint.CLI, Entrypoint.HTTP} and rank is not OPERATOR:
        return "guild.no_directory"
    if row.elsewhere is not None and place is not Place.OWN and rank is not OPERATOR:
        return row.elsewhere
    return OK
