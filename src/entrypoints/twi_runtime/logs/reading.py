"""Reading of log files and their archives line by line, whatever state they are in."""

import fcntl
import gzip
import os
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, cast, final

from twi_core.kernel.errors import AppError, Kind, define_error
from twi_core.kernel.language import text
from twi_runtime.logs.files import PAUSE, Archive, archives
from twi_runtime.logs.format import LogLine, read_line
from twi_runtime.process.exits import RuntimeFailure

NO_FILE: Final = define_error(
    "logs.no_file",
    Kind.NOT_FOUND,
    message="There's no log file to read.",
    hint="Set TWI_LOG_FILE to the bot's log file, or name a file: twi logs summary bot.log",
    cause="TWI_LOG_FILE isn't set and no file is named, or the file doesn't exist yet.",
)
UNREADABLE: Final = define_error(
    "logs.unreadable",
    Kind.UNAVAILABLE,
    message="The log {name} can't be read: {reason}.",
    hint="Check the name of the file and its permissions.",
    cause="A log file is missing, is a folder, or belongs to someone else.",
    example={"name": "bot.log", "reason": "Permission denied"},
)

STDIN: Final = "-"
LONGEST: Final = 4 * 2**20
"""A line with more bytes is not ours."""

_PATIENCE: Final = 0.5
_GZIP: Final = b"\x1f\x8b"


@final
@dataclass(slots=True)
class Reading:
    """Counts of what was read: `broken` lines are not log lines, `damaged` files are truncated or corrupt."""

    files: int = 0
    lines: int = 0
    broken: int = 0
    damaged: list[str] = field(default_factory=list)


def read_log(log: Path, reading: Reading) -> Iterator[LogLine]:
    """Read a log file and its archives, oldest first; each line once, even while the bot is writing.

    Raises:
        RuntimeFailure: there are none, or one can't be read.
    """
    with ExitStack() as opened:
        with _faults_as_log_errors(log.name):
            current = _open_current(log, opened)
            found = _listed(log)
        if current is not None:
            fcntl.flock(current, fcntl.LOCK_UN)
        elif not found:
            raise RuntimeFailure(AppError(NO_FILE))
        for archive in found:
            yield from _read_archive(archive, reading)
        if current is not None:
            yield from _read(current, log.name, reading)


def read_files(names: Sequence[str], reading: Reading) -> Iterator[LogLine]:
    """Read the named files, compressed or not; `-` is standard input.

    Raises:
        RuntimeFailure: one can't be read.
    """
    for name in names:
        if name == STDIN:
            yield from _read(sys.stdin.buffer, text("standard input"), reading)
            continue
        with ExitStack() as opened:
            with _faults_as_log_errors(name):
                file = opened.enter_context(_open(Path(name)))
            yield from _read(file, name, reading)


def _open_current(log: Path, opened: ExitStack) -> BinaryIO | None:
    """Open the current file, holding off its archiving for a moment; return None if there is none."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        late = time.monotonic() > deadline  # its holder is stuck, and will not archive it
        there = False
        with ExitStack() as stack, suppress(FileNotFoundError):
            file = stack.enter_context(_open(log))
            there = True
            locked = _lock_shared(file)
            if late or (locked and os.path.samestat(log.stat(), os.fstat(file.fileno()))):
                opened.push(stack.pop_all())
                return file
        if late or not (there or _listed(log)):
            return None
        time.sleep(PAUSE)


def _lock_shared(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _listed(log: Path) -> list[Archive]:
    try:
        return archives(log)
    except FileNotFoundError:
        return []


def _read_archive(archive: Archive, reading: Reading) -> Iterator[LogLine]:
    """Read an archive, which may just have been compressed or deleted."""
    for path in (archive.path, archive.path.with_name(f"{archive.path.name}.gz")):
        with _faults_as_log_errors(path.name), suppress(FileNotFoundError), _open(path) as file:
            yield from _read(file, path.name, reading)
            return


def _open(path: Path) -> BinaryIO:
    """Open a file, compressed or not."""
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    return cast(BinaryIO, gzip.open(path)) if packed else path.open("rb")


@contextmanager
def _faults_as_log_errors(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _unreadable(name, error.strerror or type(error).__name__) from None
    except ValueError:  # the name contains a zero byte
        raise _unreadable(name, text("it isn't a file name")) from None


def _unreadable(name: str, reason: str) -> RuntimeFailure:
    return RuntimeFailure(AppError(UNREADABLE, {"name": name, "reason": reason}))


def _read(file: BinaryIO, name: str, reading: Reading) -> Iterator[LogLine]:
    reading.files += 1
    try:
        for raw in _raw_lines(file):
            reading.lines += 1
            line = read_line(raw) if raw is not None else None
            if line is None:
                reading.broken += 1
            else:
                yield line
    except (EOFError, OSError, zlib.error):  # a truncated or corrupt archive; the lines before the damage count
        reading.damaged.append(name)


def _raw_lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Yield each line that is not blank, or None for one that is too long."""
    while raw := file.readline(LONGEST):
        if len(raw) == LONGEST and not raw.endswith(b"\n"):
            while (rest := file.readline(LONGEST)) and not rest.endswith(b"\n"):
                pass
            yield None
        elif not raw.isspace():
            yield raw
