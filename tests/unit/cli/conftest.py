"""`twi` as a function: arguments in; exit code, standard output and standard error out."""

import io
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import pytest

from twi_cli.main import main


@final
@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def result(self) -> Any:
        """Return the result that was written as JSON."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """Return the error that was written as JSON, on the last line."""
        found: dict[str, Any] = json.loads(self.err.splitlines()[-1])
        return found


Twi = Callable[..., Ran]


@pytest.fixture
def twi(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Twi:
    """Run commands on a memory storage that is empty for each of them."""
    for name in [name for name in os.environ if name.upper().startswith("TWI_") and not name.startswith("TWI_TEST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TWI_STORAGE", "memory")

    def run(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = main(arguments)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Ran(code, captured.out, captured.err)

    return run
