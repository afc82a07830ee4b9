"""Benchmarks that generate source still generate what starts."""

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


def test_the_synthetic_contexts_are_what_contexts_have_to_be() -> None:
    """The benchmark of many contexts writes some, and starts the command line among them."""
    command = [sys.executable, "-m", "benchmarks", "many", "--quick"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "110 operations" in ran.stdout
