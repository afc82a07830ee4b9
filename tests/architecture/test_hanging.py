"""How long tests may last: one that hangs fails, and none fails because the machine is busy."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

ROOT: Final = Path(__file__).parents[2]
HANGING: Final = """
import asyncio

import pytest

@pytest.mark.asyncio
async def test_that_waits():
    await asyncio.Event().wait()

def test_that_computes():
    while True:
        pass

def test_after_them():
    pass
"""


def test_a_test_that_hangs_fails_and_the_others_go_on(tmp_path: Path) -> None:
    """With the settings of the project, a test that waits and one that computes are ended, and the next one passes."""
    (tmp_path / "test_hanging.py").write_text(HANGING, encoding="utf-8")
    options = ["-q", "-p", "no:cacheprovider", f"--config-file={ROOT / 'pyproject.toml'}", f"--rootdir={tmp_path}"]
    command = [sys.executable, "-m", "pytest", *options, "-o", "timeout=1", "test_hanging.py"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert "2 failed, 1 passed" in ran.stdout, ran.stdout


def test_every_test_has_a_limit(pytestconfig: pytest.Config) -> None:
    """It's generous, so that a busy machine isn't taken for a test that hangs."""
    assert float(pytestconfig.getini("timeout")) >= 120


@pytest.mark.long
def test_a_long_form_has_more_time(request: pytest.FixtureRequest) -> None:
    """The long form of a test may last longer than any other test."""
    limit = request.node.get_closest_marker("timeout")
    assert limit is not None
    assert limit.args[0] > float(request.config.getini("timeout"))


def test_no_example_has_a_deadline() -> None:
    """Hypothesis fails no example for its speed, which depends on what else runs; benchmarks measure it."""
    assert settings().deadline is None
