"""Every placeholder of a message in the source has a value: one without would be shown with its braces."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from twi_core.kernel.language import PLACEHOLDER

SOURCE: Final = Path(__file__).parents[2] / "src"
FORMS: Final = {"text": 1, "say": 1, "plural": 2}
"""What fills messages in, and how many of its first arguments are forms of one."""


def unfilled(tree: ast.AST) -> Iterator[str]:
    """Yield the calls whose values aren't those that their messages have places for."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORMS):
            continue
        messages = [part for form in node.args[: FORMS[node.func.id]] for part in ast.walk(form)]
        texts = [part.value for part in messages if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        wanted = {name for each in texts for name in PLACEHOLDER.findall(each)}
        given = {word.arg for word in node.keywords}
        if texts and None not in given and wanted - {"count"} != given - {"count"}:
            yield ast.unparse(node)


def test_every_placeholder_has_a_value() -> None:
    """Messages and the names of their values agree."""
    found = {str(path): list(unfilled(ast.parse(path.read_bytes()))) for path in SOURCE.rglob("*.py")}
    assert {path: calls for path, calls in found.items() if calls} == {}


@pytest.mark.parametrize("line", ["text('{a}')", "say('{a}', b=1)", "plural('a', '{count} {b}', 1)", "text('a', a=1)"])
def test_a_missing_value_is_found(line: str) -> None:
    """The search finds what it looks for."""
    assert list(unfilled(ast.parse(line)))
    assert not list(unfilled(ast.parse("plural('a {b}', '{count} {b}', 2, b=1)")))
