"""The standard streams of the process, where they may be closed, and what they are written to may be full."""

import io
import os
import re
import sys
from typing import Final, TextIO, final

from typing_extensions import Buffer, override

from twi_cli.errors import OUTPUT_FAILED
from twi_core.kernel.errors import AppError
from twi_runtime.process.exits import RuntimeFailure

_OUTPUT: Final = 1
_ERRORS: Final = 2
_USABLE: Final = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


@final
class ReaderLeft(Exception):
    """The program that reads standard output has closed it, as `| head` does."""


def set_up_streams() -> None:
    """Replace the streams of the process by ones that fail in words; closed ones are empty, or take everything.

    A width of the terminal that can't be one is as if it weren't set.
    """
    for number in range(3):
        _occupy(number)
    sys.stdin = sys.stdin or io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), "utf-8")
    sys.stdout = _text(_Results(_OUTPUT, "w", closefd=False), sys.stdout)
    sys.stderr = _text(_Messages(_ERRORS, "w", closefd=False), sys.stderr)
    if not _USABLE.fullmatch(os.environ.get("COLUMNS", "")):
        os.environ.pop("COLUMNS", None)


@final
class _Results(io.FileIO):
    """Standard output: the first failure is raised, and what is written after it goes nowhere."""

    @override
    def write(self, data: Buffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            if isinstance(error, BrokenPipeError):
                raise ReaderLeft from None
            reason = error.strerror or type(error).__name__
            raise RuntimeFailure(AppError(OUTPUT_FAILED, {"reason": reason})) from None


@final
class _Messages(io.FileIO):
    """Standard error: what can't be written is lost, as there is nowhere to report it."""

    @override
    def write(self, data: Buffer, /) -> int:
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def _occupy(number: int) -> None:
    """Open a closed descriptor, so that no file or connection gets its number, and child processes have it too."""
    try:
        os.fstat(number)
    except OSError:
        os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # it gets the lowest number that is free


def _text(raw: io.FileIO, like: TextIO | None) -> TextIO:
    """Return a stream of text with the encoding of another one; what has no bytes in it is written as an escape."""
    encoding, by_line = "utf-8", raw.fileno() == _ERRORS
    if isinstance(like, io.TextIOWrapper):
        encoding, by_line = like.encoding, like.line_buffering or like.write_through
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, "backslashreplace", line_buffering=by_line)
