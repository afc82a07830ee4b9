"""What all tests share: every answer is compared with its documentation, and every report can be sent as UTF-8."""

from collections.abc import Generator, Iterator
from typing import Any, Final

import pytest

from tests.answers import Watch, watched
from tests.durations import longest_first

WATCH: Final = pytest.StashKey[Watch]()
MISSING: Final = pytest.StashKey[list[str]]()


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
    """Start with what lasts longest, as far as a full run has recorded it."""
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
