"""The documentation says what the code does."""

import ast
import asyncio
import re
import runpy
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.generator import SOURCE
from tests.each import for_each
from twi_cli.main import main as twi
from twi_core.application import Application
from twi_core.kernel.contexts import offered

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])
ADRS: Final = sorted(ROOT.glob("docs/adr/[0-9]*.md"))
CODE: Final = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
FENCED: Final = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)
ANCHOR: Final = re.compile(r'<a id="([^"]+)"></a>')
LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TEST: Final = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+)(?:::(\w+))?)?`")
PROGRAM: Final = re.compile(r"^## In your own program\n.*?```python\n(.*?)```", re.DOTALL | re.MULTILINE)
COMMAND: Final = re.compile(r"(?:^ *|`|&& )(?:[\w.~/]*uv run )?twi ((?:[a-z][a-z-]* ?)+)", re.MULTILINE)
GROUPS: Final = {"db", "config", "logs", *(context.name for context in offered(Application))}
SECTIONS: Final = ("Context", "Decision", "Consequences", "Alternatives", "Enforced by")


def page_name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_pages_made_from_the_code_are_fresh(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error codes and the settings are documented as they are now; the program that checks it ends with success."""
    monkeypatch.setattr("sys.argv", ["generate.py", "--check"])
    monkeypatch.syspath_prepend(SOURCE.parent)  # as it is when the script runs
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(SOURCE), run_name="__main__")
    assert end.value.code == 0, capsys.readouterr().err


@cache
def anchors(path: Path) -> frozenset[str]:
    """Return what can be linked to on a page: headings, as GitHub spells their anchors, and explicit anchors."""
    text = FENCED.sub("", path.read_text(encoding="utf-8"))
    headings = (re.sub(r"[^\w\- ]", "", found.lower()).replace(" ", "-") for found in HEADING.findall(text))
    return frozenset((*headings, *ANCHOR.findall(text)))


@for_each("page", PAGES, ids=page_name)
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    """No page points to a file that is not there, nor to a place that a page does not have."""
    for target in LINK.findall(CODE.sub("``", page.read_text(encoding="utf-8"))):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        path = page.parent / name if name else page
        assert path.exists(), f"{page_name(page)} points to {target}"
        assert not anchor or anchor in anchors(path), f"{page_name(page)} points to {target}"


@for_each("page", PAGES, ids=page_name)
def test_tests_that_a_page_names_exist(page: Path) -> None:
    """A test named as proof can be run."""
    for file, *names in TEST.findall(page.read_text(encoding="utf-8")):
        path = ROOT / file
        assert path.is_file(), f"{page_name(page)} names {file}"
        text = path.read_text(encoding="utf-8")
        for name in filter(None, names):
            assert re.search(rf"(?:def|class) {name}\b", text), f"{page_name(page)} names {name} of {file}"


@for_each("page", PAGES, ids=page_name)
def test_commands_that_a_page_names_exist(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command that is written on a page can be typed."""
    named = {tuple(found.split()) for found in COMMAND.findall(page.read_text(encoding="utf-8"))}
    for words in {words[:2] if words[0] in GROUPS else words[:1] for words in named}:
        assert twi([*words, "--help"]) == 0, f"{page_name(page)} names twi {' '.join(words)}"
    capsys.readouterr()


def test_the_program_in_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """Embedding is as short as it is said to be."""
    found = PROGRAM.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert found is not None
    assert len(found[1].splitlines()) <= 10
    code = compile(found[1], "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    asyncio.run(eval(code, {}))
    assert "title='map'" in capsys.readouterr().out


@for_each("page", ADRS, ids=page_name)
def test_a_decision_is_one_page_in_five_parts(page: Path) -> None:
    """Each decision says why, what, what follows, what else was possible, and what holds it."""
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == list(SECTIONS)
    assert len(text.splitlines()) <= 60
    assert f"# {page.name[:4]}. " in text


def test_decisions_are_numbered_once_and_without_gaps() -> None:
    """A number names one decision for good."""
    assert [page.name[:4] for page in ADRS] == [f"{number:04d}" for number in range(1, len(ADRS) + 1)]
