"""Every error code is provoked, and what the error pages show is what was answered."""

import asyncio
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib import import_module
from importlib.util import find_spec
from typing import Final

import pytest

from tests.contexts import Call, suites
from tests.integration.provoked.calls import provoked
from tests.integration.provoked.recording import RECIPES, Answer, keep, recorded, rewriting
from twi_core.kernel.errors import registered_errors
from twi_runtime.registry import import_every_code

import_every_code()
WORDS: Final = sorted({code.partition(".")[0] for code in registered_errors()})
PLATFORM: Final = {
    word: import_module(f"{__package__}.{word}") for word in WORDS if find_spec(f"{__package__}.{word}") is not None
}
"""The recipes that belong to no context, by the first word of their codes."""
CALLS: Final[Mapping[str, Mapping[str, Call]]] = {
    **{name: suite.provoked for name, suite in suites().items() if suite.provoked},
    **{f"{word} of the platform": module.CALLS for word, module in PLATFORM.items() if hasattr(module, "CALLS")},
}
"""The calls that provoke codes, by who knows of them."""


def test_every_code_can_be_provoked() -> None:
    """Each registered code has one recipe, and the record holds these codes only."""
    known = [*RECIPES, *(code for calls in CALLS.values() for code in calls)]
    assert len(known) == len(set(known))
    assert sorted(set(registered_errors()) - set(known)) == [], "write a recipe for each of these"
    assert sorted(set(known) - set(registered_errors())) == []
    if rewriting():
        for code in set(recorded()) - set(known):
            keep(code, ())
    assert set(recorded()) <= set(known)


@pytest.mark.parametrize("name", CALLS)
def test_calls_are_answered_as_recorded(name: str) -> None:
    """What a code's call is answered with in Discord, in a shell and over HTTP is what its page shows."""
    compare(provoked(CALLS[name]))


@pytest.mark.parametrize("code", sorted(RECIPES))
def test_what_is_provoked_otherwise_is_answered_as_recorded(code: str, request: pytest.FixtureRequest) -> None:
    """What a code's recipe is answered with is what its page shows."""
    recipe = RECIPES[code]
    made = recipe(*(request.getfixturevalue(name) for name in inspect.signature(recipe).parameters))
    answers: Answer | list[Answer] = asyncio.run(made) if inspect.iscoroutine(made) else made
    compare({code: [answers] if isinstance(answers, Answer) else answers})


def compare(found: Mapping[str, Sequence[Answer]]) -> None:
    """Compare answers with the record, or write them into it."""
    for code, answers in found.items():
        assert answers, f"nothing is answered with {code}"
        assert all(code in each.answered for each in answers), f"{code} isn't what answers: {answers}"
        if rewriting():
            keep(code, answers)
    record = recorded()
    changed = {
        code: [asdict(each) for each in answers]
        for code, answers in found.items()
        if record.get(code) != [asdict(each) for each in answers]
    }
    assert changed == {}, "run `uv run nox -s record` if that is meant"
