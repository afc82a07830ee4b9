"""Does `nox -s affected` miss what the whole suite finds? Break one context in many small ways, and see.

    uv run python -m benchmarks.mutants links --count 50 --seed 9

Each mutant is one small change to a copy of the sources: a comparison turned round, a condition or a default reversed,
a number or a key changed, a statement left out. Those tests of what `affected` chooses that are named after the context
run against each mutant. The survivors are put into one copy together, and the others of its choice run against that
one; each test that fails then runs against each survivor alone, until no test fails any more. In the same way, the rest
of the suite then runs against those that are left: whichever is found there is one that `affected` has missed.
"""

import argparse
import ast
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from typing_extensions import override

from tests.affected import NOTHING_CHOSEN, ROOT, Choice, Suite, commands, file_of

OPPOSITES: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
KEY_LENGTH: Final = 20
"""Longer texts are sentences, which no test repeats."""
HANGING: Final = 7200
"""Seconds after which a run of tests counts as hanging; it lasts that long only if pytest's own limit doesn't help."""
ENDING: Final = 60
"""Seconds that an interrupted run has to stop its workers and servers."""
OPTIONS: Final = ("-q", "-p", "no:cacheprovider", "--no-header", "--tb=no", "--maxfail=40")


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
    seconds: float = HANGING

    def put(self, mutants: Sequence[Mutant]) -> None:
        """Copy the sources again, and change them."""
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

    def failures(self, tests: Sequence[str], *options: str) -> list[str]:
        """Run tests, and return those that fail, or a line instead if they hang."""
        if not tests:  # pytest would run all
            return []
        source = [self.root, self.root / "src", *(self.root / "src").glob("[ae]*s")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, source))}
        command = [sys.executable, "-m", "pytest", *OPTIONS, *options, *tests]
        with tempfile.TemporaryFile("w+") as output:  # a pipe would stay open as long as one of its processes lives
            process = subprocess.Popen(command, cwd=self.root, env=environment, stdout=output, stderr=output, text=True)
            if not _ended(process, self.seconds):
                return [f"hangs for longer than {self.seconds:.0f} seconds"]
            if process.returncode in (0, NOTHING_CHOSEN):
                return []
            output.seek(0)
            printed = output.read()
        return re.findall(r"^(?:FAILED|ERROR) (tests/.+?)(?: - .*)?$", printed, re.MULTILINE) or [printed]


def _ended(process: subprocess.Popen[str], seconds: float) -> bool:
    """Return whether a run ended by itself in time; stop it otherwise."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(ENDING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return False
    return True


def failures(mutants: Sequence[Mutant], tests: Sequence[str], *options: str) -> list[str]:
    """Return the tests that fail in a new copy with mutants."""
    with tempfile.TemporaryDirectory(prefix="twi-mutants-") as folder:
        copy = Copy(Path(folder))
        copy.put(mutants)
        return copy.failures(tests, *options)


def survivors(mutants: Sequence[Mutant], what: str, workers: int, parts: Sequence[Sequence[str]]) -> list[Mutant]:
    """Return those that no test finds: each part of the tests runs against all together, what fails against each."""
    left = list(mutants)
    for part in parts:
        while left and (failed := failures(left, part, f"--numprocesses={workers}", "--dist=worksteal")):
            print(f"{what}: {len(failed)} tests fail against {len(left)} mutants", flush=True)
            tests = sorted({test.partition("[")[0] for test in failed if test.startswith("tests/")}) or list(part)
            if unsteady := failures([], tests):
                print("These fail without a mutant too:", *unsteady, sep="\n  ", flush=True)
            steady = [test for test in tests if test not in unsteady]
            found = find(left, workers, dict.fromkeys(left, steady))
            if not found:
                print("These fail against no mutant alone:", *failed, sep="\n  ", flush=True)
                break
            left = [mutant for mutant in left if mutant not in found]
    return left


def find(mutants: Sequence[Mutant], workers: int, tests: Mapping[Mutant, Sequence[str]]) -> list[Mutant]:
    """Return the mutants that one of their tests finds, each in a copy without the others."""
    with ThreadPoolExecutor(workers) as pool:
        found = {mutant: pool.submit(failures, [mutant], tests[mutant], "-x") for mutant in mutants}
        for mutant, failed in found.items():
            print("found:" if failed.result() else "lives:", mutant, *failed.result()[:1], flush=True)
    return [mutant for mutant, failed in found.items() if failed.result()]


def report(found: Sequence[Mutant], what: str) -> None:
    """Print what became of mutants."""
    for mutant in found:
        print(f"{what}: {mutant}", flush=True)


def main() -> None:
    """Try the mutants, and print what found each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("context")
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--affected-only", action="store_true", help="leave out the rest of the suite")
    given = parser.parse_args()
    files = [path for path in (ROOT / "src").rglob("*.py") if _belongs(path.relative_to(ROOT), given.context)]
    every = [mutant for path in sorted(files) for mutant in mutants_of(path.relative_to(ROOT).as_posix())]
    chosen = random.Random(given.seed).sample(every, given.count)
    suite = Suite()
    named = {mutant: [file for file in _files(suite, mutant) if given.context in Path(file).stem] for mutant in chosen}
    if failed := failures([], sorted({file for files in named.values() for file in files})):
        sys.exit(f"fail without a mutant: {failed}")
    by_name = find(chosen, given.workers, named)
    left = [mutant for mutant in chosen if mutant not in by_name]
    for package in sorted({_package(mutant.path) for mutant in left}):
        ours = [mutant for mutant in left if _package(mutant.path) == package]
        kept = survivors(ours, "affected", given.workers, _shared([suite.choose([mutant.path]) for mutant in ours]))
        left = [mutant for mutant in left if mutant in kept or mutant not in ours]
    print(f"`affected` finds {given.count - len(left)} of {given.count}", flush=True)
    report(left, "survives")
    if left and not given.affected_only:
        kept = survivors(left, "missed", given.workers, [[file_of(module) for module in sorted(suite.modules)]])
        print(f"The whole suite finds {len(left) - len(kept)} more", flush=True)


def _files(suite: Suite, mutant: Mutant) -> list[str]:
    return [file_of(module) for module in sorted(suite.choose([mutant.path]).whole)]


def _shared(choices: Sequence[Choice]) -> list[list[str]]:
    """Return what pytest is to run: what is chosen for each of several mutants."""
    whole = set.intersection(*(choice.whole for choice in choices))
    cases = set.intersection(*(choice.cases for choice in choices))
    return commands(Choice(whole, cases, choices[0].contexts))


def _package(path: str) -> str:
    return next(part for part in Path(path).parts if part.startswith("twi_"))


def _belongs(path: Path, context: str) -> bool:
    """Return whether a file is of a context in the core, a storage or an entrypoint; the sandbox is for show."""
    package = _package(str(path))
    return package != "twi_sandbox" and path.parts[path.parts.index(package) + 1].removesuffix(".py") == context


if __name__ == "__main__":
    main()
