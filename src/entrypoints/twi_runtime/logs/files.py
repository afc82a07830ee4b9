"""A log file that several processes may share, and its archives.

The process that holds the kernel's lock on the file writes to it, and archives it when it is large or old. A file is
renamed under its lock, so nobody writes to an archive, and every line is in exactly one file. The archives of `bot.log`
are `bot.log.000001.gz` and so on; the highest number is the newest.
"""

import errno
import fcntl
import gzip
import logging
import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from twi_runtime.logs.format import read_line

PATIENCE: Final = 5.0
"""Seconds to wait for another process that is writing to the file."""
PAUSE: Final = 0.005

_FLAGS: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_PART: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
_FIRST: Final = 65_536  # bytes read for a first line, enough unless it is very long

_log: Final = logging.getLogger(__name__)


@final
@dataclass(frozen=True, slots=True)
class Rotation:
    """When a file is archived (bytes, seconds), and which archives are kept (the newest `count`, up to `keep`)."""

    size: int
    age: float
    keep: float
    count: int


@final
@dataclass(frozen=True, slots=True, order=True)
class Archive:
    """An archive of a log file; `packed` if it is compressed."""

    number: int
    packed: bool
    path: Path


def archives(log: Path) -> list[Archive]:
    """Return the archives of a log file, oldest first, each once."""
    return list({archive.number: archive for archive in _numbered(log)}.values())


def _numbered(log: Path) -> list[Archive]:
    """Return the files of all archives by number; one being compressed has two, the compressed one last."""
    pattern = re.compile(re.escape(log.name) + r"\.([0-9]{6,18})(\.gz)?", re.ASCII)
    named = ((pattern.fullmatch(path.name), path) for path in log.parent.iterdir())
    return sorted(Archive(int(match[1]), match[2] is not None, path) for match, path in named if match)


@final
class LogFile:
    """A log file, created for its owner alone, to which lines are appended; archived when it is large or old."""

    def __init__(self, path: Path, rotation: Rotation, clock: Callable[[], float] = time.time) -> None:
        self._path = path.absolute()
        self._rotation = rotation
        self._clock = clock
        self._file = -1
        self._born: float | None = None
        self._tidy = False

    def write(self, text: str) -> None:
        """Append all the lines or none of them.

        Raises:
            OSError: they could not be written; a retry may succeed.
        """
        data = text.encode("ascii", "backslashreplace")
        with self._held():
            if moved := self._is_due(len(data)):
                self._move_away()
            else:
                self._append(data)
        if moved:
            with self._held():
                self._append(data)
        if moved or not self._tidy:
            self._tidy = True
            tidy(self._path, self._rotation, self._clock())

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Lock the file within the block."""
        deadline = time.monotonic() + PATIENCE
        while not self._hold():
            if time.monotonic() > deadline:
                raise OSError(errno.EBUSY, "another process has locked it")
            time.sleep(PAUSE)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _hold(self) -> bool:
        """Try to lock the file that has the name now; another process may just have renamed it."""
        if not self._is_current():
            self._open()
        if not _lock(self._file):
            return False
        if self._is_current():
            return True
        fcntl.flock(self._file, fcntl.LOCK_UN)
        return False

    def _is_current(self) -> bool:
        if self._file < 0:
            return False
        try:
            named = self._path.lstat()
        except FileNotFoundError:
            return False
        return os.path.samestat(named, os.fstat(self._file))

    def _open(self) -> None:
        self.close()
        if self._path.is_symlink():
            raise OSError(errno.ELOOP, "it is a symbolic link, which cannot be archived")
        file = os.open(self._path, _FLAGS, 0o600)
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            raise OSError(errno.EINVAL, "it is not a regular file")
        self._file, self._born = file, None

    def _is_due(self, more: int) -> bool:
        found = os.fstat(self._file)
        if not found.st_size:
            return False
        if self._born is None:
            first = read_line(os.pread(self._file, _FIRST, 0).partition(b"\n")[0])
            self._born = first.time.timestamp() if first else found.st_mtime
        return found.st_size + more > self._rotation.size or self._clock() - self._born >= self._rotation.age

    def _move_away(self) -> None:
        number = max((archive.number for archive in archives(self._path)), default=0) + 1
        self._path.rename(self._path.with_name(f"{self._path.name}.{number:06d}"))

    def _append(self, data: bytes) -> None:
        """Append everything or nothing, after ending a line that another process left unfinished."""
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            data = b"\n" + data
        if os.write(self._file, data) < len(data):
            os.ftruncate(self._file, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def tidy(log: Path, rotation: Rotation, now: float) -> None:
    """Compress new archives and delete expired ones; failures are logged, and retried next time."""
    try:
        for archive in _numbered(log):
            if not archive.packed:
                _pack(archive.path)
        found = archives(log)
        for place, archive in enumerate(found):
            with suppress(FileNotFoundError):  # another process was faster
                if place < len(found) - rotation.count or archive.path.stat().st_mtime < now - rotation.keep:
                    archive.path.unlink()
    except OSError as error:
        _log.warning("archives of the log cannot be compressed or deleted: %s", error.strerror)


def _pack(raw: Path) -> None:
    """Compress an archive under its lock, unless another process is already doing so."""
    packed = raw.with_name(f"{raw.name}.gz")
    with suppress(FileNotFoundError), raw.open("rb") as source, ExitStack() as undo:
        if not _lock(source.fileno()) or not raw.exists():
            return
        part = raw.with_name(f"{packed.name}.part")
        undo.callback(part.unlink, missing_ok=True)
        with os.fdopen(os.open(part, _PART, 0o600), "wb") as file:
            with gzip.GzipFile("", "wb", fileobj=file) as target:
                shutil.copyfileobj(source, target, _FIRST)
            file.flush()
            os.fsync(file.fileno())
        written = os.fstat(source.fileno())
        os.utime(part, ns=(written.st_atime_ns, written.st_mtime_ns))
        part.rename(packed)
        raw.unlink()


def _lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
