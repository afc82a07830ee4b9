"""The rows of every context, and the cells that follow from them; see `tests/contexts` and `test_matrix`."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final, TypeAlias

from tests.contexts import A_ROLE, Entrypoint, Row, Scope, suites
from tests.integration.matrix.rules import OK, PLACES, RANKS, SUGGESTED, Cell, Kind, Place, expected
from twi_core.kernel.permissions import Level

TABLE: Final = tuple(row for suite in suites().values() for row in suite.rows)

Signature: TypeAlias = tuple[Level, bool, Scope, frozenset[Entrypoint], bool, bool, str | None]


def signature(row: Row) -> Signature:
    """Return all that the rules read of a row; rows with the same signature have the same answers."""
    return row.lowest, row.author, row.scope, row.closed, row.steadfast, row.placed, row.elsewhere


def every_cell(entrypoint: Entrypoint, rows: Sequence[Row] = TABLE) -> Iterator[Cell]:
    """Yield the full product: each row by each kind of caller, from each place, by each of its commands."""
    for row in rows:
        for kind, place in product(RANKS[entrypoint], PLACES[entrypoint]):
            if expected(row, kind, entrypoint, place) is not None:
                for command in _commands(row, entrypoint, place):
                    yield Cell(row, kind, entrypoint, place, command)


def chosen_cells(entrypoint: Entrypoint, rows: Sequence[Row] = TABLE) -> Iterator[Cell]:
    """Yield every cell of one row of each signature, and the edges of all others."""
    whole = _representatives(entrypoint)
    for row in rows:
        edges = set(_edges(row, entrypoint))
        for cell in every_cell(entrypoint, [row]):
            if (row.name, cell.command) in whole or (cell.kind, cell.place) in edges:
                yield cell


def _representatives(entrypoint: Entrypoint) -> set[tuple[str, str]]:
    """Return the first row of each signature that the entrypoint offers, with its first command."""
    found: dict[Signature, tuple[str, str]] = {}
    for row in TABLE:
        for command in _commands(row, entrypoint, Place.OWN):
            found.setdefault(signature(row), (row.name, command))
    return set(found.values())


def _edges(row: Row, entrypoint: Entrypoint) -> Iterator[tuple[Kind, Place]]:
    """Yield the lowest caller who may and the highest who may not, in their server, and one of them in another place.

    Which other place that is differs from row to row. An author who may is a caller of their own.
    """
    answers = {
        (kind, place): answer
        for kind, place in product(RANKS[entrypoint], PLACES[entrypoint])
        if (answer := expected(row, kind, entrypoint, place)) is not None
    }
    home = Place.OWN if any(place is Place.OWN for _, place in answers) else Place.DM
    by_level = sorted((kind for kind, place in answers if place is home), key=RANKS[entrypoint].__getitem__)
    may = [kind for kind in by_level if answers[kind, home] in {OK, SUGGESTED}]
    may_not = [kind for kind in reversed(by_level) if kind not in may]
    lowest = [kind for kind in may if kind is not Kind.AUTHOR][:1]
    found = [*lowest, *may_not[:1], *(kind for kind in may if kind is Kind.AUTHOR)]
    yield from ((kind, home) for kind in found)
    for kind in found[:1]:
        others = [place for place in PLACES[entrypoint] if place is not home and (kind, place) in answers]
        yield from ((kind, place) for place in others[TABLE.index(row) % max(len(others), 1) :][:1])


def _commands(row: Row, entrypoint: Entrypoint, place: Place) -> Sequence[str]:
    match entrypoint:
        case Entrypoint.SLASH if place is Place.DM:  # where Discord lets nobody choose a role
            return [command for command, given in row.commands.items() if A_ROLE not in given.values()]
        case Entrypoint.SLASH | Entrypoint.PREFIX:
            return list(row.commands)
        case Entrypoint.MENU:
            return [] if row.menu is None else [row.menu]
        case Entrypoint.TYPING:
            return [] if row.typing is None else [row.typing[0]]
        case _:
            return [""]
