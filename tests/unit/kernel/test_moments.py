"""Moments and durations as they are written and read, and what the shapes make of them."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from tests.each import for_each
from tests.options import CASES, Case, TakeEverything
from tests.strategies import hostile_text
from twi_core.kernel.commands import decode
from twi_core.kernel.durations import LONGEST, SHORTEST, duration, written_duration
from twi_core.kernel.errors import registered_errors
from twi_core.kernel.moments import moment, written_moment
from twi_core.kernel.outcome import Failure
from twi_core.kernel.text import TextError

LOCAL = st.datetimes().filter(lambda local: 2 <= local.year <= 9998)


@given(LOCAL.map(lambda local: local.replace(tzinfo=UTC)))
def test_a_moment_is_read_as_it_was_written(at: datetime) -> None:
    """Writing and reading a moment returns the same one, in UTC."""
    assert moment(written_moment(at)) == at
    assert moment(at.isoformat(" ")) == at
    assert moment(at.date().isoformat()) == at.replace(hour=0, minute=0, second=0, microsecond=0)


@given(LOCAL, st.integers(-14 * 60, 14 * 60), st.sampled_from(["", " "]))
def test_an_offset_counts(local: datetime, minutes: int, blank: str) -> None:
    """An offset means the moment at which clocks there show that time."""
    zone = timezone(timedelta(minutes=minutes))
    sign = "-" if minutes < 0 else "+"
    offset = f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    read = moment(f"{local:%H:%M}".join([f"{local.date().isoformat()} ", f"{blank}{offset}"]))
    assert read == local.replace(second=0, microsecond=0, tzinfo=zone)
    assert read.tzinfo is UTC


@given(st.timedeltas(SHORTEST, LONGEST).map(lambda span: span // SHORTEST * SHORTEST))
def test_a_span_is_read_as_it_was_written(span: timedelta) -> None:
    """Writing and reading a duration returns the same one, for every number of whole minutes up to a year."""
    assert duration(written_duration(span)) == span


@given(hostile_text | st.text("0123456789-+:. TZtzUTC", max_size=30))
def test_any_text_is_a_moment_or_refused(text: str) -> None:
    """Whatever is typed is an aware moment in UTC or a `ValueError`, and for a duration a refusal that has a code."""
    with suppress(ValueError):
        assert moment(text).tzinfo is UTC
    with suppress(TextError):
        assert SHORTEST <= duration(text) <= LONGEST


@for_each("case", CASES)
def test_json_is_judged_alike(case: Case) -> None:
    """What the model makes of JSON is what the other entrypoints' tests expect of the same value."""
    outcome = decode(TakeEverything, case.raw)
    if case.refused is None:
        assert getattr(outcome.unwrap(), case.field) == case.value
    else:
        assert isinstance(outcome, Failure)
        assert (outcome.failure().code, outcome.failure().params["field"]) == case.refused


ANY = st.recursive(
    hostile_text | st.none() | st.booleans() | st.integers() | st.floats(), lambda inner: st.lists(inner, max_size=3)
)


@given(st.dictionaries(st.sampled_from(list(TakeEverything.model_fields)), ANY, max_size=3))
def test_whatever_is_given_is_taken_or_refused(raw: dict[str, object]) -> None:
    """Hostile values in any field raise nothing: the result is a command, or a refusal with a registered code."""
    outcome = decode(TakeEverything, raw)
    if isinstance(outcome, Failure):
        assert outcome.failure().code in registered_errors()
    else:
        again = TakeEverything.model_validate_json(outcome.unwrap().model_dump_json())
        assert again == outcome.unwrap()


def test_values_from_within_are_held_to_the_same() -> None:
    """Calls from code with moments and durations that nobody could write are refused."""
    assert TakeEverything(starts=datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1)))).starts is not None
    for field, value in (
        ("starts", datetime.max),  # noqa: DTZ901  # one without a zone
        ("starts", datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))),
        ("lasts", timedelta(seconds=61)),
        ("lasts", timedelta(days=400)),
        ("ratio", float("nan")),
    ):
        assert isinstance(decode(TakeEverything, {field: value}), Failure), field
