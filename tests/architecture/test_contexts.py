"""What the generated tests know of each context is there, and is about that context."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.operations import EVERY
from tests.contexts import ContextSuite, suite_of, suites
from twi_core.application import Application
from twi_core.kernel.contexts import offered

CONTEXTS: Final = [context.name for context in offered(Application)]
SUITES: Final = Path(__file__).parents[1] / "contexts"


def names_of(suite: ContextSuite) -> Iterator[str]:
    """Yield every operation that a suite names as one of its context."""
    yield from (row.name for row in suite.rows)
    yield from (case.name for case in suite.faults)
    for named in (suite.typed, suite.unlimited, suite.opens_nothing, suite.without, suite.discord.left_out):
        yield from named


def test_every_context_is_known_and_no_other() -> None:
    """Every context has a file, and every file a context."""
    for context in CONTEXTS:
        assert isinstance(suite_of(context), ContextSuite)
    assert {file.stem for file in SUITES.glob("*.py")} - {"__init__"} == set(CONTEXTS)
    assert list(suites()) == CONTEXTS


def test_the_error_for_an_unknown_context_names_its_file() -> None:
    """The message names the file and what belongs into it."""
    with pytest.raises(LookupError, match=r"write tests/contexts/no context\.py with SUITE, a ContextSuite: a row and"):
        suite_of("no context")


@pytest.mark.parametrize("context", suites())
def test_a_suite_is_about_its_own_context(context: str) -> None:
    """It names operations that there are, and none of another context, whose file would be the place for it."""
    named = set(names_of(suite_of(context)))
    assert named == {operation.name for operation in EVERY if operation.name.partition(".")[0] == context}


def test_suites_can_be_read_without_starting_anything() -> None:
    """A new process that imports all of them has loaded no entrypoint, adapter or framework, and built nothing."""
    code = (
        "import sys\nfrom tests.contexts import suites\nsuites()\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "print(*(loaded & {'discord', 'simcord', 'litestar', 'sqlalchemy', 'twi_memory', 'twi_runtime', 'twi_cli'}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=SUITES.parents[1]
    )
    assert ran.stdout.strip() == ""
