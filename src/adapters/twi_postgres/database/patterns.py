"""Conditions on text that people typed; nothing in it is a wildcard."""

from sqlalchemy import ColumnElement, SQLColumnExpression, and_

_LAST = "\U0010ffff"


def containing(column: SQLColumnExpression[str], part: str) -> ColumnElement[bool]:
    """Return the condition that a text contains another one."""
    return column.contains(part, autoescape=True, escape="\\")


def beginning_with(
    column: SQLColumnExpression[str] | SQLColumnExpression[str | None], start: str
) -> ColumnElement[bool]:
    """Return the condition that a text sorted by code point begins with another one: a range, which an index serves."""
    following = after_all_beginning_with(start)
    return column >= start if following is None else and_(column >= start, column < following)


def after_all_beginning_with(start: str) -> str | None:
    """Return the first text after all those that begin with `start`, by code point, or None if nothing follows."""
    kept = start.rstrip(_LAST)
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(0xE000 if following == 0xD800 else following)  # surrogates are not characters
