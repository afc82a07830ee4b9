"""The tests that a change can break, by what imports what and by the independence of contexts.

Run by `nox -s affected`. `lint-imports` holds that no other context knows a context. So what a change to one can break
are the tests about it, the unit tests that import what was changed, and the cases named after it of the tests that go
through every context, as far as they go through the package that was changed; where that is an entrypoint, also its own
tests that call the context; where it holds tables, also the tests of all tables. What a change to anything else can
break are the tests that import it, at however many removes, and the tests that start programs. All others are left out,
and named.
"""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final, final

import grimp

from tests.integration.pages.blocks import pages

ROOT: Final = Path(__file__).parents[1]
CONTEXTS: Final = {path.stem for path in (ROOT / "tests" / "contexts").glob("[a-z]*.py")}
GENERATED: Final = "tests.contexts"
"""What the tests are made from that go through every context."""
STARTS_PROGRAMS: Final = "subprocess"
"""The word in a test, or in what it stands on, that starts programs; no import says what it reaches."""
ENTRYPOINTS: Final = {path.name for path in (ROOT / "src" / "entrypoints").glob("twi_*")}
CHECKS_ALL: Final = "tests.architecture."
"""The tests that read the sources; they always run."""
LONG_CHECKS: Final = {"tests.architecture.test_benchmarks", "tests.architecture.test_hanging"}
"""But for these, which read none."""
TABLES: Final = "twi_postgres"
TESTS_OF_TABLES: Final = {"tests.integration.postgres.test_indexes", "tests.integration.postgres.test_migrations"}
"""The tests that compare all tables with their history, and all indexes with the queries they are for."""
UNIT: Final = "tests.unit."
NO_CODE: Final = ("docs/", "noxfile.py", ".github/")
"""What only those tests read, but for what is run below."""
OURSELVES: Final = "tests.affected"
PAGES: Final = "tests.integration.pages"
"""The tests that run the examples of pages."""
GENERATOR: Final = "tests.architecture.generator"
"""What tests load the generator of pages with."""
BENCHMARKS: Final = "tests.architecture.test_benchmarks"
NOTHING_CHOSEN: Final = 5
"""How pytest ends where no case has the name."""


@dataclass
class Choice:
    """Test modules that run as a whole, and those of which only the cases of some contexts run."""

    whole: set[str] = field(default_factory=set)
    cases: set[str] = field(default_factory=set)
    contexts: set[str] = field(default_factory=set)


def context_of(module: str) -> str | None:
    """Return the context that a module belongs to by its name."""
    package, *parts = module.split(".")
    if package != "tests":
        return parts[0] if parts and parts[0] in CONTEXTS else None
    if parts[:2] in (["unit", "runtime"], ["unit", "kernel"]):  # settings of the process, and of the kernel
        return None
    words = [*parts[:-1], *parts[-1].split("_")] if parts else []
    return next((word for word in words if word in CONTEXTS), None)


def module_of(path: str) -> str:
    """Return the name of the module in a file."""
    parts = Path(path).with_suffix("").parts
    start = 0 if parts[0] == "tests" else next((at for at, part in enumerate(parts) if part.startswith("twi_")), 0)
    return ".".join(part for part in parts[start:] if part != "__init__")


def file_of(module: str) -> str:
    """Return the file of a test module."""
    return f"{module.replace('.', '/')}.py"


@final
class Suite:
    """All test modules, and what they import."""

    def __init__(self) -> None:
        source = ROOT / "src"
        packages = sorted({path.parent.name for path in source.rglob("twi_*/__init__.py")})
        self._graph = grimp.build_graph("tests", *packages, cache_dir=None)
        self.known = self._graph.modules
        self.modules = {module for module in self.known if module.split(".")[-1].startswith("test_")}
        for module in self.modules:  # the fixtures of its folder are as good as imported
            if (fixtures := f"{module.rpartition('.')[0]}.conftest") in self.known - {"tests.conftest"}:
                self._graph.add_import(importer=module, imported=fixtures)

    def choose(self, changed: Iterable[str]) -> Choice:
        """Return what changes to files can break."""
        choice = Choice()
        for path in changed:
            if path.endswith(".md") or path.startswith(("benchmarks/", *NO_CODE)):
                choice.whole |= self._running(path)
                continue
            module = module_of(path)
            context = context_of(module)
            if context is not None and path.startswith("tests/contexts/"):
                choice.cases |= self._generated
            elif path.startswith("tests/") and path.endswith("conftest.py"):
                choice.whole |= {each for each in self.modules if each.startswith(module.removesuffix("conftest"))}
            elif path.startswith("tests/") and path.endswith(".py"):
                choice.whole |= self._that_reach(module)
            elif not path.endswith(".py") and (naming := self._naming(path)):
                choice.whole |= naming
            elif not path.startswith("src/") or (context is None and module not in self.known):
                choice.whole |= self.modules
            elif context is None:
                choice.whole |= self._that_reach(module) | self._starting
            else:
                self._choose_within(choice, module, context)
            if context is not None and path.startswith(("src/", "tests/contexts/")):
                choice.contexts.add(context)
        choice.whole |= {module for module in self.modules if module.startswith(CHECKS_ALL)} - LONG_CHECKS
        choice.cases -= choice.whole
        return choice

    def _running(self, path: str) -> set[str]:
        """Return what runs or reads a file that is part of no package, besides the tests that always run."""
        if path.startswith("benchmarks/") and path.endswith(".py"):
            return {BENCHMARKS}
        if path.startswith("docs/") and path.endswith(".py"):
            return self._that_reach(GENERATOR)
        return self._naming(path) | (self._that_reach(PAGES) if ROOT / path in pages() else set())

    def _naming(self, path: str) -> set[str]:
        """Return the tests that reach a module with a file's name in it; those that always run count for nothing."""
        named = re.compile(rf"""["/]{re.escape(Path(path).name)}["']""")
        reading = {module for module, text in self._texts.items() if named.search(text)}
        left = (module for module in reading if not module.startswith((PAGES, CHECKS_ALL)))
        return set[str]().union(*map(self._that_reach, left))

    def _choose_within(self, choice: Choice, changed: str, context: str) -> None:
        """Add what a change to a context can break, as far as it goes through the package that was changed."""
        package = changed.partition(".")[0]
        whole, through = self._about(context) | self._importing(changed, context), self._that_reach(package)
        if package in ENTRYPOINTS:
            whole |= self._calling(context, package)
        if package == TABLES:
            whole |= TESTS_OF_TABLES
        choice.whole |= whole & through
        choice.cases |= self._generated & through

    def _about(self, context: str) -> set[str]:
        return {module for module in self.modules - self._generated if context_of(module) == context}

    def _calling(self, context: str, package: str) -> set[str]:
        """Return the tests of an entrypoint, but of no other context, that name one of the context's operations."""
        called, folder = re.compile(rf"""["'/!]{context}?[ .][a-z]"""), package.removeprefix("twi_")
        return {
            module
            for module in self.modules
            if module.split(".")[2] == folder
            and context_of(module) is None
            and called.search((ROOT / file_of(module)).read_text("utf-8"))
        }

    def _importing(self, changed: str, context: str) -> set[str]:
        """Return the unit tests that import what was changed, or what depends on it within the context."""
        found, fresh = {changed}, {changed}
        while fresh:
            importing = {each for module in fresh for each in self._importers(module)}
            fresh = {module for module in importing if context_of(module) == context} - found
            found |= fresh
        importing = found | {each for module in found for each in self._importers(module)}
        return {module for module in self.modules & importing if module.startswith(UNIT)}

    def _importers(self, module: str) -> set[str]:
        known = module in self.known
        return self._graph.find_modules_that_directly_import(module) if known else set()

    def _that_reach(self, module: str) -> set[str]:
        """Return the test modules that import a module or one below it, at however many removes, and itself."""
        below = {each for each in self.known if each == module or each.startswith(f"{module}.")}
        return self.modules & below.union(*(self._graph.find_downstream_modules(each) for each in below))

    @cached_property
    def _generated(self) -> set[str]:
        return self._that_reach(GENERATED)

    @cached_property
    def _starting(self) -> set[str]:
        """Return the tests that start programs, by a word in them or in what they import of the tests."""
        starts = {each for each, text in self._texts.items() if each.startswith("tests.") and STARTS_PROGRAMS in text}
        return {each for module in starts for each in self._that_reach(module)}

    @cached_property
    def _texts(self) -> dict[str, str]:
        """Return the text of each module but this one."""
        files = (path for folder in ("src", "tests") for path in (ROOT / folder).rglob("*.py"))
        found = {module_of(file.relative_to(ROOT).as_posix()): file.read_text("utf-8") for file in files}
        return {module: text for module, text in found.items() if module in self.known - {OURSELVES}}


def changed_since(base: str) -> list[str]:
    """Return the files that differ from where the work left a branch, with those that git doesn't know yet."""

    def git(*words: str) -> list[str]:
        ran = subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True)
        return ran.stdout.splitlines()

    (start,) = git("merge-base", base, "HEAD")
    return sorted({*git("diff", "--name-only", start), *git("ls-files", "--others", "--exclude-standard")})


def commands(choice: Choice) -> list[list[str]]:
    """Return what pytest is to run: whole modules, and the cases of the contexts."""
    parts: list[tuple[list[str], set[str]]] = [
        ([], choice.whole),
        (["-k", " or ".join(sorted(choice.contexts))], choice.cases),
    ]
    return [[*only, *map(file_of, sorted(modules))] for only, modules in parts if modules]


def folders(modules: Iterable[str], suite: Iterable[str]) -> str:
    """Name test modules, a folder instead of all that are in it."""
    sizes, missing = (Counter(file_of(module).rpartition("/")[0] for module in part) for part in (suite, modules))
    whole = {folder for folder, size in missing.items() if size == sizes[folder]}
    names = {file if (folder := file.rpartition("/")[0]) not in whole else folder for file in map(file_of, modules)}
    return ", ".join(sorted(name.removeprefix("tests/") for name in names))


def main(*options: str) -> int:
    """Run what the changes since a branch can break; what follows the branch goes to pytest."""
    base = options[0] if options and not options[0].startswith("-") else "main"
    suite, changed = Suite(), changed_since(base)
    choice = suite.choose(changed)
    pytest = [sys.executable, "-m", "pytest", *(option for option in options if option != base)]
    ended = [subprocess.run([*pytest, *part], cwd=ROOT, check=False).returncode for part in commands(choice)]
    print(f"\nChanged since {base}: {', '.join(changed) or 'nothing'}")
    if choice.cases:
        print(f"Only cases of {', '.join(sorted(choice.contexts))}: {folders(choice.cases, suite.modules)}")
    print(f"Left out: {folders(suite.modules - choice.whole - choice.cases, suite.modules) or 'nothing'}")
    return max((code for code in ended if code != NOTHING_CHOSEN), default=0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
