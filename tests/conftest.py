"""What all tests share: every answer is compared with its documentation, and every report can be sent as UTF-8.

No test fails because the machine is busy: hypothesis has no deadline for an example, as benchmarks measure speed. A
test that hangs fails after five minutes (`timeout` in pyproject.toml), one in its long form after two hours.
"""

from collections.abc import Generator, Iterator
from typing import Any, Final

import pytest
from hypothesis import settings

from tests.answers import Watch, watched
from tests.durations import longest_first

WATCH: Final = pytest.StashKey[Watch]()
MISSING: Final = pytest.StashKey[list[str]]()
LONG_FORM: Final = 7200
"""Seconds after which the long form of a test counts as hanging."""

settings.register_profile("suite", deadline=None)  # all else as in the profile that hypothesis has chosen, such as `ci`
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what a run of all tests is given."""
    parser.addoption("--every-refusal", action="store_true", help="fail if no test was refused with a declared code")


@pytest.fixture(scope="session")
def watch(pytestconfig: pytest.Config) -> Iterator[Watch]:
    """Watch what is answered as long as tests run."""
    with watched() as found:
        pytestconfig.stash[WATCH] = found
        yield found


@pytest.fixture(autouse=True)
def answers_as_documented(watch: Watch) -> Iterator[None]:
    """Fail a test during which an operation, or the end of the process, was answered otherwise than documented."""
    watch.wrong.clear()
    yield
    assert watch.wrong == []


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Collect what was answered in each of the processes of xdist."""
    answered = getattr(node, "workeroutput", {}).get("answered", ())
    node.config.stash.setdefault(WATCH, Watch()).answered.update(map(tuple, answered))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what was answered, and fail a run of all tests if a policy names a code that nobody was answered."""
    watch = session.config.stash.get(WATCH, Watch())
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["answered"] = sorted(watch.answered)
    elif session.config.getoption("--every-refusal") and (missing := watch.missing()):
        session.config.stash[MISSING] = missing
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the codes that policies declare and no test was answered."""
    for line in config.stash.get(MISSING, []):
        terminalreporter.write_line(f"no test was answered {line}, which its policy declares")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Start with what lasts longest, as far as a full run has recorded it; long forms have more time."""
    for item in items:
        if item.get_closest_marker("long") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(LONG_FORM))
    longest_first(items, getattr(config, "workerinput", {}).get("workercount", 1))


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Write what UTF-8 has no bytes for, such as half a surrogate pair in a hostile text, as an escape."""
    return _sendable((yield))


def _sendable(found: Any) -> Any:
    if isinstance(found, str):
        return found.encode(errors="backslashreplace").decode()
    if isinstance(found, dict):
        return {_sendable(key): _sendable(value) for key, value in found.items()}
    return [_sendable(item) for item in found] if isinstance(found, list | tuple) else found
