"""What is shown in Discord is composed of templates in the code; no type checker sees whether one is a literal."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Final

import pytest

from tests.architecture.source import parse, read

SOURCE: Final = Path(__file__).parents[2] / "src"
MAKERS: Final = {"twi_discord.replies.markup", "twi_discord.replies.message"}
"""Modules that may declare a text to be markup."""
TEMPLATES: Final = {"say": 0, "join": 0, "block": 1}
"""Functions that take markup as a text, and where."""


def calls(tree: ast.Module, name: str) -> Iterator[ast.Call]:
    """Yield the calls of a function, by its own name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def problems(module: str, tree: ast.Module) -> Iterator[str]:
    """Yield which templates are no literals, do not fit their values, or read more than names."""
    if module not in MAKERS:
        yield from (f"{module}:{call.lineno} declares markup" for call in calls(tree, "Markup") if call.args)
        yield from (
            f"{module}:{call.lineno} escapes by hand" for call in calls(tree, "escape") if ".replies." not in module
        )
    for name, place in TEMPLATES.items():
        for call in calls(tree, name):
            if len(call.args) > place and not _literals(call.args[place]):
                yield f"{module}:{call.lineno} {name} takes a literal"
    for call in calls(tree, "say"):
        given = {keyword.arg for keyword in call.keywords}
        for template in _literals(call.args[0]):
            fields = [(field, spec, how) for _, field, spec, how in Formatter().parse(template) if field is not None]
            if {field for field, *_ in fields} != given or any(spec or how for _, spec, how in fields):
                yield f"{module}:{call.lineno} {template!r} does not fit its values"


def _literals(node: ast.expr) -> list[str]:
    """Return the texts that an expression stands for; none where it is no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return _literals(node.body) + _literals(node.orelse)
    return []


def test_templates_are_literals_that_fit_their_values() -> None:
    """No user's text becomes a template, and each template has the values that it names, and no others."""
    trees = {module: tree for module, tree in read(SOURCE).items() if module.startswith("twi_discord")}
    assert sum(1 for tree in trees.values() for _ in calls(tree, "say")) > 50
    assert [
        found
        for module, tree in trees.items()
        if module != "twi_discord.replies.markup"
        for found in problems(module, tree)
    ] == []


@pytest.mark.parametrize(
    "written",
    [
        "say(title)",
        "say(f'**{title}**')",
        "say('a' + title)",
        "say('{title}')",
        "say('{title}', name=title)",
        "say('{title.name}', title=title)",
        "say('{title!r}', title=title)",
        "join(title, parts)",
        "block(text, title)",
        "Markup(title)",
        "escape(title)",
    ],
)
def test_others_are_found(written: str) -> None:
    """Each way in which a text could become markup is found."""
    (tree,) = parse(twi_discord__links=written).values()
    assert len(list(problems("twi_discord.links", tree))) == 1
