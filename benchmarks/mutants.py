"""Does `nox -s affected` miss what the whole suite finds? Break one context in many small ways, and see.

    uv run python -m benchmarks.mutants links --count 50 --seed 9

Each mutant is one small change to a copy of the sources: a comparison turned round, a condition or a default reversed,
a number or a key changed, a statement left out. What `affected` chooses runs against each one until a test fails. Those
that survive are then put into one copy together, and everything that `affected` left out runs against them: each
failure there is a mutant that it has missed, or an unsteady test.
"""

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from typing_extensions import override

from tests.affected import NOTHING_CHOSEN, ROOT, Choice, Suite, file_of

OPPOSITES: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
KEY_LENGTH: Final = 20
"""Longer texts are sentences, which no test repeats."""
OPTIONS: Final = ("-q", "-x", "-p", "no:cacheprovider", "--no-header", "--tb=line")


@dataclass(frozen=True)
class Mutant:
    """One small change: the part of the file that is replaced, and by what."""

    path: str
    line: int
    start: int
    end: int
    text: str
    was: str

    @override
    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.was!r} -> {self.text!r}"


def mutants_of(path: str) -> Iterator[Mutant]:
    """Yield each small change that there is to a file."""
    source = (ROOT / path).read_text("utf-8")
    offsets = [0]
    for line in source.encode().splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    tree = ast.parse(source)
    skipped = {id(inner) for node in ast.walk(tree) for outer in _silent(node) for inner in ast.walk(outer)}
    for node in ast.walk(tree):
        if id(node) in skipped or not isinstance(node, ast.expr | ast.stmt):
            continue
        if (changed := _changed(node)) is not None and node.end_lineno and node.end_col_offset is not None:
            start, end = offsets[node.lineno - 1] + node.col_offset, offsets[node.end_lineno - 1] + node.end_col_offset
            yield Mutant(path, node.lineno, start, end, changed, source.encode()[start:end].decode())


def _silent(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what has no effect while a program runs: types, docstrings and lists of names."""
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
        yield node
    if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation:
        yield node.annotation
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns:
        yield node.returns
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node
    if isinstance(node, ast.Subscript):
        yield node.slice


def _changed(node: ast.expr | ast.stmt) -> str | None:
    match node:
        case ast.Compare(left, [operator, *more], comparators) if type(operator) in OPPOSITES:
            return ast.unparse(ast.Compare(left, [OPPOSITES[type(operator)](), *more], comparators))
        case ast.BoolOp(operator, values):
            return f"({ast.unparse(ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values))})"
        case ast.IfExp(test, body, orelse):
            return f"({ast.unparse(ast.IfExp(test, orelse, body))})"
        case ast.UnaryOp(ast.Not(), operand):
            return f"bool({ast.unparse(operand)})"
        case ast.Constant(bool(value)):
            return str(not value)
        case ast.Constant(int(value)):
            return str(value + 1)
        case ast.Constant(str(value)) if 0 < len(value) <= KEY_LENGTH and " " not in value:
            return repr(f"{value}_x")
        case ast.Expr(ast.Call() | ast.Await()):
            return "pass"
        case _:
            return None


@dataclass
class Copy:
    """A copy of the sources in which mutants are put; the tests and the environment are our own."""

    root: Path

    def put(self, mutants: Sequence[Mutant]) -> None:
        """Copy the sources anew, and change them."""
        shutil.rmtree(self.root / "src", ignore_errors=True)
        for name in ("src", "tests", "migrations", "docs", "examples", "benchmarks"):
            shutil.copytree(ROOT / name, self.root / name, dirs_exist_ok=True)
        for file in ROOT.iterdir():
            if file.is_file():
                shutil.copy(file, self.root)
        for mutant in sorted(mutants, key=lambda mutant: -mutant.start):
            file = self.root / mutant.path
            source = file.read_bytes()
            file.write_bytes(source[: mutant.start] + mutant.text.encode() + source[mutant.end :])

    def failures(self, modules: set[str], *options: str) -> list[str]:
        """Run test modules, and return the lines that name a failure."""
        if not modules:
            return []
        source = [self.root, self.root / "src", *(self.root / "src").glob("[ae]*s")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, source))}
        command = [sys.executable, "-m", "pytest", *options, *(file_of(module) for module in _quick_first(modules))]
        ran = subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, check=False)
        if ran.returncode in (0, NOTHING_CHOSEN):
            return []
        told = [line for line in ran.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return told or [ran.stdout[-300:] + ran.stderr[-300:]]


def _quick_first(modules: set[str]) -> list[str]:
    order = ("tests.unit", "tests.architecture", "tests.integration.discord", "")
    return sorted(modules, key=lambda module: (next(at for at, begin in enumerate(order) if begin in module), module))


def found_by_affected(copy: Copy, choice: Choice, parallel: list[str]) -> list[str]:
    """Return the first failure among what `affected` runs: its quick parts before the others."""
    quick = {module for module in choice.whole if module.startswith("tests.unit.")}
    for modules, more in ((quick, []), (choice.whole - quick, parallel)):
        if failed := copy.failures(modules, *OPTIONS, *more):
            return failed
    return copy.failures(choice.cases, *OPTIONS, *parallel, "-k", " or ".join(choice.contexts))


def main() -> None:
    """Try the mutants, and print what became of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("context")
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--numprocesses", default="3")
    parser.add_argument("--alone", action="store_true", help="do not run what was left out")
    given = parser.parse_args()
    files = [path for path in (ROOT / "src").rglob("*.py") if _belongs(path.relative_to(ROOT).parts, given.context)]
    every = [mutant for path in sorted(files) for mutant in mutants_of(path.relative_to(ROOT).as_posix())]
    chosen = random.Random(given.seed).sample(every, given.count)
    parallel = ["--numprocesses", given.numprocesses, "--dist=worksteal"]
    suite, survivors = Suite(), list[Mutant]()
    with tempfile.TemporaryDirectory(prefix="twi-mutants-") as folder:
        copy = Copy(Path(folder))
        copy.put([])
        if failed := found_by_affected(copy, suite.choose([mutant.path for mutant in chosen]), parallel):
            sys.exit(f"fails without a mutant: {failed[0]}")
        for number, mutant in enumerate(chosen, 1):
            copy.put([mutant])
            failed = found_by_affected(copy, suite.choose([mutant.path]), parallel)
            survivors += [] if failed else [mutant]
            print(number, mutant, "--", failed[0] if failed else "SURVIVES", flush=True)
        print(f"{given.count - len(survivors)} of {given.count} found by what `affected` runs", flush=True)
        if survivors and not given.alone:
            copy.put(survivors)
            rest = suite.modules.difference(*(suite.choose([mutant.path]).whole for mutant in survivors))
            print(*copy.failures(rest, "-q", *parallel), sep="\n")


def _belongs(parts: Sequence[str], context: str) -> bool:
    """Tell the files of a context in the core, the storages and the entrypoints; the sandbox is for show."""
    package = next(at for at, part in enumerate(parts) if part.startswith("twi_"))
    return parts[package] != "twi_sandbox" and parts[package + 1].removesuffix(".py") == context


if __name__ == "__main__":
    main()
