"""Columns that line up, whatever the width of the letters in them; nothing is cut or wrapped."""

from collections.abc import Mapping, Sequence


def table(rows: Sequence[Mapping[str, str]]) -> str:
    """Lay rows out under their labels; what a row does not have stays blank."""
    labels = tuple(dict.fromkeys(label for row in rows for label in row))
    lines = [labels, *(tuple(row.get(label, "") for label in labels) for row in rows)]
    widths = [max(_width(cell) for cell in column) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(_padded(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def labelled(facts: Mapping[str, str]) -> str:
    """Lay out one thing, a label and a value on each line; further lines of a value are indented under it."""
    width = max(map(_width, facts), default=0)
    return "\n".join(
        f"{_padded(label, width)}  {value}".replace("\n", "\n" + " " * (width + 2)) for label, value in facts.items()
    )


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


def _width(cell: str) -> int:
    if cell.isascii():
        return len(cell)
    from rich.cells import cell_len

    return cell_len(cell)
