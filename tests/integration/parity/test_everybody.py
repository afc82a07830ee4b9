"""Every operation, by every kind of caller, through every entrypoint."""

import pytest

from tests.architecture.operations import EVERY, named
from tests.contexts import Call
from tests.integration.parity.compare import ENTRYPOINTS, alike
from tests.integration.parity.entrypoints import WHILE_TYPING
from tests.integration.parity.world import LEVELS, example, seed
from twi_core.kernel.handling import AnyOperation


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_each_door_answers_alike(operation: AnyOperation) -> None:
    """Its examples, on the same contents, get the same code, words, value and resulting state through every entrypoint.

    Called by each kind of caller, on a link of theirs and on somebody else's, and where nothing is stored; each
    entrypoint can carry it in some form, unless its policy says why not.
    """
    whole, least = example(operation.name), example(operation.name, only_required=True)
    stored = seed(operation.name.partition(".")[0])
    cases = [(whole, stored), (whole, ())] + ([(least, stored)] if least != whole else [])
    calls = [Call(operation.name, who, raw, before=before) for who in LEVELS for raw, before in cases]
    truths, played = alike(calls)
    for entrypoint, origin in ENTRYPOINTS.items():
        carried = any(answer is not None for answer in played[entrypoint])
        closed = origin in operation.policy.closed_to
        if operation.name in WHILE_TYPING and entrypoint in {"shown", "prefix"}:
            assert not carried, "nothing is suggested while somebody writes a message"
        elif entrypoint == "http":
            assert carried
        else:
            assert carried != closed, f"{operation.name} is {'' if carried else 'not '}there through {entrypoint}"
    assert any(truth.code is None for truth in truths), "its examples lead to a success for somebody"
