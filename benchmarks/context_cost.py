"""The cost of a context, in its own files and elsewhere: `python -m benchmarks.context_cost [REVISION ...]`.

A context's own files are those whose path names it. Elsewhere, every line of source or configuration counts that names
it: its package, a module of its name in another package, its classes (`LinksApi`, `LinksUnit`), its name or one of its
operations as a string. Lines of other tests are counted separately: they use it as an example, and a new context needs
none of them.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final, NamedTuple

CONTEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "links": ("links", "link"),
    "permissions": ("permissions", "permission"),
    "limits": ("limits", "limit", "throttling"),
    "settings": ("settings", "setting"),
    "failures": ("failures", "failure", "bugs"),
    "tokens": ("tokens", "token", "access"),
}
"""Each context with the words that name it in a path; the last word of some is a former name."""
MODULES: Final[Mapping[str, tuple[str, ...]]] = {"limits": ("limits", "throttling"), "tokens": ("tokens", "access")}
"""The names of a context's modules, if there was an earlier one."""
PROCESS: Final = frozenset({"twi_runtime", "unit/runtime", "twi_core/kernel", "unit/kernel"})
"""Paths in which a context's name means something of the process or the kernel."""


class Cost(NamedTuple):
    """Files and lines: a context's own, those elsewhere in source and configuration, those of other tests."""

    own_files: int
    own_lines: int
    shared_files: int
    shared_lines: int
    test_lines: int


def costs(revision: str) -> Iterator[tuple[str, Cost]]:
    """Yield the cost of each context at a revision."""
    files = {path: _text(revision, path) for path in _paths(revision)}
    for context, words in CONTEXTS.items():
        own = {path for path in files if _is_own(path, words)}
        named = _naming(context)
        elsewhere = {path: len(named.findall(text)) for path, text in files.items() if path not in own}
        shared = {path: lines for path, lines in elsewhere.items() if lines and not path.startswith("tests/")}
        tests = sum(lines for path, lines in elsewhere.items() if path.startswith("tests/"))
        lines = sum(files[path].count("\n") for path in own)
        yield context, Cost(len(own), lines, len(shared), sum(shared.values()), tests)


def _paths(revision: str) -> Iterator[str]:
    listed = _git(
        "ls-tree", "-r", "--name-only", revision, "src", "tests", "migrations", "pyproject.toml", "docs/generate.py"
    )
    return (path for path in listed.splitlines() if path.endswith((".py", ".toml")))


def _text(revision: str, path: str) -> str:
    return _git("show", f"{revision}:{path}")


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout


def _is_own(path: str, words: tuple[str, ...]) -> bool:
    if any(part in path for part in PROCESS):
        return False
    return any(set(re.split(r"[_.]", part)) & set(words) for part in PurePosixPath(path).parts)


def _naming(context: str) -> re.Pattern[str]:
    """Return a pattern that matches each line that names a context, once."""
    names = "|".join(MODULES.get(context, (context,)))
    classes = "|".join(f"{name.capitalize()}(?:Api|Unit)" for name in MODULES.get(context, (context,)))
    constants = "|".join(name.upper() for name in MODULES.get(context, (context,)))
    named = rf"\btwi_\w+\.(?:{names})\b|\b(?:{classes}|{constants})\b|[\"'](?:{names})(?:\.[\w*]+)?[\"']"
    return re.compile(rf"^.*(?:{named}).*$", re.MULTILINE)


def main(revisions: list[str]) -> None:
    """Print a table for each revision."""
    for revision in revisions or ["HEAD"]:
        print(f"\n### {revision}\n")
        print("| context | own files | own lines | elsewhere: files | elsewhere: lines | lines of other tests |")
        print("|---|---|---|---|---|---|")
        for context, cost in costs(revision):
            print(f"| {context} | {' | '.join(map(str, cost))} |")


if __name__ == "__main__":
    main(sys.argv[1:])
