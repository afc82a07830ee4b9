"""Benchmarks that generate source still generate what starts, and none waits for ever."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]


def test_the_synthetic_contexts_are_what_contexts_have_to_be() -> None:
    """The benchmark of many contexts writes some, and starts the command line among them."""
    command = [sys.executable, "-m", "benchmarks", "many", "--quick"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "110 operations" in ran.stdout


def test_a_mutant_that_hangs_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of tests that doesn't end is stopped, and counts as one that fails."""
    monkeypatch.syspath_prepend(ROOT)  # as it is when a benchmark runs
    from benchmarks.mutants import Copy

    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_it.py").write_text("import time\ndef test_it(): time.sleep(600)\n", encoding="utf-8")
    assert Copy(tmp_path, seconds=3).failures(["tests/test_it.py"]) == ["hangs for longer than 3 seconds"]
    (tmp_path / "tests/test_it.py").write_text("def test_it(): assert 1 == 2\n", encoding="utf-8")
    assert Copy(tmp_path).failures(["tests/test_it.py"]) == ["tests/test_it.py::test_it"]
