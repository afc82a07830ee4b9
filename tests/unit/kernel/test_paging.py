"""Cursors and pages."""

import base64
import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app import refusal, success
from tests.hostile import HOSTILE_CURSORS, INVALID_CURSOR, Text
from tests.strategies import hostile_text, json_values, names, titles
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Success
from twi_core.kernel.paging import CURSOR_LIMIT, Position, page, read_cursor, write_cursor
from twi_core.kernel.text import natural_key


def packed(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@given(titles, st.integers(1, 2**63 - 1))
@settings(max_examples=300, deadline=None)
def test_a_cursor_comes_back(title: str, number: int) -> None:
    """The cursor of any title's place is read back as that place, in URL-safe letters, well within the limit."""
    cursor = write_cursor((natural_key(title), number))
    assert success(read_cursor(cursor)) == (natural_key(title), number)
    assert len(cursor) <= CURSOR_LIMIT
    assert cursor.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("title", ["1a" * 50, "\u0390" * 100, "1\u0390" * 50, "😀" * 50, "\U00010400" * 50, "9" * 100])
def test_the_worst_titles_have_short_cursors(title: str) -> None:
    """Titles that grow most when they are made sortable still have a cursor that is accepted."""
    assert len(write_cursor((natural_key(title), 2**63 - 1))) <= CURSOR_LIMIT


def test_no_cursor_is_the_beginning() -> None:
    """None stands for the first page."""
    assert success(read_cursor(None)) is None


@pytest.mark.parametrize("case", [case for case in HOSTILE_CURSORS if case.code == INVALID_CURSOR], ids=str)
def test_forged_cursors(case: Text) -> None:
    """A cursor that no page returned is refused."""
    assert refusal(read_cursor(case.text)).code == INVALID_CURSOR


@given(hostile_text | json_values.map(repr) | st.text("abcdefgWyJ0-_=+/", max_size=80))
@settings(max_examples=200, deadline=None)
def test_garbage_never_raises(garbage: str) -> None:
    """Any text is read as a place or refused; a place that is read can be passed to a storage."""
    check(read_cursor(garbage))


@given(json_values)
@settings(max_examples=200, deadline=None)
def test_well_packed_garbage_never_raises(value: object) -> None:
    """Any JSON, packed as we pack ours, is read as a place or refused."""
    check(read_cursor(packed(value)))


def check(outcome: Success[Position | None] | Failure[AppError]) -> None:
    match outcome:
        case Success(None):
            raise AssertionError("a text is not the beginning")
        case Success((str(key), number)):
            key.encode()
            assert "\x00" not in key
            assert 0 <= number < 2**63
        case _:
            assert refusal(outcome).code == INVALID_CURSOR


def test_a_long_cursor_is_refused_even_if_well_made() -> None:
    """A cursor longer than any of ours is not even looked into."""
    assert refusal(read_cursor(write_cursor(("a" * CURSOR_LIMIT, 1)))).code == INVALID_CURSOR


def place(number: int) -> Position:
    return (f"{number:04d}", number)


@pytest.mark.parametrize(("found", "items", "more"), [(0, 0, False), (2, 2, False), (3, 3, False), (4, 3, True)])
def test_a_page_knows_whether_another_follows(found: int, items: int, more: bool) -> None:
    """A page requests one item more than it holds; only if that one is there does it return a cursor."""
    made = page(list(range(1, found + 1)), 3, place)
    assert len(made.items) == items
    assert (made.next is not None) is more
    if made.next is not None:
        assert success(read_cursor(made.next)) == place(3)


@given(st.sets(st.integers(0, 9_999)), st.sets(st.integers(0, 9_999)), st.sets(st.integers(0, 9_999)))
def test_nothing_is_skipped_or_repeated(start: set[int], added: set[int], removed: set[int]) -> None:
    """Walking through pages while others add and remove shows what was there all along, exactly once."""
    held, seen, cursor = set(start), list[int](), None
    stayed = start - removed

    def following(after: Position | None) -> Sequence[int]:
        return sorted(number for number in held if after is None or place(number) > after)[:4]

    while True:
        found = page(following(success(read_cursor(cursor))), 3, place)
        seen += found.items
        held = (held | {added.pop()} if added else held) - ({removed.pop()} if removed else set())
        cursor = found.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen))
    assert stayed <= set(seen)


@given(names(100))
def test_a_cursor_is_ascii(name: str) -> None:
    """A cursor passes through any entrypoint unharmed."""
    assert write_cursor((name, 1)).isascii()
