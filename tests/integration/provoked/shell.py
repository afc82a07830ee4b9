"""`twi` as it is typed in a shell, run within this process."""

import contextlib
import io
import os
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

import pytest

from tests.integration.provoked.recording import Answer, sent, stable
from twi_cli.main import main
from twi_core.kernel.errors import registered_errors
from twi_runtime.registry import exit_of

COLUMNS: Final = "120"


@final
@dataclass(frozen=True)
class Ran:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


def run(line: str, stdin: bytes = b"") -> Ran:
    """Run a line: settings such as `TWI_STORAGE=memory`, then `twi` and its arguments."""
    words = shlex.split(line, comments=True)
    settings = {}
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        settings[name] = value
    assert words[0] == "twi", line
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"COLUMNS": COLUMNS, **settings}.items():
            patch.setenv(name, value)
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
            try:
                code = main(words[1:])
            except SystemExit as end:
                code = int(end.code or 0)
    return Ran(code, out.getvalue(), err.getvalue())


@final
class Shell:
    """A place where commands are typed: nothing is set, and a data folder of its own is the default."""

    def __init__(self, patch: pytest.MonkeyPatch, folder: Path) -> None:
        self.folder = folder
        for name in [name for name in os.environ if name.startswith("TWI_") and not name.startswith("TWI_TEST_")]:
            patch.delenv(name)
        patch.setenv("TWI_DATA_DIR", str(folder / "data"))
        patch.chdir(folder)

    def run(self, line: str, **settings: str) -> Ran:
        """Type a line; `settings` were made before, and aren't shown."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(name, value)
            return run(line)

    def refused(self, line: str, **settings: str) -> Answer:
        """Type a line, and return the refusal that it ends with, without the log before it."""
        ran = self.run(line, **settings)
        answered = refusal(ran.err)
        code = registered_errors()[answered.rpartition("code:  ")[2].split(",")[0].strip()]
        assert ran.code == exit_of(code), f"{code.code} ends twi with {ran.code}, and its page says {exit_of(code)}"
        return Answer("cli", sent(line, self.folder), stable(answered, self.folder))


def refusal(printed: str) -> str:
    """Return the refusal at the end of what was printed on standard error."""
    found = re.search(r"^error: .*\Z", printed, re.MULTILINE | re.DOTALL)
    assert found is not None, printed
    return found[0]
