"""Pages by cursor: nothing is skipped or repeated when items are added meanwhile."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeAlias, TypeVar, final

from pydantic import Field

from twi_core.kernel.errors import AppError, Kind, define_error
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.schemas import TextShape

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

INVALID_CURSOR: Final = define_error(
    "input.invalid_cursor",
    Kind.INVALID,
    message="There's no such page.",
    hint="Start again from the first page, without {--after}: {usage}",
    otherwise="Start again from the first page.",
    cause="`after` isn't a cursor from a page of the same list.",
)

CURSOR_LIMIT: Final = 2000
"""A longer cursor isn't one of ours."""

Cursor: TypeAlias = Annotated[
    str,
    TextShape(CURSOR_LIMIT),
    Field(description="The `next` value of the previous page.", examples=["WyIxIiwxXQ"]),
]
"""A command's field for the page to return."""

Position = tuple[str, int]
"""Where a page ended: the sort key and the id of its last item."""


@final
@dataclass(frozen=True, slots=True)
class Page(Generic[T_co]):
    """Some items, and the cursor for the ones after them (None at the end)."""

    items: Sequence[T_co]
    next: str | None


def write_cursor(position: Position) -> str:
    """Encode a position as an opaque text for callers to hand back."""
    return base64.urlsafe_b64encode(json.dumps(position, ensure_ascii=False).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> Outcome[Position | None, AppError]:
    """Decode a cursor; None stands for the beginning."""
    if cursor is None:
        return Success(None)
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        match json.loads(raw) if len(cursor) <= CURSOR_LIMIT else None:
            case [str(key), int(number)] if type(number) is int and 0 <= number < 2**63 and "\x00" not in key:
                key.encode()  # a lone surrogate raises here, not in the storage
                return Success((key, number))
            case _:
                return Failure(AppError(INVALID_CURSOR))
    except (ValueError, RecursionError):
        return Failure(AppError(INVALID_CURSOR))


def page(found: Sequence[T], size: int, position: Callable[[T], Position]) -> Page[T]:
    """Build a page of `size` items from up to `size + 1`: an extra item means that another page follows."""
    items = found[:size]
    more = len(found) > size
    return Page(items, write_cursor(position(items[-1])) if more else None)
