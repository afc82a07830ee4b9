"""The values of facts as a terminal shows them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.kernel.facts import HOSTILE, TEXT_PLACES
from twi_cli.output.cells import cell
from twi_core.kernel.facts import (
    Address,
    Block,
    Call,
    Code,
    FactValue,
    Lines,
    Listed,
    Person,
    Phrase,
    Prose,
    Secret,
)
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Rate, Scope


@pytest.mark.parametrize(
    ("value", "shown", "in_one_line"),
    [
        (None, "none", None),
        (True, "yes", None),
        (False, "no", None),
        (12, "12", None),
        (Level.MODERATOR, "moderator", None),
        ("a", "a", None),
        (datetime(2026, 1, 2, 12, tzinfo=UTC), "2026-01-02 12:00 UTC", None),
        (timedelta(hours=2), "2 hours", None),
        (Rate(3, 60.0, Scope.MEMBER), "3 times a minute, for each member", None),
        (GuildId(10), "10", None),
        (Person(UserId(7)), "7", None),
        (Person(None), "the operator", None),
        (Code("links.add"), "links.add", None),
        (Prose("one\ntwo"), "one\ntwo", "one\\ntwo"),
        (Block("a\n  b"), "a\n  b", "a\\n  b"),
        (Address("https://x.example/"), "https://x.example/", None),
        (Secret("twi_abc"), "twi_abc", None),
        (
            Call("permissions.grant", {"permission": "links.add", "user": "7"}),
            "twi permissions grant links.add --user 7 --guild 175928847299117063",
            None,
        ),
        (Phrase("by ", Person(None)), "by the operator", None),
        (Listed((1, "b")), "1, b", None),
        (Listed((), "nobody"), "nobody", None),
        (Lines((1, 2)), "1\n2", "1; 2"),
        (Lines(()), "none", None),
    ],
    ids=str,
)
def test_each_kind_of_value_is_shown_in_its_way(value: FactValue, shown: str, in_one_line: str | None) -> None:
    """In details a value may have several lines, in a table it has one."""
    assert cell(value, lines=True) == shown
    assert cell(value) == (in_one_line or shown)


@pytest.mark.parametrize("place", TEXT_PLACES)
@given(text=HOSTILE, lines=st.booleans())
def test_no_text_acts_wherever_it_stands(place: str, text: str, lines: bool) -> None:
    """Whatever a text contains and wherever it stands, nothing in it moves, hides, colours or reorders."""
    written = cell(TEXT_PLACES[place](text), lines=lines)
    assert written.translate({10: None, 9: None} if lines else {}).isprintable()
