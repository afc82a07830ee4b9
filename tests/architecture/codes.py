"""Read the source for error codes: where they are defined, raised, given their facts, and declared."""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, TypeAlias

from tests.architecture.source import Function, Names, Place, Trees, called, is_call_of, targets

CODE: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
WORD: Final = re.compile(r"\{([a-z_]+)\}")
REGISTRY: Final = "twi_core.kernel.errors"
"""The one module that may construct codes."""
TELLING: Final = {"twi_http.refusals", "twi_http.openapi", "twi_runtime.registry"}
"""Modules that only tell of codes; a code that occurs nowhere else is raised nowhere."""
ENDS: Final = {"RuntimeFailure": None, "FatalServerError": "SETTINGS"}
"""What ends the process with an error, and the exit code that it has by itself; none is that of the kind."""

Keys: TypeAlias = tuple[frozenset[str], bool]
"""The keys that a mapping has for certain, and whether these are all."""
NONE: Final[Keys] = (frozenset(), True)


@dataclass(frozen=True)
class Definition:
    """Hold a definition: its code, its place if it has a name, and its texts where they can be read."""

    code: str
    module: str
    line: int
    place: Place | None = None
    message: str | None = None
    hint: str | None = None


class Codes:
    """Know the codes of a source."""

    def __init__(self, trees: Trees) -> None:
        self.names = Names(trees)
        self.definitions = list(self._defined())
        self.at: Mapping[Place, Definition] = {found.place: found for found in self.definitions if found.place}
        self._constants = {
            place: code
            for place, statement in self.names.defined.items()
            if isinstance(statement, ast.Assign | ast.AnnAssign)
            and (code := self.names.text(place[0], statement.value)) in self.codes()
            and code is not None
        }

    def codes(self) -> set[str]:
        """Give every code that is defined."""
        return {found.code for found in self.definitions}

    def _defined(self) -> Iterator[Definition]:
        for module, tree in self.names.trees.items():
            makers = {"define_error": _Maker(), **dict(_makers(tree))} if module != REGISTRY else {}
            for statement in tree.body:
                named = next(targets(statement), None) if not isinstance(statement, Function | ast.ClassDef) else None
                for node in () if isinstance(statement, Function) else ast.walk(statement):
                    if not isinstance(node, ast.Call) or called(node) not in makers:
                        continue
                    given = makers[called(node)].arguments(node)
                    code = self.names.text(module, given.get("code"))
                    whole = getattr(statement, "value", None) is node
                    yield Definition(
                        code=code or ast.unparse(node),
                        module=module,
                        line=node.lineno,
                        place=(module, named) if named and whole else None,
                        message=self.names.text(module, given.get("message")),
                        hint=self.names.text(module, given.get("hint")),
                    )

    def unregistered(self, registered: AbstractSet[str], others: Collection[str] = ()) -> list[str]:
        """Give each code that is used and not in the registry; `others` are names that only look like codes."""
        found = [f"{d.module}:{d.line} {d.code}" for d in self.definitions if d.code not in registered]
        words = {code.partition(".")[0] for code in registered}
        for module, tree in self.names.trees.items():
            examples = {value for node in ast.walk(tree) for value in _examples(node)}
            for node in ast.walk(tree):
                if node in examples:
                    continue
                if is_call_of(node, "ErrorCode") and module != REGISTRY:
                    found.append(f"{module}:{node.lineno} ErrorCode")
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                    known = node.value in registered or node.value in others
                    if node.value.partition(".")[0] in words and not known:
                        found.append(f"{module}:{node.lineno} {node.value}")
        return sorted(set(found))

    def unused(self) -> list[str]:
        """Give each code that nothing raises.

        To import it, to re-export it, to list it in a policy, to ask for its text and to tell of it is no use.
        """
        return sorted(self.codes() - {code for code, _ in self.used()})

    def used(self) -> set[tuple[str, str]]:
        """Give each code that is used, with the package that uses it."""
        return {
            (code, module.partition(".")[0])
            for module, tree in self.names.trees.items()
            for statement in (() if module in TELLING else tree.body)
            for code in self._used(module, statement, own=statement)
        }

    def _used(self, module: str, node: ast.AST, own: ast.stmt) -> Iterator[str]:
        match node:
            case ast.Import() | ast.ImportFrom():
                return
            case ast.Attribute(value=ast.Name(), attr="code"):
                return
            case ast.Name(ctx=ast.Load()) | ast.Attribute(ctx=ast.Load()):
                code = self._code(module, node)
                if code is not None and not isinstance(getattr(own, "value", None), ast.Name):
                    yield code
            case ast.Constant(value=str(text)) if text in self.codes() and isinstance(own, Function | ast.ClassDef):
                yield text  # as `PydanticCustomError` takes it
            case _ if is_call_of(node, "Policy"):
                return
            case _:
                pass
        for child in ast.iter_child_nodes(node):
            yield from self._used(module, child, own)

    def _code(self, module: str, node: ast.expr) -> str | None:
        """Give the code that a name stands for, also where an adapter knows it only as text."""
        place = self.names.place_of(module, node)
        if place is None:
            return None
        return self.at[place].code if place in self.at else self._constants.get(place)

    def lacking(self) -> list[str]:
        """Give each error that is raised without a fact that its message or its hint needs."""
        found = []
        for module, tree in self.names.trees.items():
            for scope, node in _calls(tree):
                found += [f"{module}:{node.lineno} {word}" for word in self._lacking(module, scope, node)]
        return found

    def _lacking(self, module: str, scope: ast.AST, node: ast.Call) -> Iterator[str]:
        if called(node) not in {"AppError", "TextError", "PydanticCustomError"} or not node.args:
            return
        code = self._code(module, node.args[0]) or self.names.text(module, node.args[0])
        definition = next((found for found in self.definitions if found.code == code), None)
        if definition is None or definition.message is None or definition.hint is None:
            return
        templates = [definition.message]
        given = frozenset({"field"}), True
        if called(node) == "AppError":
            params = _argument(node, 1, "params")
            given = _keys(scope, params) if params is not None else NONE
            templates += self._hints(module, _argument(node, 2, "hint_template"), definition.hint)
        else:
            templates.append(definition.hint)
            more = [word.arg for word in node.keywords if word.arg]
            third = _keys(scope, node.args[2]) if len(node.args) > 2 else NONE
            given = given[0] | frozenset(more) | third[0], third[1] and all(word.arg for word in node.keywords)
        wanted = {word for template in templates for word in WORD.findall(template)}
        if given[1]:
            yield from sorted(wanted - given[0])

    def _hints(self, module: str, node: ast.expr | None, usual: str) -> list[str]:
        match node:
            case None | ast.Constant(value=None):
                return [usual]
            case ast.IfExp(body=one, orelse=other):
                return [*self._hints(module, one, usual), *self._hints(module, other, usual)]
            case _:
                return [self.names.text(module, node) or ""]

    def policies(self) -> Mapping[str, tuple[set[str], set[str]]]:
        """Give for each policy, by its operation's name, the codes it declares and those its use case can reach."""
        found = {}
        for module, tree in self.names.trees.items():
            for kind in (statement for statement in tree.body if isinstance(statement, ast.ClassDef)):
                policy = _policy(kind)
                if policy is not None:
                    name = self.names.text(module, _argument(policy, None, "name")) or f"{module}:{policy.lineno}"
                    errors = _argument(policy, None, "errors")
                    declared = self.names.reach(module, errors) if errors else set[Place]()
                    found[name] = (self._codes_at(declared), self._codes_at(self.names.reach(module, kind)))
        return found

    def _codes_at(self, places: AbstractSet[Place]) -> set[str]:
        return {self.at[place].code for place in places if place in self.at}

    def undeclared(self, exempt: AbstractSet[str]) -> list[str]:
        """Give each code that a use case can reach and its policy does not name; `exempt` ones go without saying."""
        found = self.policies().items()
        return [f"{name} {code}" for name, (told, can) in found for code in sorted(can - told - exempt)]

    def unreachable(self) -> list[str]:
        """Give each code that a policy names and its use case cannot reach."""
        return [f"{name} {code}" for name, (told, can) in self.policies().items() for code in sorted(told - can)]

    def told_by(self) -> set[tuple[str, str]]:
        """Give each code that a package raises by itself, with that package; `twi` where it ends the process."""
        found, told = set(), set[ast.AST]()
        for module, tree in self.names.trees.items():
            for _, node in _calls(tree):  # what surrounds a call comes before it
                ending = called(node) in ENDS and bool(node.args)
                raised = node.args[0] if ending else node
                if (code := self._raised(module, raised)) is not None and raised not in told:
                    told.add(raised)
                    found.add((code, "twi" if ending else module.partition(".")[0]))
        return found

    def ends(self) -> set[tuple[str, str | None]]:
        """Give each code that ends the process, with the name of its exit code; none is that of the kind."""
        found = set()
        for module, tree in self.names.trees.items():
            for _, node in _calls(tree):
                code = self._raised(module, node.args[0]) if called(node) in ENDS and node.args else None
                if code is not None:
                    own = _argument(node, 1, "exit_code")
                    found.add((code, own.attr if isinstance(own, ast.Attribute) else ENDS[called(node)]))
        return found

    def _raised(self, module: str, node: ast.expr) -> str | None:
        if is_call_of(node, "AppError") and node.args:
            return self._code(module, node.args[0])
        return None


def _examples(node: ast.AST) -> Iterator[ast.AST]:
    """Give what the example of a definition is made of; it may hold what is misspelt."""
    example = _argument(node, None, "example") if is_call_of(node, "define_error") else None
    return iter(()) if example is None else ast.walk(example)


def _policy(kind: ast.ClassDef) -> ast.Call | None:
    """Give the call that makes a use case's policy."""
    for part in kind.body:
        if isinstance(part, ast.AnnAssign) and part.value is not None and "policy" in targets(part):
            return part.value if is_call_of(part.value, "Policy") else None
    return None


@dataclass(frozen=True)
class _Maker:
    """Be a function that defines a code: what it gives to `define_error` for each argument of its own."""

    parameters: tuple[str, ...] = ("code", "kind")
    gives: Mapping[str, ast.expr] | None = None

    def arguments(self, call: ast.Call) -> Mapping[str, ast.expr]:
        """Give the arguments of `define_error` that a call stands for."""
        given = dict(zip(self.parameters, call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        if self.gives is None:
            return given
        return {
            name: given.get(value.id, value) if isinstance(value, ast.Name) else value
            for name, value in self.gives.items()
        }


def _makers(tree: ast.Module) -> Iterator[tuple[str, _Maker]]:
    """Give the functions of a module that define codes for their callers."""
    for function in tree.body:
        for node in ast.walk(function) if isinstance(function, Function) else ():
            if isinstance(function, Function) and is_call_of(node, "define_error"):
                parameters = tuple(argument.arg for argument in function.args.args)
                yield function.name, _Maker(parameters, _Maker().arguments(node))


def _calls(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Give each call with the function it is made in."""

    def inside(scope: ast.AST, node: ast.AST) -> Iterator[tuple[ast.AST, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call):
                yield scope, child
            yield from inside(child if isinstance(child, Function) else scope, child)

    return inside(tree, tree)


def _argument(call: ast.Call, position: int | None, name: str) -> ast.expr | None:
    if position is not None and position < len(call.args):
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _keys(scope: ast.AST, node: ast.expr) -> Keys:
    """Read the keys of a mapping as far as they are written out, also where a variable of the function holds it."""
    match node:
        case ast.Dict(keys=keys):
            names = [key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
            return frozenset(names), len(names) == len(keys)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            one, other = _keys(scope, left), _keys(scope, right)
            return one[0] | other[0], one[1] and other[1]
        case ast.IfExp(body=left, orelse=right):
            one, other = _keys(scope, left), _keys(scope, right)
            return one[0] & other[0], one[1] and other[1]
        case ast.Name(id=name):
            given = [value for value in map(_value, ast.walk(scope)) if value and value[0] == name]
            return _keys(scope, given[0][1]) if len(given) == 1 else (frozenset(), False)
        case _:
            return frozenset(), False


def _value(node: ast.AST) -> tuple[str, ast.expr] | None:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return name, value
        case _:
            return None
