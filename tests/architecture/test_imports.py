"""The contracts of pyproject.toml hold, and no folder escapes them."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from twi_core.application import Application
from twi_core.kernel.contexts import offered

ROOT: Final = Path(__file__).parents[2]
CORE_MAY_IMPORT: Final = {"twi_core", "pydantic", "pydantic_core", "annotated_types", "returns", "typing_extensions"}
FOLDERS: Final = ("src", "src/adapters", "src/entrypoints")


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


def packages() -> set[str]:
    found = {path.parent.name for folder in FOLDERS for path in (ROOT / folder).glob("*/*.py")}
    return found - {"adapters", "entrypoints"}


def contract(settings: dict[str, Any], name: str) -> dict[str, Any]:
    contracts = settings["tool"]["importlinter"]["contracts"]
    return next(found for found in contracts if found["id"] == name)


def layered(layers: list[str]) -> set[str]:
    return {name.strip(" ()") for layer in layers for name in layer.replace("|", ":").split(":")}


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute"
            yield (node.module or "").partition(".")[0]


def test_the_import_contracts_hold() -> None:
    """Entrypoints stand on the runtime, that on adapters, those on the core; contexts do not know one another."""
    program = Path(sys.executable).with_name("lint-imports")  # within this process it would switch loggers off
    ran = subprocess.run([program, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_every_package_is_declared_everywhere(settings: dict[str, Any]) -> None:
    """A new package takes part in the contracts, in coverage and in the check of dependencies."""
    tool = settings["tool"]
    assert set(tool["importlinter"]["root_packages"]) == packages()
    assert layered(contract(settings, "packages")["layers"]) == packages()
    assert set(tool["coverage"]["run"]["source_pkgs"]) == packages()
    assert set(tool["deptry"]["known_first_party"]) == packages()


def test_every_folder_of_the_core_is_a_context_or_what_contexts_stand_on() -> None:
    """A folder beside `kernel` and `pipeline` is a context, and the application offers it."""
    folders = {path.parent.name for path in (ROOT / "src/twi_core").glob("*/__init__.py")}
    assert folders - {"kernel", "pipeline"} == {context.name for context in offered(Application)}


def test_a_context_holds_parts_of_known_names_only(settings: dict[str, Any]) -> None:
    """What the contract about the inside of contexts does not name would escape it."""
    known = layered(contract(settings, "context")["layers"])
    for context in offered(Application):
        folder = ROOT / "src/twi_core" / context.name
        parts = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
        assert parts - known - {"__init__"} == set(), context


@pytest.mark.parametrize(
    ("package", "others"),
    [
        ("adapters/twi_memory", set()),
        ("adapters/twi_postgres", set()),
        ("entrypoints/twi_cli", {"errors", "main", "root"}),
        ("entrypoints/twi_discord", {"errors"}),
        ("entrypoints/twi_sandbox", {"errors", "main"}),
    ],
)
def test_contexts_stand_at_the_top_of_each_package_and_mechanism_in_folders(package: str, others: set[str]) -> None:
    """What a package has for a context is in the module of the context's name, so that it is found by that name."""
    contexts = {context.name for context in offered(Application)}
    top = {path.stem for path in (ROOT / "src" / package).glob("*.py")} - {"__init__"}
    assert top - contexts == others


def test_the_folders_of_packages_are_no_packages() -> None:
    """`import adapters` and `import entrypoints` find none of our packages."""
    assert not list(ROOT.glob("src/*.py"))
    assert not list(ROOT.glob("src/adapters/*.py"))
    assert not list(ROOT.glob("src/entrypoints/*.py"))
    assert all(name.startswith("twi_") for name in packages())


def test_the_core_imports_only_its_three_dependencies() -> None:
    """Anyone who embeds the core installs nothing else."""
    for file in (ROOT / "src/twi_core").rglob("*.py"):
        foreign = set(imported(file)) - set(sys.stdlib_module_names) - CORE_MAY_IMPORT
        assert not foreign, f"{file.relative_to(ROOT)} imports {', '.join(sorted(foreign))}"
