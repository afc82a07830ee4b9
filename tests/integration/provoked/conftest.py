"""What recipes ask for."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.provoked.shell import Shell


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A shell in a folder that other users may pass through; no server is left in it."""
    folder = Path(tempfile.mkdtemp(prefix="twi-shell-"))
    folder.chmod(0o711)
    yield Shell(monkeypatch, folder)
    for file in folder.rglob("postmaster.pid"):
        os.kill(int(file.read_text(encoding="utf-8").split()[0]), signal.SIGQUIT)
    shutil.rmtree(folder)
