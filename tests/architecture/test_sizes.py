"""Files and functions stay small enough to be read at once, and one net catches everything."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
FILE_LINES: Final = 300
FUNCTION_LINES: Final = 40

BROAD: Final = {
    "src/twi_core/pipeline/guard.py": "the net under every use case",
    "src/twi_core/failures/rules/recording.py": "noting a bug must not fail because of what it is",
    "src/twi_core/kernel/invalidations.py": "what is committed stays so, whatever a cache makes of it",
    "src/adapters/twi_cache/shared.py": "what answers in place of Redis may be anything, and the library too",
    "src/entrypoints/twi_runtime/opening/failure_writing.py": "foreign notifiers stop no writing",
    "src/entrypoints/twi_cli/main.py": "the edge of the process",
    "src/entrypoints/twi_discord/calls/running.py": "the net under whatever Discord sends",
    "src/entrypoints/twi_discord/commands/hybrids.py": "what foreign checks raise becomes an error of the command",
    "src/entrypoints/twi_runtime/logs/writer.py": "the log goes on, whatever its target meets",
    "src/entrypoints/twi_runtime/logs/records.py": "what logs must not fail because of what they hold",
}
"""Files that may catch everything for good, each with its reason; elsewhere it must be raised again at once."""


def sources() -> dict[str, str]:
    paths = sorted(path for path in (ROOT / "src").rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def long_functions(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1 - _docstring_lines(node)
            if lines > FUNCTION_LINES:
                yield f"{node.name} ({lines} lines)"


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    documented = ast.get_docstring(node) is not None
    return (first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0


def broad_catches(tree: ast.Module) -> Iterator[int]:
    """Yield the lines that swallow everything: a broad `except` that does not end by raising, or such a `suppress`."""
    for node in ast.walk(tree):
        match node:
            case ast.ExceptHandler(type=kind, body=body) if kind is None or _is_broad(kind):
                if not (isinstance(body[-1], ast.Raise) and body[-1].exc is None):
                    yield node.lineno
            case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=args):
                if any(_is_broad(argument) for argument in args):
                    yield node.lineno
            case _:
                pass


def _is_broad(kind: ast.expr) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(isinstance(one, ast.Name) and one.id in {"Exception", "BaseException"} for one in kinds)


def test_files_are_short() -> None:
    """No source file has more than three hundred lines."""
    found = {path: text.count("\n") + 1 for path, text in sources().items()}
    assert len(found) > 60
    assert {path: lines for path, lines in found.items() if lines > FILE_LINES + 1} == {}


def test_functions_are_short() -> None:
    """No function has more than forty lines beside its docstring."""
    found = {path: list(long_functions(ast.parse(text))) for path, text in sources().items()}
    assert {path: names for path, names in found.items() if names} == {}


def test_one_net_catches_everything() -> None:
    """Only the guard and the named edges swallow whatever is raised; the list names no file that does not."""
    found = {path for path, text in sources().items() if list(broad_catches(ast.parse(text)))}
    assert found == set(BROAD)


@pytest.mark.parametrize(
    ("body", "caught"),
    [
        ("try: x()\nexcept Exception: pass", True),
        ("try: x()\nexcept: pass", True),
        ("try: x()\nexcept (ValueError, BaseException): log()", True),
        ("with suppress(Exception): x()", True),
        ("with contextlib.suppress(BaseException): x()", True),
        ("try: x()\nexcept BaseException:\n    undo()\n    raise", False),
        ("try: x()\nexcept ValueError: pass", False),
        ("with suppress(OSError): x()", False),
    ],
)
def test_the_check_finds_them(body: str, caught: bool) -> None:
    """A broad net is found in each of its forms; one that raises again is none."""
    assert bool(list(broad_catches(ast.parse(body)))) is caught


def test_the_check_measures() -> None:
    """A function one line too long is found, one that just fits is not; its docstring does not count."""
    for extra, found in ((0, 0), (1, 1)):
        code = 'def f():\n    """Do.\n\n    More.\n    """\n' + "    x()\n" * (FUNCTION_LINES - 1 + extra)
        assert len(list(long_functions(ast.parse(code)))) == found
