"""Any call at all, by anybody, on any contents: made from the parameters, so that a new operation joins by itself."""

from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.architecture.operations import EVERY
from tests.contexts import Call
from tests.hostile import INERT
from tests.integration.parity.compare import alike
from tests.integration.parity.world import LEVELS, cast, seed
from tests.strategies import hostile_text, plain_words
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.parameters import Parameter, ParameterKind, parameters

IDS: Final = ("0", "1", "1_000", str(2**63), str(2**63 - 1), "١٢٣", "abc", "<@&1>", "")
"""Ids, and texts that are none."""


def sendable(text: str) -> bool:
    """Return whether every transport carries a text: half a surrogate pair is none."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def known_texts() -> list[str]:
    """Return the texts of what is stored beforehand, which make most calls succeed."""
    found = [
        value
        for call in seed("links")
        if isinstance(call, Call)
        for value in call.raw.values()
        if isinstance(value, str)
    ]
    return [*found, *(text.upper() for text in found), "Untagged"]


def texts(parameter: Parameter) -> SearchStrategy[str]:
    """Return texts that fit, that just fit, that just do not, and strange ones."""
    longest = int(parameter.maximum or 100)
    edges = ["x" * longest, "x" * (longest + 1), "😀" * (longest // 2 + 1), str(parameter.example)]
    inert = [case.text for case in INERT]
    return st.one_of(
        st.sampled_from(known_texts()), plain_words, st.sampled_from([*edges, *inert]), hostile_text.filter(sendable)
    )


def values(parameter: Parameter) -> SearchStrategy[Any]:
    """Return values for a parameter."""
    people = [str(person) for person in cast()[1].values()]
    match parameter.kind:
        case ParameterKind.TEXT:
            found: SearchStrategy[Any] = texts(parameter)
        case ParameterKind.BOOLEAN:
            found = st.booleans()
        case ParameterKind.CHOICE:
            found = st.sampled_from(parameter.choices)
        case ParameterKind.INTEGER:
            least, most = int(parameter.minimum or 0), int(parameter.maximum or 2**31)
            found = st.integers(min_value=least - 1, max_value=most + 1)
        case ParameterKind.DURATION:
            found = st.sampled_from(("1m", "7d", "2w", "0m", "9999d", "soon", ""))
        case _:
            found = st.sampled_from([*people, *people, *IDS])
    return st.lists(found, max_size=3) if parameter.several else found


def calls_of(operation: AnyOperation, **more: Any) -> SearchStrategy[Call]:
    """Return calls of an operation."""
    described = parameters(operation.command)
    raws = st.fixed_dictionaries(
        {parameter.name: values(parameter) for parameter in described if parameter.required},
        optional={parameter.name: values(parameter) for parameter in described if not parameter.required},
    )
    return st.builds(Call, st.just(operation.name), st.sampled_from(sorted(LEVELS)), raws, **more)


def any_call() -> SearchStrategy[Call]:
    """Return any call, in a server that holds what is stored beforehand and what a few other calls made of it."""
    earlier = st.one_of([calls_of(operation) for operation in EVERY if operation.policy.guild])
    before = st.lists(earlier, max_size=4).map(lambda made: (*seed("links"), *made))
    return st.sampled_from(EVERY).flatmap(lambda operation: calls_of(operation, before=before))


CALLS = st.deferred(lambda: st.lists(any_call(), min_size=8, max_size=16))


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(CALLS)
def test_any_call_is_answered_alike(calls: list[Call]) -> None:
    """Code, words, value and resulting state do not depend on the entrypoint."""
    alike(calls)


@pytest.mark.long
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(CALLS)
def test_any_call_is_answered_alike_for_long(calls: list[Call]) -> None:
    """The same, tried far more often."""
    alike(calls)
