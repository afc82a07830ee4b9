"""Decoding: an entrypoint's input becomes a command, or a refusal that names the field."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from types import MappingProxyType
from typing import Annotated, Literal, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, ValidationError, field_validator
from pydantic_core import core_schema

from tests.app import refusal, success
from tests.each import for_each
from tests.hostile import (
    HOSTILE_BODIES,
    HOSTILE_CONTENTS,
    HOSTILE_IDS,
    HOSTILE_JSON,
    HOSTILE_TAGS,
    HOSTILE_TITLES,
    Body,
    Fields,
    Text,
    Value,
)
from tests.strategies import hostile_text, json_values
from twi_core.kernel.commands import JSON_DEPTH, JSON_LIMIT, Command, decode, parse_object
from twi_core.kernel.errors import registered_errors
from twi_core.kernel.ids import UserId
from twi_core.kernel.outcome import Failure, Success
from twi_core.kernel.reasons import reason
from twi_core.kernel.schemas import Duration, Moment, TextShape
from twi_core.kernel.wording import PLAIN
from twi_core.links.use_cases.add import AddLink
from twi_core.links.use_cases.edit import EditLink
from twi_core.links.use_cases.transfer import TransferLink


def code(command: type[Command], raw: Mapping[str, object]) -> str | None:
    outcome = decode(command, raw)
    return refusal(outcome).code if isinstance(outcome, Failure) else None


@for_each("case", HOSTILE_TITLES)
def test_titles(case: Text) -> None:
    """A title is refused with the table's code, or kept as written."""
    assert code(AddLink, {"title": case.text, "content": "x"}) == case.code
    if case.code is None:
        assert success(decode(AddLink, {"title": case.text, "content": "x"})).title == case.kept


@for_each("case", HOSTILE_TAGS)
def test_tags(case: Text) -> None:
    """A tag is refused with the table's code, or kept as written."""
    assert code(EditLink, {"title": "x", "tag": case.text}) == case.code
    if case.code is None:
        assert success(decode(EditLink, {"title": "x", "tag": case.text})).tag == case.kept


@for_each("case", HOSTILE_CONTENTS)
def test_contents(case: Text) -> None:
    """A content is refused with the table's code, or kept as written."""
    assert code(AddLink, {"title": "x", "content": case.text}) == case.code
    if case.code is None:
        assert success(decode(AddLink, {"title": "x", "content": case.text})).content == case.kept


@for_each("case", HOSTILE_IDS)
def test_ids(case: Value) -> None:
    """An id is an integer or its ASCII digits within 63 bits; nothing else that Python would take."""
    assert code(TransferLink, {"title": "x", "to": case.given}) == case.code
    if case.code is None:
        to = success(decode(TransferLink, {"title": "x", "to": case.given})).to
        assert type(to) is UserId
        assert to == int(str(case.given))


@for_each("case", HOSTILE_BODIES)
def test_bodies(case: Fields) -> None:
    """An unknown or a missing field is refused by name; no field reaches the caller's guild or rank."""
    error = refusal(decode(AddLink, case.given))
    assert error.code == case.code
    message = error.message(PLAIN)
    assert case.says in message
    assert message.isprintable()
    message.encode()


@for_each("case", HOSTILE_JSON)
def test_json(case: Body) -> None:
    """JSON that is malformed, ambiguous or too large is refused, before or while it becomes a command."""
    parsed = parse_object(case.given)
    error = refusal(parsed if isinstance(parsed, Failure) else decode(AddLink, parsed.unwrap()))
    assert error.code == case.code
    assert case.says in error.message(PLAIN) + error.hint(PLAIN)


def test_text_is_parsed_as_its_bytes() -> None:
    """JSON text is judged as its UTF-8 bytes are, a lone surrogate included."""
    assert success(parse_object('{"a": "ä"}')) == success(parse_object('{"a": "ä"}'.encode())) == {"a": "ä"}
    assert refusal(parse_object('{"a": "\ud800"}')).code == "input.malformed"


def test_brackets_within_strings_do_not_nest() -> None:
    """Only real nesting counts against the depth, escaped quotes notwithstanding."""
    text = json.dumps({"a": '[[[["\\' * 40})
    assert success(parse_object(text)) == json.loads(text)


@pytest.mark.parametrize(("depth", "taken"), [(JSON_DEPTH, True), (JSON_DEPTH + 1, False)])
def test_the_depth_limit(depth: int, taken: bool) -> None:
    """The deepest allowed JSON is read, one level more is refused."""
    text = '{"a":' + "[" * (depth - 1) + "]" * (depth - 1) + "}"
    assert isinstance(parse_object(text), Success) is taken


@pytest.mark.parametrize(("size", "taken"), [(JSON_LIMIT, True), (JSON_LIMIT + 1, False)])
def test_the_size_limit(size: int, taken: bool) -> None:
    """The largest allowed JSON is read, one byte more is refused."""
    text = '{"a":"' + "x" * (size - 8) + '"}'
    assert len(text) == size
    assert isinstance(parse_object(text), Success) is taken


@given(json_values.filter(lambda value: isinstance(value, dict)))
@settings(max_examples=100, deadline=None)
def test_sound_json_comes_back(value: dict[str, object]) -> None:
    """What Python writes as strict JSON is read back the same, or refused with a code; nothing else happens."""
    match parse_object(json.dumps(value)):
        case Success(found):
            assert json.dumps(found) == json.dumps(value)
        case Failure(error):
            assert error.code in {"input.malformed", "input.too_long", "input.too_complex"}


@given(st.binary(max_size=200) | hostile_text)
@settings(max_examples=300, deadline=None)
def test_garbage_is_refused_not_raised(garbage: bytes | str) -> None:
    """No bytes and no text make the JSON reader raise."""
    match parse_object(garbage):
        case Success(found):
            assert isinstance(found, dict)
        case Failure(error):
            assert error.code in registered_errors()


@given(st.dictionaries(st.sampled_from(["title", "content", "tag", "preview", "to"]) | hostile_text, json_values))
@settings(max_examples=120, deadline=None)
def test_decoding_never_raises(raw: dict[str, object]) -> None:
    """Whatever an entrypoint passes, decoding returns a valid command or a registered code with complete texts."""
    for command in (AddLink, EditLink, TransferLink):
        match decode(command, raw):
            case Success(found):
                assert set(found.model_fields_set) == set(raw)
            case Failure():
                error = refusal(decode(command, raw))
                assert error.code in registered_errors()
                error.message(PLAIN).encode()


def test_any_mapping_is_taken() -> None:
    """An entrypoint may pass any mapping, not only a dict."""
    raw = MappingProxyType({"title": "a", "content": "b"})
    assert success(decode(AddLink, raw)).title == "a"


def test_commands_cannot_be_changed_and_do_not_show_their_input() -> None:
    """A command is frozen, and a refused value does not appear in the exception either."""
    command = AddLink(title="a", content="b")
    with pytest.raises(ValueError, match="frozen"):
        command.title = "other"  # type: ignore[misc]  # the point of the test
    with pytest.raises(ValueError, match="input") as refused:
        AddLink(title="a", content="secret\x00secret")
    assert "secret" not in str(refused.value)


class Counted(Command):
    """Take a number and some ids."""

    amount: Annotated[int, Field(ge=1, le=10)]
    users: tuple[UserId, ...] = Field((), max_length=2)


@pytest.mark.parametrize(
    ("raw", "expected", "says"),
    [
        ({"amount": 5}, None, ""),
        ({"amount": 0}, "input.out_of_range", "it must be at least 1"),
        ({"amount": 11}, "input.out_of_range", "it must be at most 10"),
        ({"amount": "9" * 5_000}, "input.out_of_range", "it has too many digits"),
        ({"amount": 10**6_000}, "input.out_of_range", "amount"),
        ({"amount": "x"}, "input.invalid_type", "it must be a whole number"),
        ({"amount": float("nan")}, "input.invalid_type", "amount"),
        ({"amount": float("inf")}, "input.invalid_type", "amount"),
        ({"amount": 1, "users": ["1", "x"]}, "input.invalid_type", "users.1"),
        ({"amount": 1, "users": ["1", "2", "3"]}, "input.invalid_type", "it takes at most 2 items"),
        ({"amount": 1, "users": "1"}, "input.invalid_type", "it must be a list"),
    ],
)
def test_numbers_and_lists(raw: dict[str, object], expected: str | None, says: str) -> None:
    """Numbers are held to their range; an item of a list is named by its place."""
    outcome = decode(Counted, raw)
    if expected is None:
        assert isinstance(outcome, Success)
        return
    error = refusal(outcome)
    assert error.code == expected
    assert says in error.message(PLAIN)


class Member(Enum):
    """Choices that aren't all text."""

    ONE = "one"
    TWO = 2


class Everything(Command):
    """Take a value of every kind that a field can have."""

    yes: bool = False
    whole: int = 0
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    choice: Literal["one", "two", "three"] = "one"
    name: Annotated[str, Field(min_length=2, max_length=3, pattern="^[a-z]+$")] = "ab"
    title: Annotated[str, TextShape(5)] = "ab"
    some: Annotated[tuple[int, ...], Field(min_length=1, max_length=2)] = (1,)
    at: datetime | None = None
    start: date | None = None
    lasts: timedelta | None = None
    moment: Moment | None = None
    duration: Duration | None = None
    odd: Annotated[int, Field(multiple_of=2)] = 2
    quoted: Literal["o'clock", "don't"] | None = None
    number: Annotated[Literal[1, 2], Field(description="One or two.")] = 1
    member: Member = Member.TWO
    several: tuple[Literal["a", "b"], ...] = ()
    inner: Counted | None = None

    @field_validator("odd")
    @classmethod
    def _never(cls, value: int) -> int:
        raise ValueError("a library's own words")


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("yes", "maybe", "it must be yes or no"),
        ("yes", [], "it must be yes or no"),
        ("whole", "x", "it must be a whole number"),
        ("whole", 1.5, "it must be a whole number"),
        ("whole", None, "it must be a whole number"),
        ("share", "x", "it must be a number"),
        ("share", 0, "it must be greater than 0"),
        ("share", 1, "it must be less than 1"),
        ("choice", "four", "it must be one, two or three"),
        ("quoted", "x", "it must be o'clock or don't"),
        ("number", 4, "it must be 1 or 2"),
        ("member", "x", "it must be one or 2"),
        ("several", ["x"], "it must be a or b"),
        ("name", 5, "it must be text"),
        ("name", "a", "it needs at least 2 characters"),
        ("name", "abcd", "it takes at most 3 characters"),
        ("name", "A1", "it contains characters that aren't allowed"),
        ("title", 5, "it must be text"),
        ("some", "x", "it must be a list"),
        ("some", [], "it needs at least one item"),
        ("some", [1, 2, 3], "it takes at most 2 items"),
        ("at", "soon", "it must be a date, or a date and time"),
        ("start", "soon", "it must be a date, or a date and time"),
        ("lasts", "long", "it must be a duration"),
        ("moment", "soon", "write it as 2026-12-24 or 2026-12-24 18:00, in UTC"),
        ("odd", 3, "it must be a multiple of 2"),
        ("odd", 4, "it can't be read"),
        ("inner", 4, "it can't be read"),
    ],
)
def test_each_kind_of_value_is_refused_in_our_words(field: str, value: object, reason: str) -> None:
    """Why a value is refused is a sentence of ours, whatever pydantic calls it."""
    error = refusal(decode(Everything, {field: value}))
    assert error.params["reason"] == reason
    assert reason in error.message(PLAIN)


@given(st.sampled_from(sorted(Everything.model_fields)), json_values | hostile_text)
@settings(max_examples=300, deadline=None)
def test_no_sentence_of_pydantic_is_shown(field: str, value: object) -> None:
    """Whatever is sent, nothing of what pydantic itself says is in the refusal."""
    try:
        Everything.model_validate({field: value})
    except ValidationError as error:
        theirs = error.errors(include_input=False)[0]["msg"]
        ours = refusal(decode(Everything, {field: value})).message(PLAIN)
        assert theirs == "text" or (theirs.lower() not in ours.lower() and "input should" not in ours.lower())


@pytest.mark.parametrize("kind", get_args(core_schema.ErrorType))
def test_every_kind_of_error_has_a_reason(kind: str) -> None:
    """Each type of error that pydantic knows has a reason of ours, also without the details that come with it."""
    assert reason(kind, {}).startswith("it")


class Nested(Command):
    """Anything, to nest it."""

    inner: "Nested | None" = None


def test_bottomless_input_is_refused() -> None:
    """Input that contains itself, or is nested a hundred thousand times, is refused, not followed."""
    endless: dict[str, object] = {}
    endless["inner"] = endless
    deep: dict[str, object] = {}
    for _ in range(100_000):
        deep = {"inner": deep}
    for raw in (endless, deep):
        assert refusal(decode(Nested, raw)).code == "input.invalid_type"


def test_an_unknown_name_is_cut() -> None:
    """A made-up parameter name of thousands of letters is shown with sixty-four of them."""
    error = refusal(decode(AddLink, {"title": "a", "content": "b", "k" * 5_000: 1}))
    assert error.params["field"] == "k" * 63 + "…"
