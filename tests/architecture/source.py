"""The source as a graph of names: what is defined where, and what each definition refers to. Nothing is run."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias, TypeGuard

Place: TypeAlias = tuple[str, str]
"""A module, and a name at its top level; no name stands for the module itself."""
Trees: TypeAlias = Mapping[str, ast.Module]
"""The modules' trees by their names."""
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

ROOTS: Final = ("", "adapters", "entrypoints")
"""Folders of `src` that hold packages."""


def read(source: Path) -> Trees:
    """Read every module below `src`."""
    found: dict[str, ast.Module] = {}
    for root in ROOTS:
        for path in sorted((source / root).glob("twi_*/**/*.py")):
            parts = path.relative_to(source / root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def parse(**modules: str) -> Trees:
    """Make a small tree for a test; `__` in a name stands for a dot."""
    return {name.replace("__", "."): ast.parse(text) for name, text in modules.items()}


@dataclass
class Reached:
    """Hold what can be reached: places, and the methods that are called, of one class or of whatever has them."""

    places: set[Place] = field(default_factory=set)
    methods: set[tuple[Place | None, str]] = field(default_factory=set)

    def calls(self, owner: Place, name: str) -> bool:
        """Say whether a method of a class that is reached can be called."""
        return name.startswith("__") or not self.methods.isdisjoint({(owner, name), (None, name)})


@dataclass(frozen=True)
class Part:
    """Be a piece of code to look at, and the class that `self` is of in it."""

    module: str
    node: ast.AST
    owner: Place | None = None


class Names:
    """Know what each name of each module stands for."""

    def __init__(self, trees: Trees) -> None:
        self.trees = trees
        self.defined: dict[Place, ast.stmt] = {}
        self._imported: dict[Place, Place] = {}
        for module, tree in trees.items():
            for node in ast.walk(tree):
                self._note_import(module, node)
            for statement in tree.body:
                self._note_definition(module, statement)

    def _note_import(self, module: str, node: ast.AST) -> None:
        match node:
            case ast.ImportFrom(module=str(origin), names=names):
                for name in names:
                    inner = f"{origin}.{name.name}"
                    target = (inner, "") if inner in self.trees else (origin, name.name)
                    self._imported[module, name.asname or name.name] = target
            case ast.Import(names=names):
                for name in names:
                    if name.asname or "." not in name.name:
                        self._imported[module, name.asname or name.name] = (name.name, "")
            case _:
                pass

    def _note_definition(self, module: str, statement: ast.stmt) -> None:
        for name in targets(statement):
            value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
            if isinstance(value, ast.Name):
                self._imported[module, name] = (module, value.id)  # another name for the same thing
            else:
                self.defined[module, name] = statement

    def origin(self, module: str, name: str) -> Place:
        """Follow imports, re-exports and other names to where a name is defined."""
        place, seen = (module, name), set[Place]()
        while place not in self.defined and place in self._imported and place not in seen:
            seen.add(place)
            place = self._imported[place]
        return place

    def place_of(self, module: str, node: ast.expr) -> Place | None:
        """Give what an expression refers to where it is a name, or a name of an imported module."""
        match node:
            case ast.Name(id=name):
                return self.origin(module, name)
            case ast.Attribute(value=ast.Name(id=name), attr=attr):
                found = self.origin(module, name)
                return self.origin(found[0], attr) if found[1] == "" else None
            case _:
                return None

    def text(self, module: str, node: ast.expr | None) -> str | None:
        """Give the text of an expression where it is a constant, or the name of one."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        place = None if node is None else self.place_of(module, node)
        statement = None if place is None else self.defined.get(place)
        if place is None or not isinstance(statement, ast.Assign | ast.AnnAssign):
            return None
        return self.text(place[0], statement.value)

    def reach(self, module: str, *starts: ast.AST) -> set[Place]:
        """Give every place that code can reach: through names, and through methods that are called on what it names.

        A class that is reached brings its special methods, and those of whose names one is called anywhere on the way;
        what is called on `self` is of that class, if it has it.
        """
        found = Reached()
        waiting = [
            Part(module, start, (module, start.name) if isinstance(start, ast.ClassDef) else None) for start in starts
        ]
        resting: list[tuple[Part, Place, str]] = []
        while waiting:
            part = waiting.pop()
            for place in self._mentioned(part, part.node, found):
                if place in found.places or place not in self.defined:
                    continue
                found.places.add(place)
                statement = self.defined[place]
                if not isinstance(statement, ast.ClassDef):
                    waiting.append(Part(place[0], statement))
                    continue
                waiting += [Part(place[0], node) for node in (*statement.bases, *statement.decorator_list)]
                for inner in statement.body:
                    if isinstance(inner, Function):
                        resting.append((Part(place[0], inner, place), place, inner.name))
                    else:
                        waiting.append(Part(place[0], inner))
            called = [entry for entry in resting if found.calls(entry[1], entry[2])]
            waiting += [entry[0] for entry in called]
            resting = [entry for entry in resting if entry not in called]
        return found.places

    def _mentioned(self, part: Part, node: ast.AST, found: Reached) -> Iterator[Place]:
        """Give what a piece of code names, but for what a policy lists; note the methods it calls or hands on."""
        if is_call_of(node, "Policy"):
            return
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                found.methods.add((part.owner if self._has(part.owner, name) else None, name))
            case ast.Call(func=ast.Attribute(attr=name)) if not _of_self(node):
                found.methods.add((None, name))
            case _:
                pass
        if isinstance(node, ast.Name | ast.Attribute) and (place := self.place_of(part.module, node)) is not None:
            yield place
        for child in ast.iter_child_nodes(node):
            yield from self._mentioned(part, child, found)

    def _has(self, owner: Place | None, name: str) -> bool:
        kind = None if owner is None else self.defined[owner]
        return isinstance(kind, ast.ClassDef) and any(name in targets(part) for part in kind.body)


def _of_self(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"))):
            return True
        case _:
            return False


def targets(statement: ast.stmt) -> Iterator[str]:
    """Give the names that a statement at the top level defines."""
    match statement:
        case ast.Assign(targets=given):
            yield from (target.id for target in given if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case _:
            pass


def is_call_of(node: ast.AST, *names: str) -> TypeGuard[ast.Call]:
    """Say whether a node calls something of such a name."""
    return isinstance(node, ast.Call) and called(node) in names


def called(node: ast.Call) -> str:
    """Give the last part of the name of what is called."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
