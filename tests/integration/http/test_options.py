"""Every kind of option through HTTP: what JSON is taken, and how it is described."""

from typing import Any

import pytest

from tests.each import for_each
from tests.options import CASES, OPERATION, Case, TakeEverything
from twi_core.kernel.commands import decode
from twi_core.kernel.outcome import Failure
from twi_http.errors import Refused
from twi_http.intake import check_types, expected_types
from twi_http.openapi import document

TYPES = expected_types(OPERATION.command)


@for_each("case", CASES)
def test_json_is_taken_as_the_model_takes_it(case: Case) -> None:
    """What the model takes passes; what is refused is refused with the same code and field as everywhere."""
    try:
        check_types(case.raw, TYPES)
    except Refused as error:
        found = (error.error.code, error.error.params["field"])
    else:
        outcome = decode(OPERATION.command, case.raw)
        if not isinstance(outcome, Failure):
            assert case.refused is None
            assert getattr(outcome.unwrap(), case.field) == case.value
            return
        found = (outcome.failure().code, outcome.failure().params["field"])
    assert found == case.refused


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"ratio": "0.25"}, "ratio"),
        ({"ratio": True}, "ratio"),
        ({"numbers": [1, "2"]}, "numbers.1"),
        ({"shares": [False]}, "shares.0"),
    ],
)
def test_numbers_are_json_numbers(raw: dict[str, Any], field: str) -> None:
    """A text, or a truth value, is no number in JSON, in a list neither."""
    with pytest.raises(Refused) as caught:
        check_types(raw, TYPES)
    assert (caught.value.error.code, caught.value.error.params["field"]) == ("input.invalid_type", field)


def test_lists_may_be_empty() -> None:
    """An empty list has no item of a wrong type."""
    raw: dict[str, Any] = {"numbers": [], "shares": []}
    check_types(raw, TYPES)
    taken = decode(TakeEverything, raw).unwrap()
    assert (taken.numbers, taken.shares) == ((), ())


def test_openapi_describes_them() -> None:
    """Bounds, patterns, lists with their greatest length, and examples that the model takes."""
    properties = document([OPERATION], ())["components"]["schemas"]["TakeEverything-Input"]["properties"]
    ratio, labels = properties["ratio"], properties["labels"]
    assert (ratio["type"], ratio["minimum"], ratio["maximum"]) == ("number", -1.5, 2.5)
    assert (labels["type"], labels["maxItems"], labels["items"]["maxLength"]) == ("array", 3, 20)
    assert properties["lasts"]["anyOf"][0]["pattern"] == "^[0-9]{1,6} ?[mhdwMHDW]$"
    assert properties["starts"]["anyOf"][0]["type"] == "string"
    examples = {name: schema["examples"][0] for name, schema in properties.items()}
    assert not isinstance(decode(OPERATION.command, examples), Failure)
