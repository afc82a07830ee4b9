"""Durations as they are shown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twi_core.kernel.durations import how_often, spoken

SIZES = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (0.2, "a second"),
        (7, "7 seconds"),
        (60, "a minute"),
        (61, "1 minute and 1 second"),
        (119.5, "2 minutes"),
        (3600, "an hour"),
        (3601, "1 hour and 1 minute"),
        (7200, "2 hours"),
        (86_399, "a day"),
        (86_400, "a day"),
        (90_001, "1 day and 2 hours"),
        (7 * 86_400, "7 days"),
    ],
)
def test_a_duration_is_shown_in_words(seconds: float, words: str) -> None:
    """One or two units, without more precision than anybody can use."""
    assert spoken(seconds) == words


@given(st.floats(min_value=0, max_value=10**7))
def test_nobody_is_asked_to_come_too_soon(seconds: float) -> None:
    """The shown duration lasts at least as long as the real one, and not much longer."""
    shown = sum(
        (1 if count in {"a", "an"} else int(count)) * SIZES[unit]
        for count, unit in re.findall(r"(\d+|an?) (second|minute|hour|day)", spoken(seconds))
    )
    assert seconds <= shown <= max(seconds + 1, seconds * 25 / 24 + 1)


def test_a_rate_is_shown_in_words() -> None:
    """Once is not a number of times."""
    assert how_often(1, 86_400) == "once a day"
    assert how_often(30, 60) == "30 times a minute"
