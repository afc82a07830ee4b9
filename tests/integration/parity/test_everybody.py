"""Every operation through every entrypoint, by one caller who may and one who may not."""

from collections.abc import Callable
from typing import Final

import pytest

from tests.architecture.operations import EVERY, named
from tests.contexts import Call, suites
from tests.integration.parity.compare import ENTRYPOINTS, alike
from tests.integration.parity.entrypoints import WHILE_TYPING
from tests.integration.parity.world import AUTHOR, LEVELS, example, seed
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.permissions import Level

ROWS: Final = {row.name: row for suite in suites().values() for row in suite.rows}


def two_callers(operation: AnyOperation) -> list[str]:
    """Return the lowest caller who may, and the highest who may not, if there is any.

    The author of a thing may where that is enough, and operators alone may where the hierarchy of roles must be known.
    """
    row = ROWS[operation.name]
    lowest = Level.OPERATOR if row.placed else row.lowest
    may = [who for who, level in LEVELS.items() if level >= lowest]
    may_not = [who for who, level in LEVELS.items() if level < row.lowest]
    return [AUTHOR if row.author else may[-1], *may_not[:1]]


def all_callers(_: AnyOperation) -> list[str]:
    """Return every kind of caller."""
    return list(LEVELS)


@pytest.mark.parametrize("operation", EVERY, ids=named)
@pytest.mark.parametrize("callers", [two_callers, pytest.param(all_callers, marks=pytest.mark.long)])
def test_each_entrypoint_answers_alike(operation: AnyOperation, callers: Callable[[AnyOperation], list[str]]) -> None:
    """Its examples, on the same contents, get the same code, words, value and resulting state through every entrypoint.

    Called on a link of the caller's and on another member's, and where nothing is stored; each entrypoint can carry it
    in some form, unless its policy says why not.
    """
    whole, least = example(operation.name), example(operation.name, only_required=True)
    stored = seed(operation.name.partition(".")[0])
    cases = [(whole, stored), (whole, ())] + ([(least, stored)] if least != whole else [])
    calls = [Call(operation.name, who, raw, before=before) for who in callers(operation) for raw, before in cases]
    truths, played = alike(calls)
    for entrypoint, origin in ENTRYPOINTS.items():
        carried = any(answer is not None for answer in played[entrypoint])
        closed = origin in operation.policy.closed_to
        if operation.name in WHILE_TYPING and entrypoint in {"shown", "shown as written", "prefix"}:
            assert not carried, "nothing is suggested while a message is written"
        elif entrypoint == "http":
            assert carried
        else:
            assert carried != closed, entrypoint
    assert any(truth.code is None for truth in truths), "its examples succeed for one caller at least"
