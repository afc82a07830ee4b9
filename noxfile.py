"""Every check of the project. `nox` runs the tests of the README; `nox --list` shows the other sessions.

Sessions run in the environment of `uv run nox`; only `wheel` and `lowest` create others.
"""

import atexit
import os
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import nox

nox.needs_version = ">=2026.2"
nox.options.sessions = ["lint", "types", "wheel", "tests"]
nox.options.error_on_external_run = False

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # so that the tests' many processes need not compile everything again

ROOT = Path(__file__).parent
NOTES = ROOT / ".nox" / "notes"
PACKAGES = ["src/twi_core", *sorted(str(p.parent.relative_to(ROOT)) for p in ROOT.glob("src/*/twi_*/__init__.py"))]
DOCS = ["docs"]
CHECKED = [
    *PACKAGES,
    "tests",
    "migrations",
    "benchmarks",
    "examples",
    *DOCS,
    "noxfile.py",
]
PARALLEL = [f"--numprocesses={(os.cpu_count() or 1) + 1}", "--dist=worksteal"]  # many tests spend their time waiting
PRINTED = ["tests/integration/provoked", "tests/integration/pages"]
CORE_FLOOR = "95"
FLOOR = "90"


def tool(name: str) -> str:
    """Return the path of a program in the environment that runs nox, whatever PATH says."""
    return str(Path(sys.executable).with_name(name))


def existing(paths: list[str]) -> list[str]:
    """Return the paths without folders that contain no Python yet."""
    return [path for path in paths if (ROOT / path).is_file() or any((ROOT / path).rglob("*.py"))]


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Check style, docstrings, dead code, imports between packages, declared dependencies and the workflow."""
    session.run(tool("ruff"), "check")
    session.run(tool("ruff"), "format", "--check")
    session.run(tool("vulture"))
    session.run(tool("lint-imports"), "--no-logo")
    session.run(tool("deptry"), *existing(["src", "migrations"]))
    session.run(tool("zizmor"), "--offline", "--quiet", ".github")


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Check types strictly, including those of the public surface (tests/typing)."""
    session.run(tool("mypy"), *existing(CHECKED))


@nox.session(venv_backend="none", default=False)
def unit(session: nox.Session) -> None:
    """Run the tests that need no server and no process."""
    folders = ["tests/unit", "tests/contracts", "tests/architecture", "tests/typing"]
    session.run(tool("pytest"), *existing(folders), *session.posargs)


@nox.session(venv_backend="none", default=False)
def affected(session: nox.Session) -> None:
    """Run what the changes since `main` can break, and name what was left out; takes another branch, and options."""
    base = session.posargs[:1] or ["main"]
    session.run(sys.executable, "-m", "tests.affected", *base, *PARALLEL, *session.posargs[1:])


@nox.session(venv_backend="none", default=False)
def integration(session: nox.Session) -> None:
    """Run the tests on real servers, processes and browsers."""
    session.run(tool("pytest"), "tests/integration", *session.posargs)


@nox.session(venv_backend="none", default=False)
def long(session: nox.Session) -> None:
    """Run the long forms of tests whose short forms run every time."""
    session.run(tool("pytest"), "-m", "long", *session.posargs)


@nox.session(venv_backend="none", default=False)
def migrations(session: nox.Session) -> None:
    """Run the tests of the database's history: up, down and up again, and no drift from the models."""
    session.run(tool("pytest"), "tests/integration/postgres", "-k", "migration or drift", *session.posargs)


@nox.session(venv_backend="none", default=False)
def record(session: nox.Session) -> None:
    """Write what the bot answers into the examples that are printed, instead of comparing them with it."""
    session.run(tool("pytest"), *PRINTED, *session.posargs, env={"TWI_TEST_REWRITE": "1"})
    session.run(sys.executable, "docs/generate.py")


@nox.session(venv_backend="none")
def tests(session: nox.Session) -> None:
    """Run every test once."""
    run_every_test(session)


@nox.session(venv_backend="none", default=False)
def coverage(session: nox.Session) -> None:
    """Run every test once, and fail if coverage is too low."""
    run_every_test(session, "--cov", "--cov-report=term:skip-covered", "--cov-report=xml", f"--cov-fail-under={FLOOR}")
    session.run(tool("coverage"), "report", "--include=src/twi_core/*", f"--fail-under={CORE_FLOOR}", silent=True)


def run_every_test(session: nox.Session, *more: str) -> None:
    """Run all tests, and print their count last."""
    counts = NOTES / "tests.xml"
    counts.unlink(missing_ok=True)
    atexit.register(print_count, counts)
    whole = [] if session.posargs else ["--every-refusal"]
    session.run(tool("pytest"), *PARALLEL, f"--junitxml={counts}", *whole, *more, *session.posargs)


@nox.session(venv_backend="none", default=False)
def durations(session: nox.Session) -> None:
    """Print the time per group and the slowest tests of the last run, and record which tests are to start first."""
    session.run(sys.executable, "-m", "tests.durations", str(NOTES / "tests.xml"))


@nox.session(venv_backend="none", default=False)
def changed(session: nox.Session) -> None:
    """Fail if changed lines are not covered; run after `coverage`, with the branch to compare with."""
    against = session.posargs[0] if session.posargs else "origin/main"
    session.run(tool("diff-cover"), "coverage.xml", f"--compare-branch={against}", "--fail-under=95")


@nox.session(venv_backend="none")
def wheel(session: nox.Session) -> None:
    """Build the wheel and the sdist, and check them as a user would install them."""
    built = NOTES / "dist"
    uv = os.environ.get("UV", "uv")
    session.run(uv, "build", "--quiet", "--clear", "--out-dir", str(built), silent=True)
    session.run(uv, "build", "--quiet", "--wheel", "--out-dir", str(built / "direct"), silent=True)
    session.run(tool("pytest"), "-q", "tests/architecture/wheel_checks.py", env={"TWI_TEST_DIST": str(built), "UV": uv})


@nox.session(venv_backend="uv", default=False)
def lowest(session: nox.Session) -> None:
    """Run the tests on the lowest versions that pyproject.toml allows."""
    session.run_install(
        "uv", "pip", "install", "--resolution", "lowest-direct", "--editable", ".[all]", "--group", "dev"
    )
    session.run("pytest", *session.posargs)


def print_count(counts: Path) -> None:
    """Print pytest's count as the last line, after nox's summary of its sessions."""
    if not counts.is_file():
        return
    suite = next(ET.parse(counts).getroot().iter("testsuite"))  # noqa: S314  # pytest has just written it
    total, failed, errors, skipped = (int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped"))
    parts = {"failed": failed, "passed": total - failed - errors - skipped, "skipped": skipped, "errors": errors}
    count = ", ".join(f"{number} {what}" for what, number in parts.items() if number or what == "passed")
    sys.stdout.flush()
    print(f"{count} in {float(suite.get('time', 0)):.2f}s", file=sys.stderr, flush=True)
