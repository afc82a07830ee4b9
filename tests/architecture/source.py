"""The source, parsed."""

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias

Trees: TypeAlias = Mapping[str, ast.Module]
"""The modules' trees by their names."""

ROOTS: Final = ("", "adapters", "entrypoints")
"""Folders of `src` that hold packages."""


def read(source: Path) -> Trees:
    """Return the tree of every module below `src`."""
    found: dict[str, ast.Module] = {}
    for root in ROOTS:
        for path in sorted((source / root).glob("twi_*/**/*.py")):
            parts = path.relative_to(source / root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def parse(**modules: str) -> Trees:
    """Return the trees of a few lines, for a test; `__` in a name stands for a dot."""
    return {name.replace("__", "."): ast.parse(text) for name, text in modules.items()}
