"""Code and pages use plain words, as `docs/writing.md` lists them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PLACES: Final = (
    "src/twi_core",
    "src/adapters",
    "src/entrypoints",
    "tests",
    "migrations",
    "benchmarks",
    "docs",
    "examples",
    ".github",
    "noxfile.py",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
)
SUFFIXES: Final = frozenset({".py", ".md", ".mako", ".js", ".css", ".html", ".toml", ".yml"})
WRITING: Final = "docs/writing.md"
"""Its tables list the words and show examples of them."""
EXCEPTIONS: Final = frozenset({"tests/architecture/test_words.py"})

OPENINGS: Final = re.compile(r"(?:give|say|tell|be|hold|let|see that)\b", re.IGNORECASE)
WORDS: Final = re.compile(
    r"(?<![a-z])(?:told|tell|tells|telling|hears?|heard|hearers?|at[ _]hand|turn(?:s|ed|ing)?[ _]away"
    r"|vouch(?:es|ed|ing)?|of its own(?= *(?:[^\w\s]|$))|anew|be it|whoever|somebody['\u2019]s|what is asked)(?![a-z])",
    re.IGNORECASE,
)
"""What `docs/writing.md` replaces; "of its own" only where no noun follows, as in "a code of its own"."""


def files(place: str) -> dict[str, str]:
    """Return the texts in a folder, or of a file, by name."""
    start = ROOT / place
    paths = [start] if start.is_file() else sorted(start.rglob("*"))
    kept = [path for path in paths if path.suffix in SUFFIXES and path.is_file() and "__pycache__" not in path.parts]
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in kept}
    return {name: text for name, text in texts.items() if name not in EXCEPTIONS}


def archaic_docstrings(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the beginning of each docstring, also of an attribute, that starts with a banned verb."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))) if OPENINGS.match(text.lstrip()):
                yield node.lineno, text.strip().splitlines()[0]
            case _:
                pass


def banned_words(name: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the word of each banned word, except in the tables of the page that lists them."""
    for number, line in enumerate(text.splitlines(), start=1):
        if name == WRITING and line.startswith("|"):
            continue
        for found in WORDS.finditer(line):
            yield number, found[0]


@pytest.mark.parametrize("place", PLACES)
def test_docstrings_begin_with_a_plain_verb_or_a_noun(place: str) -> None:
    """No docstring begins with Give, Say, Tell, Be, Hold, Let or See that."""
    sources = {name: text for name, text in files(place).items() if name.endswith(".py")}
    found = [f"{name}:{line}: {text}" for name, source in sources.items() for line, text in archaic_docstrings(source)]
    assert not found, f"{len(found)} docstrings:\n" + "\n".join(found)


@pytest.mark.parametrize("place", PLACES)
def test_no_line_holds_a_word_that_we_dropped(place: str) -> None:
    """Code and pages hold none of the words that `docs/writing.md` replaces."""
    found = [f"{name}:{line}: {word}" for name, text in files(place).items() for line, word in banned_words(name, text)]
    assert not found, f"{len(found)} words:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        '"""Tell the time."""',
        'class A:\n    """Be a thing."""',
        'def a():\n    """Give it."""',
        'A = 1\n"""Say it."""',
        'async def a():\n    """\n    See that it is so."""',
    ],
)
def test_an_archaic_docstring_is_found(source: str) -> None:
    """Docstrings are looked at wherever they stand: module, class, function and attribute."""
    assert len(list(archaic_docstrings(source))) == 1


@pytest.mark.parametrize(
    "line", ["def _told() -> None:", "told_by = 1", "Kept at hand.", "a hearer", "a code of its own."]
)
def test_a_banned_word_is_found(line: str) -> None:
    """Words are found in names with underscores and in any case."""
    assert list(banned_words("a.py", line))


@pytest.mark.parametrize("line", ["intelligent", "because of its own limits", "retold", "teller"])
def test_a_longer_word_is_no_offence(line: str) -> None:
    """A banned word within a longer one is left alone."""
    assert not list(banned_words("a.py", line))
