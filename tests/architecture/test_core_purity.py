"""The core uses nothing but its ports: no clock, no chance, no files, no environment, no output."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

CORE: Final = Path(__file__).parents[2] / "src" / "twi_core"
MODULES: Final = frozenset(
    (
        *("time", "random", "secrets", "uuid", "os", "sys", "io", "pathlib", "tempfile", "shutil", "socket", "ssl"),
        *("subprocess", "threading", "multiprocessing", "asyncio", "signal", "urllib.request", "http", "sqlite3"),
    )
)
CALLS: Final = frozenset({"open", "print", "input", "eval", "exec", "compile", "breakpoint", "__import__"})
NOW: Final = frozenset({"now", "utcnow", "today", "fromtimestamp", "utcfromtimestamp"})


def impure(tree: ast.Module) -> Iterator[str]:
    """Yield each use of what only an adapter may use."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (f"{node.lineno} {name.name}" for name in names if _forbidden(name.name))
            case ast.ImportFrom(module="asyncio", names=[ast.alias(name="Event" | "Lock")]):
                pass  # callers may wait for one another; that is neither time nor chance
            case ast.ImportFrom(module=str(module)) if _forbidden(module):
                yield f"{node.lineno} {module}"
            case ast.Call(func=ast.Name(id=name)) if name in CALLS:
                yield f"{node.lineno} {name}"
            case ast.Attribute(value=ast.Name(id="datetime" | "date") | ast.Attribute(attr="datetime"), attr=name):
                if name in NOW:
                    yield f"{node.lineno} {name}"
            case _:
                pass


def _forbidden(module: str) -> bool:
    parts = module.split(".")
    return any(".".join(parts[:count]) in MODULES for count in range(1, len(parts) + 1))


def test_the_core_is_pure() -> None:
    """No file of the core reads a clock, draws a number, sleeps, opens, prints or looks at the environment."""
    files = sorted(CORE.rglob("*.py"))
    assert len(files) > 40
    found = [f"{path}:{use}" for path in files for use in impure(ast.parse(path.read_text(encoding="utf-8")))]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        *("import time", "from random import choice", "import os.path", "from uuid import uuid4", "import asyncio"),
        *("from urllib.request import urlopen", "open('x')", "print(1)", "eval('1')", "datetime.now(UTC)"),
        *("datetime.datetime.utcnow()", "date.today()", "clock = datetime.now"),
    ],
)
def test_the_check_finds_them(code: str) -> None:
    """Each forbidden use is found."""
    assert list(impure(ast.parse(code)))


@pytest.mark.parametrize(
    "code", ["self._clock.now()", "from urllib.parse import urlsplit", "import json", "timeout = 1"]
)
def test_the_check_leaves_ports_alone(code: str) -> None:
    """A port's clock, and modules that only compute, are no finding."""
    assert list(impure(ast.parse(code))) == []
