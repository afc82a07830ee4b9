"""The table: the rows of every context; see `tests/contexts` for them, and `test_matrix` for how cells follow."""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final

from tests.contexts import A_ROLE, Entrypoint, Row, suites
from tests.integration.matrix.rules import PLACES, RANKS, Cell, Place, expected

TABLE: Final = tuple(row for suite in suites().values() for row in suite.rows)


def cells(*entrypoints: Entrypoint) -> Iterator[Cell]:
    """Give every cell of some entrypoints."""
    for row, entrypoint in product(TABLE, entrypoints):
        for kind, place in product(RANKS[entrypoint], PLACES[entrypoint]):
            if expected(row, kind, entrypoint, place) is not None:
                yield from (
                    Cell(row, kind, entrypoint, place, command) for command in _commands(row, entrypoint, place)
                )


def _commands(row: Row, entrypoint: Entrypoint, place: Place) -> Iterable[str]:
    match entrypoint:
        case Entrypoint.SLASH if place is Place.DM:  # where Discord lets nobody choose a role
            return [command for command, given in row.commands.items() if A_ROLE not in given.values()]
        case Entrypoint.SLASH | Entrypoint.PREFIX:
            return row.commands
        case Entrypoint.MENU:
            return () if row.menu is None else (row.menu,)
        case Entrypoint.TYPING:
            return () if row.typing is None else (row.typing[0],)
        case _:
            return ("",)
