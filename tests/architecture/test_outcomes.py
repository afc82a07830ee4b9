"""No Outcome is dropped: callers look at the answer of what may refuse."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from twi_core.application import Application
from twi_core.kernel.contexts import offered
from twi_core.kernel.handling import declared_use_cases

SOURCE: Final = Path(__file__).parents[2] / "src"
APIS: Final = {each.name: {name for name, _ in declared_use_cases(each.api)} for each in offered(Application)}


def returns_outcome(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a function's annotation is `Outcome[...]`, also as text or under a module's name."""
    annotation = node.returns
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = ast.parse(annotation.value, mode="eval").body
    return annotation is not None and ast.unparse(annotation).split("[")[0].split(".")[-1] == "Outcome"


def answering(trees: list[ast.Module]) -> tuple[set[str], set[str]]:
    """Return the names of functions that answer an Outcome: those to await, and the others."""
    awaited: set[str] = set()
    plain: set[str] = set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and returns_outcome(node):
                (awaited if isinstance(node, ast.AsyncFunctionDef) else plain).add(node.name)
    return awaited - {"__call__"}, plain - {"__call__"}


def dropped(tree: ast.Module, awaited: set[str], plain: set[str]) -> Iterator[int]:
    """Yield the lines on which the answer of such a function is thrown away, or kept only as `_`."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=value) | ast.Assign(targets=[ast.Name(id="_")], value=value):
                if isinstance(value, ast.Await):
                    thrown = _name(value.value) in awaited or _is_operation(value.value)
                else:
                    thrown = _name(value) in plain
                if thrown:
                    yield node.lineno
            case _:
                pass


def _name(called: ast.expr) -> str:
    match called:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name
        case _:
            return ""


def _is_operation(called: ast.expr) -> bool:
    """Return whether it is a call such as `app.links.add(...)`."""
    match called:
        case ast.Call(func=ast.Attribute(value=ast.Attribute(value=ast.Name(id="unit")))):
            return False  # a repository of a unit, which may be called like its context
        case ast.Call(func=ast.Attribute(value=ast.Attribute(attr=context) | ast.Name(id=context), attr=name)):
            return name in APIS.get(context, set())
        case _:
            return False


def test_no_outcome_is_dropped() -> None:
    """In the whole source, no statement throws the answer of such a function away."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))}
    awaited, plain = answering(list(trees.values()))
    assert len(trees) > 60
    assert {"call", "managed_link"} <= awaited
    assert {"decode", "parse_object", "read_cursor", "operation"} <= plain
    found = [f"{path}:{line}" for path, tree in trees.items() for line in dropped(tree, awaited, plain)]
    assert found == []


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("async def f():\n    await app.links.add(command, context)", [2]),
        ("async def f():\n    _ = await operation.call({}, context)", [2]),
        ("decode(Command, raw)", [1]),
        ("x = decode(Command, raw)", []),
        ("async def f():\n    return await app.links.add(command, context)", []),
        ("seen.add(one)", []),
        ("async def f():\n    await unit.links.add(link)", []),
        ("async def f():\n    await self.edit(view)", []),
        ("async def f():\n    match await app.links.add(c, x):\n        case _: pass", []),
    ],
)
def test_the_check_finds_them(code: str, lines: list[int]) -> None:
    """The check finds a dropped answer, and leaves a used one alone."""
    assert list(dropped(ast.parse(code), {"call"}, {"decode"})) == lines
