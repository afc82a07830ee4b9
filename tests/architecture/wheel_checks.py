"""What somebody gets who installs the wheel. `nox -s wheel` runs these on what it built; pytest alone finds none."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
DIST: Final = Path(os.environ.get("TWI_TEST_DIST", ROOT / "dist"))
UV: Final = os.environ.get("UV", "uv")
PACKAGES: Final = {path.parent.name: path.parent for path in ROOT.glob("src/**/twi_*/__init__.py")}
CORE_ALONE: Final = {
    "annotated-types",
    "pydantic",
    "pydantic-core",
    "returns",
    "twi-core",
    "typing-extensions",
    "typing-inspection",
}
IMPORT_ALL: Final = """
import importlib, pkgutil, twi_core, twi_memory
for package in (twi_core, twi_memory):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
"""


def wheel(folder: Path = DIST) -> Path:
    (found,) = folder.glob("*.whl")
    return found


def contents(path: Path) -> dict[str, int]:
    with zipfile.ZipFile(path) as archive:
        return {entry.filename: entry.CRC for entry in archive.infolist() if not entry.is_dir()}


def installed(into: Path, extras: str = "") -> Path:
    """Make an environment with the wheel in it, and give the folder of its programs."""
    subprocess.run([UV, "venv", "--quiet", "--clear", "--python", sys.executable, into], check=True)
    programs = into / "bin"
    wanted = f"twi-core{extras} @ {wheel().as_uri()}"
    subprocess.run([UV, "pip", "install", "--quiet", "--python", programs / "python", wanted], check=True)
    return programs


def run(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program away from the checkout, so that nothing of it is found by accident."""
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(tmp_path_factory.mktemp("core") / "venv")


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(tmp_path_factory.mktemp("cli") / "venv", "[cli]")


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(tmp_path_factory.mktemp("postgres") / "venv", "[postgres]")


def test_the_wheel_holds_our_packages_and_nothing_else() -> None:
    """No file of the wheel can overwrite what another distribution installs."""
    names = {name.partition("/")[0] for name in contents(wheel())}
    assert {name for name in names if not name.endswith(".dist-info")} == set(PACKAGES)


def test_the_sdist_gives_the_same_wheel_as_the_checkout() -> None:
    """Anyone who builds from the published source gets what we publish."""
    assert contents(wheel()) == contents(wheel(DIST / "direct"))


def test_every_file_of_a_package_is_in_the_wheel() -> None:
    """Pages, scripts, templates and the mark of typed packages are there, not modules only."""
    there = contents(wheel())
    for name, folder in PACKAGES.items():
        files = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        missing = {f"{name}/{path.relative_to(folder).as_posix()}" for path in files} - there.keys()
        assert not missing
        assert f"{name}/py.typed" in there
    history = [path for path in (ROOT / "migrations").rglob("*.py") if "__pycache__" not in path.parts]
    assert {f"twi_postgres/migrations/{p.relative_to(ROOT / 'migrations').as_posix()}" for p in history} <= there.keys()


def test_the_core_needs_three_dependencies(core: Path, tmp_path: Path) -> None:
    """Importing every module of it, and of the memory storage, works with nothing else installed."""
    listed = subprocess.run(
        [UV, "pip", "list", "--python", core / "python", "--format", "freeze"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert {re.split(r"[= @]", line)[0].lower() for line in listed.stdout.splitlines()} == CORE_ALONE
    for code in ("import twi_core", IMPORT_ALL):
        ran = run(tmp_path, core / "python", "-W", "error", "-c", code)
        assert (ran.returncode, ran.stderr) == (0, "")


def test_the_example_of_the_library_runs_on_the_core_alone(core: Path, tmp_path: Path) -> None:
    """Embedding needs neither a container nor a server."""
    ran = run(tmp_path, core / "python", ROOT / "examples/library_only.py")
    assert ran.returncode == 0, ran.stderr
    assert "links.not_found" in ran.stdout


def test_without_its_extra_the_command_line_says_how_to_install_it(core: Path, tmp_path: Path) -> None:
    """No traceback: one sentence with the command."""
    ran = run(tmp_path, core / "twi", "--help")
    assert ran.returncode != 0
    assert "twi-core[cli]" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("command", "extra"),
    [("bot", "discord"), ("http", "http"), ("sandbox", "sandbox"), ("db status", "embedded")],
    ids=str,
)
def test_a_part_without_its_extra_says_how_to_install_it(cli: Path, tmp_path: Path, command: str, extra: str) -> None:
    """The command line is there, what it is to start is not."""
    ran = run(tmp_path, cli / "twi", *command.split())
    assert ran.returncode == 78, ran.stderr
    assert f"pip install 'twi-core[{extra}]'" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_installed_command_line_shows_what_was_answered(cli: Path, tmp_path: Path) -> None:
    """The recorded answers come from the wheel, where there are no tests."""
    ran = run(tmp_path, cli / "twi", "errors", "links.not_found")
    assert ran.returncode == 0, ran.stderr
    assert "$ twi links get 'wrold map'" in ran.stdout


def test_an_installed_bot_finds_the_history_of_its_database(postgres: Path, tmp_path: Path) -> None:
    """Migrations come from the wheel, where there is no checkout."""
    code = "import twi_postgres, pathlib; print(*(pathlib.Path(twi_postgres.__file__).parent / 'migrations').iterdir())"
    ran = run(tmp_path, postgres / "python", "-c", code)
    assert "env.py" in ran.stdout
