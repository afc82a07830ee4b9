"""What `nox -s affected` chooses: enough for a change, and no more than it needs."""

from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.affected import CONTEXTS, Suite, commands, context_of, module_of
from twi_core.application import Application
from twi_core.kernel.contexts import offered

ROOT: Final = Path(__file__).parents[2]


@cache
def suite() -> Suite:
    return Suite()


def test_it_knows_every_context() -> None:
    """The contexts are those that the application offers."""
    assert {context.name for context in offered(Application)} == CONTEXTS


@pytest.mark.parametrize("context", sorted(CONTEXTS))
def test_a_change_to_one_context_runs_its_tests_and_no_other_contexts(context: str) -> None:
    """Its own tests in each storage run, with its cases of the tests for all, and nothing of the other contexts."""
    choice = suite().choose([f"src/twi_core/{context}/__init__.py"])
    assert {f"tests.unit.adapters.test_memory_{context}", f"tests.integration.postgres.test_{context}"} <= choice.whole
    assert {module for module in suite().modules if module.startswith(f"tests.unit.{context}.")} <= choice.whole
    assert {"tests.integration.matrix.test_matrix", "tests.integration.parity.test_everybody"} <= choice.cases
    assert choice.contexts == {context}
    others = {module for module in choice.whole if context_of(module) not in {None, context}}
    assert {module for module in others if not module.startswith("tests.unit.")} == set()
    assert ["-k", context] in [command[:2] for command in commands(choice)]


def test_a_context_in_an_entrypoint() -> None:
    """The tests of the entrypoint that call the context run, and no other entrypoint's."""
    choice = suite().choose(["src/entrypoints/twi_discord/links.py"])
    assert "tests.integration.discord.test_commands" in choice.whole
    assert not {module for module in choice.whole if module.startswith(("tests.integration.http", "tests.unit.cli"))}
    assert "tests.integration.matrix.test_matrix" in choice.cases
    assert "tests.unit.test_failures" not in choice.cases


def test_a_context_in_a_storage() -> None:
    """The tests that go through no PostgreSQL are left out; the history of tables is compared with what changed."""
    memory = suite().choose(["src/adapters/twi_memory/links.py"]).whole
    postgres = suite().choose(["src/adapters/twi_postgres/links.py"]).whole
    assert "tests.unit.adapters.test_memory_links" in memory - postgres
    assert "tests.integration.postgres.test_links" in postgres
    assert "tests.integration.postgres.test_migrations" in postgres - memory


@pytest.mark.parametrize("path", ["pyproject.toml", "migrations/env.py", "src/twi_core/py.typed", "tests/conftest.py"])
def test_what_may_break_anything_runs_everything(path: str) -> None:
    """Where imports say nothing, or everything hangs on a file, nothing is left out."""
    assert suite().choose([path]).whole == suite().modules


def test_what_all_stand_on_runs_what_reaches_it() -> None:
    """Tests that import it at many removes run, and those that start programs, but none that can't notice."""
    whole = suite().choose(["src/twi_core/kernel/text.py"]).whole
    assert {
        "tests.unit.kernel.test_text",
        "tests.integration.matrix.test_matrix",
        "tests.integration.process.test_stop",
    } <= whole
    assert "tests.integration.wire.test_transport" not in suite().choose(["src/twi_core/pipeline/throttle.py"]).whole


def test_a_changed_test_runs() -> None:
    """A test runs with those that import it, and with what else stands on the same support."""
    assert "tests.unit.kernel.test_text" in suite().choose(["tests/unit/kernel/test_text.py"]).whole
    assert "tests.integration.discord.test_once" in suite().choose(["tests/integration/discord/entries.py"]).whole


@pytest.mark.parametrize("page", ["README.md", "docs/contributing.md", "docs/adr/0008-simcord-and-the-wire-fake.md"])
def test_a_page_runs_its_examples(page: str) -> None:
    """The examples of a page are executed, the page is checked against the code, and nothing else runs for it."""
    choice = suite().choose([page])
    assert {"tests.architecture.test_docs", "tests.integration.pages.test_pages"} <= choice.whole
    assert {module for module in choice.whole if not module.startswith("tests.architecture.")} == {
        "tests.integration.pages.test_pages"
    }


@pytest.mark.parametrize(
    ("path", "test"),
    [
        ("docs/indexes.md", "tests.integration.postgres.test_indexes"),
        ("docs/glossary.md", "tests.integration.discord.test_help"),
        ("docs/catalogue.py", "tests.integration.parity.test_languages"),
        ("docs/generate.py", "tests.integration.discord.test_languages"),
        ("benchmarks/mutants.py", "tests.architecture.test_benchmarks"),
    ],
    ids=str,
)
def test_what_is_in_no_package_runs_the_tests_that_read_or_run_it(path: str, test: str) -> None:
    """A page that a test compares with the code, the generator of pages and the benchmarks are not forgotten."""
    assert test in suite().choose([path]).whole
    assert test not in suite().choose(["docs/errors/links.md"]).whole


@pytest.mark.parametrize(
    ("path", "test", "other"),
    [
        ("src/entrypoints/twi_runtime/recorded.json", "tests.unit.cli.test_commands", "tests.unit.links.test_model"),
        (
            "src/entrypoints/twi_http/static/docs.css",
            "tests.integration.http.test_pages",
            "tests.unit.links.test_model",
        ),
        (
            "tests/integration/provoked/answers.json",
            "tests.integration.provoked.test_answers",
            "tests.integration.http.test_pages",
        ),
    ],
    ids=str,
)
def test_a_file_of_data_runs_what_reaches_its_reader(path: str, test: str, other: str) -> None:
    """The module that reads it has its name as a text."""
    whole = suite().choose([path]).whole
    assert test in whole
    assert {test, other} <= suite().modules
    assert other not in whole


def test_every_source_has_its_module() -> None:
    """A file's module is found in the graph of imports, so that no change is taken for one to nothing."""
    sources = [path.relative_to(ROOT).as_posix() for path in (ROOT / "src").rglob("*.py")]
    assert [path for path in sources if module_of(path) not in suite().known] == []
