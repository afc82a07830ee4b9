"""SQL is built from the models; where it is written as text is a short list."""

import ast
from pathlib import Path
from typing import Final

import pytest

SOURCE: Final = Path(__file__).parents[2] / "src"
ALLOWED: Final = {
    "adapters/twi_embedded/cluster.py": "CREATE DATABASE, and who owns the server, before there are models",
    "adapters/twi_postgres/database/adoption.py": "ALTER TABLE … SET SCHEMA, for which SQLAlchemy has no word",
    "adapters/twi_postgres/database/notifications.py": "whether a connection that only listens still lives",
}
"""Modules below src that hold raw SQL, each with what cannot be said otherwise; migrations are no part of src."""
MAKERS: Final = frozenset({"text", "exec_driver_sql", "DDL", "literal_column", "TextClause"})
"""What makes SQL of a text in SQLAlchemy."""


def raw_sql(tree: ast.AST) -> list[str]:
    """Return the calls in a module that make SQL of a text: by SQLAlchemy's makers, or by a statement to a cursor."""
    makers = _makers(tree)
    return [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (_name(node.func) in makers or _executes_text(node))
    ]


def _makers(tree: ast.AST) -> set[str]:
    """Return what the makers are called in a module; `text` is none where it is ours, for sentences."""
    makers = set(MAKERS)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    theirs = [node for node in imports if str(node.module).startswith("sqlalchemy")]
    whole = any(isinstance(node, ast.Import) and node.names[0].name == "sqlalchemy" for node in ast.walk(tree))
    if imports and not whole and not any(name.name == "text" for node in theirs for name in node.names):
        makers.remove("text")
    return makers | {name.asname for node in theirs for name in node.names if name.name in MAKERS and name.asname}


def _name(function: ast.expr) -> str:
    match function:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _executes_text(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    written = isinstance(first, ast.JoinedStr) or (isinstance(first, ast.Constant) and isinstance(first.value, str))
    return written and _name(call.func) in {"execute", "executemany", "copy"}


def test_raw_sql_stands_only_where_it_is_listed() -> None:
    """A module outside the list builds its statements from the models, and each module of the list still holds some."""
    modules = {path.relative_to(SOURCE).as_posix(): path for path in SOURCE.rglob("*.py")}
    found = {name: raw_sql(ast.parse(path.read_text(encoding="utf-8"))) for name, path in modules.items()}
    assert {name: calls for name, calls in found.items() if calls and name not in ALLOWED} == {}
    assert [name for name in ALLOWED if not found.get(name)] == []


@pytest.mark.parametrize(
    "line",
    [
        "from sqlalchemy import text as sql\nsql('SELECT 1')",
        "import sqlalchemy as sa\nfrom typing import Any\nsa.text('SELECT 1')",
        "text('SELECT 1')",
        "sa.text(f'{x}')",
        "c.exec_driver_sql('x')",
        "c.execute('SELECT 1')",
        "DDL('x')",
    ],
)
def test_raw_sql_is_recognised(line: str) -> None:
    """The search finds what it looks for."""
    assert raw_sql(ast.parse(line))
    assert not raw_sql(ast.parse("select(Row).where(Row.text == text)"))
    assert not raw_sql(ast.parse("from twi_core.kernel.language import text\ntext('Nothing was changed.')"))
