"""What could act on a terminal or forge a line is written out."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twi_runtime.plain import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("a\u2028b\u2029", "a\\u2028b\\u2029"),
        ("\x9b1m\x85", "\\x9b1m\\x85"),
        ("\u202eabc\u2066", "\\u202eabc\\u2066"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("na\xefve \U0001f469\u200d\U0001f680 \uff58", "na\xefve \U0001f469\u200d\U0001f680 \uff58"),
    ],
)
def test_escapes(text: str, shown: str) -> None:
    """Controls, separators, directions, hidden and broken characters are escapes; letters and emoji stay."""
    assert plain(text) == shown


def test_lines_stay_where_they_are_wanted() -> None:
    """Prose keeps its lines and tabs, and nothing else."""
    assert plain("a\n\tb\r\x1b", keep_lines=True) == "a\n\tb\\r\\x1b"


@given(st.text(st.characters()))
def test_nothing_unsafe_is_left(text: str) -> None:
    """Whatever is given, the result is one line without controls, and can be encoded."""
    shown = plain(text)
    shown.encode()
    assert shown.splitlines() in ([shown], [])
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}]
