"""Python in pages: each block runs, with the names that its page takes for granted."""

import ast
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import SimpleNamespace
from typing import Any, Final

import pytest

from tests.app import Who, build
from tests.integration.pages.blocks import ROOT, Block

PACKAGES: Final = ("twi_core", "twi_discord", "twi_memory", "twi_runtime")


@dataclass(frozen=True)
class Quote:
    """The domain object of the context that the guide adds."""

    id: int
    guild: int
    number: int


class MemoryQuotes:
    """The repository of that context."""

    def __init__(self, view: Any) -> None:
        self.view = view


class Notifier:
    """Somebody who is notified of bugs."""

    async def notify(self, bug: object) -> None:
        """See `Notifier` of the failures."""


async def run_programs(found: Sequence[Block]) -> None:
    """Run the blocks of a page in one namespace; names that none defines are found where the project defines them.

    A block that needs what a later one defines is run after that.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("twi_core.kernel.settings._declared", {})
        names, waiting = await _given(), list(found)
        while waiting:
            left = [block for block in waiting if not await _ran(block, names)]
            assert len(left) < len(waiting), f"{left[0]} needs a name that neither its page nor the project defines"
            waiting = left


async def _ran(block: Block, names: dict[str, Any]) -> bool:
    """Run a block, and return whether it has all its names."""
    used = {node.id for node in ast.walk(ast.parse(block.text)) if isinstance(node, ast.Name)}
    for name in used - names.keys() & _index().keys():
        names[name] = getattr(import_module(_index()[name]), name)
    code = compile(block.text, str(block), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    try:
        made = eval(code, names)
        if inspect.isawaitable(made):
            await made
    except NameError:
        return False
    return True


async def _given() -> dict[str, Any]:
    """Return what blocks take for granted: an application, and what its use cases are called with and return."""
    bench = build()
    (await bench.call("links.add", Who.AUTHOR, title="map", content="https://wanderinginn.com/map")).unwrap()
    return {
        "__name__": "twi_core.quotes",
        "app": bench.app,
        "context": bench.by(Who.MEMBER),
        "link": (await bench.call("links.info", Who.MEMBER, title="map")).unwrap(),
        "notifier": Notifier(),
        "self": SimpleNamespace(_settings=bench.app.settings_of),
        "Quote": Quote,
        "MemoryQuotes": MemoryQuotes,
    }


@cache
def _index() -> Mapping[str, str]:
    """Return the module that defines each public name."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        folder = next(ROOT.glob(f"src/**/{package}"))
        for path in sorted(folder.rglob("*.py")):
            module = ".".join(path.relative_to(folder.parent).with_suffix("").parts).removesuffix(".__init__")
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                match node:
                    case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                        found.setdefault(name, module)
                    case ast.AnnAssign(target=ast.Name(id=name)):
                        found.setdefault(name, module)
                    case _:
                        pass
    return {"Final": "typing", "final": "typing", "replace": "dataclasses", **found}
