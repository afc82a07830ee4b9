"""Lines that programs read: written and read back alike, and distinguished from foreign ones."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import hostile_text, json_values
from tests.unit.runtime.log_lines import joined, line
from twi_runtime.logs.format import Level, LogLine, Raised, as_json, as_text, read_line, read_time

words = st.one_of(st.just(""), hostile_text).map(joined)
moments = st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
raised = st.none() | st.builds(Raised, words, st.lists(words, max_size=3).map(tuple))
durations = st.none() | st.floats(0, 1e9, allow_nan=False)


@st.composite
def log_lines(draw: st.DrawFn) -> LogLine:
    """Any line that may be written."""
    texts = {name: draw(words) for name in ("logger", "event", "reference", "operation", "origin", "guild", "actor")}
    return LogLine(
        time=draw(moments),
        level=draw(st.sampled_from(Level)),
        code=draw(words),
        duration_ms=draw(durations),
        exception=draw(raised),
        **texts,
    )


@given(log_lines())
def test_what_is_written_is_read_again(written: LogLine) -> None:
    """Whatever a line contains, it is one line of printable ASCII, and reading it returns the same."""
    text = as_json(written)
    assert text.isascii()
    assert text.isprintable()
    assert read_line(text) == written
    assert all(shown.startswith(as_text(written)[:24]) for shown in as_text(written).splitlines())


@given(json_values)
def test_other_json_is_no_line(value: object) -> None:
    """JSON of any other shape is none of the log's lines, and nothing fails over it."""
    found = read_line(json.dumps(value))
    assert found is None


SOUND = {"time": "2026-11-22T12:00:00.000Z", "level": "info", "logger": "x", "event": "y"}


@pytest.mark.parametrize(
    "changed",
    [
        {"time": "yesterday"},
        {"time": 7},
        {"time": "0001-01-01T00:00:00+23:59"},
        {"level": "loud"},
        {"level": ["info"]},
        {"event": None},
        {"reference": {"x": 1}},
    ],
)
def test_a_line_with_a_wrong_field_is_none(changed: dict[str, object]) -> None:
    """An invalid time, level or text makes the line none."""
    assert read_line(json.dumps(SOUND)) is not None
    assert read_line(json.dumps(SOUND | changed)) is None


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"nonsense", b'{"time": 1e999}', b"9" * 5_000])
def test_what_is_no_json_is_no_line(raw: bytes) -> None:
    """Whatever bytes a file contains, reading them does not fail."""
    assert read_line(raw) is None


def test_numbers_without_an_end_are_left_out() -> None:
    """A duration that is no number, or is infinite, is none; the line stays."""
    for text in ("NaN", "Infinity", "1e999", '"7"', "null", "1" + "0" * 400):
        found = read_line(json.dumps(SOUND)[:-1] + f', "duration_ms": {text}}}')
        assert found is None or found.duration_ms is None
    assert read_line(json.dumps(SOUND | {"exception": {"type": "X", "traceback": "y"}})) == line(
        "y", logger="x", exception=Raised("X")
    )


def test_times_are_utc_unless_they_say_otherwise() -> None:
    """A time without a zone is in UTC; one with another zone is converted."""
    assert read_time("2026-11-22T12:00") == datetime(2026, 11, 22, 12, tzinfo=UTC)
    east = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=2)))
    assert read_time("2026-11-22T12:00+02:00") == east
    assert read_time("2026-11-22T12:00+02:00").tzinfo is UTC
