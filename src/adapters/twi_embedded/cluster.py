"""One database cluster on disk and its server process: create, start, recognise, stop."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, LiteralString

from twi_core.kernel.language import text
from twi_embedded.binaries import Programs
from twi_embedded.errors import (
    BINARIES_UNUSABLE,
    START_FAILED,
    STOP_FAILED,
    EmbeddedServerError,
)
from twi_embedded.identity import Account, Layout
from twi_embedded.socket import (
    forget_moved_socket,
    fresh_socket_folder,
    hand_over,
    remove_dead_socket,
    socket_folder,
    write_access,
)

if TYPE_CHECKING:
    import psycopg

ROLE: Final = "twi"
DATABASE: Final = "twi"
PORT: Final = 5432
"""Names the socket's file; nothing listens on the network."""

_FIRST_MAJOR: Final = 17  # the first with the builtin locale
_LOG_LIMIT: Final = 4_000_000  # bytes
_TRUST_SECONDS: Final = 30.0
_PATIENCE: Final = 10.0
_STILL_HELD: Final = "shared memory block"
_PAUSE: Final = 0.05

_OPTIONS: Final = (
    "listen_addresses=",
    f"port={PORT}",
    "unix_socket_permissions=0700",
    "cluster_name=twi",
    "max_connections=60",
    "shared_buffers=64MB",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_checkpoints=off",
    # A failed statement may contain users' texts, which must not reach a log.
    "log_min_error_statement=panic",
    "log_parameter_max_length_on_error=0",
)
_FORGETFUL: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster below a data folder; every method is called under the start lock.

    PostgreSQL gets its folders as open descriptors (`/proc/self/fd/N`), never by path, so the path may contain a folder
    that is closed to the server's user, be too long for a socket, or contain characters special to a shell.
    """

    layout: Layout
    programs: Programs
    account: Account
    caller: Account
    durability: bool

    def create(self, start_lock: int) -> None:
        """Create the cluster in a new folder and rename it when complete; remove what a killed process left.

        Initdb inherits the start lock, so that nobody starts while that of a killed process is still running.

        Raises:
            EmbeddedServerError: `storage.start_failed` or `storage.binaries_unusable`.
        """
        for leftover in self.layout.root.glob("data.new-*"):
            shutil.rmtree(leftover)
        if self.programs.major < _FIRST_MAJOR:
            raise EmbeddedServerError(
                BINARIES_UNUSABLE,
                text(
                    "The PostgreSQL programs in {folder} are version {version}; a new database needs {least} or later. "
                    "Set TWI_POSTGRES_BIN to such a version, or unset it.",
                    folder=str(self.programs.folder),
                    version=self.programs.version,
                    least=_FIRST_MAJOR,
                ),
            )
        fresh = Path(tempfile.mkdtemp(prefix="data.new-", dir=self.layout.root))
        hand_over(fresh, self.account)
        with _opened(fresh) as data, self._log() as log:
            command: list[str | Path] = [self.programs.folder / "initdb", "-D", _path(data), "-U", ROLE, "-E", "UTF8"]
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--auth=reject"]
            command += [] if self.durability else ["--no-sync"]
            if self._run(command, log, (data, start_lock)) != 0:
                what = text("PostgreSQL couldn't create a new database in {folder}.", folder=str(self.layout.root))
                raise self._failure(what)
        fresh.rename(self.layout.data)

    def answers(self) -> bool:
        """Return whether a server answers on our socket and serves this very folder; create the database if missing.

        It compares the pid file as the server reads it with the one here: pid, start time and shared memory.
        """
        import psycopg

        if not (socket_folder(self.layout) / f".s.PGSQL.{PORT}").exists():
            return False
        try:
            with psycopg.connect(
                host=str(socket_folder(self.layout)),
                port=PORT,
                user=ROLE,
                dbname="postgres",
                connect_timeout=5,
                autocommit=True,
            ) as connection:
                here = self._pid_file()
                if here is None or _one(connection, "SELECT pg_read_file('postmaster.pid')") != here:
                    return False
                if _one(connection, "SELECT 1 FROM pg_database WHERE datname = 'twi'") is None:
                    connection.execute("CREATE DATABASE twi")
                return True
        except psycopg.OperationalError:
            return False

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises:
            EmbeddedServerError: `storage.start_failed`, with the last line of the server's log.
        """
        self._clear_pid_file()
        write_access(self.layout, ROLE, self.caller)
        folder = fresh_socket_folder(self.layout, self.account)
        remove_dead_socket(folder, PORT)
        deadline = time.monotonic() + _PATIENCE
        while not self._start_once(folder):
            if self.comes_up():
                return
            # The last process of a killed server may hold its shared memory for a moment longer.
            if _STILL_HELD not in self._last_words() or time.monotonic() > deadline:
                raise self._failure(text("PostgreSQL didn't start in {folder}.", folder=str(self.layout.root)))
            time.sleep(_PAUSE)

    def comes_up(self) -> bool:
        """Return whether the pid file's server is ours and answers, allowing it time to come up or exit."""
        deadline = time.monotonic() + _TRUST_SECONDS
        while self.process_is_ours() and time.monotonic() < deadline:
            if self.answers():
                return True
            time.sleep(_PAUSE)
        return False

    def stop(self) -> None:
        """Stop the server if it is running, closing its connections; never a process that merely reuses its pid.

        Raises:
            EmbeddedServerError: `storage.stop_failed` when it is still running after a minute.
        """
        if not (self.answers() or self.process_is_ours()):
            return
        with _opened(self.layout.data) as data, self._log(fresh=False) as log:
            command: list[str | Path] = [
                self.programs.folder / "pg_ctl",
                "-D",
                _path(data),
                "-s",
                "-w",
                "-t",
                "60",
                "-m",
                "fast",
                "stop",
            ]
            if self._run(command, log, (data,)) != 0 and self.process_is_ours():
                raise EmbeddedServerError(
                    STOP_FAILED,
                    f"{_did_not_stop(self.layout.data)} {self._last_words()}",
                )
        forget_moved_socket(self.layout)

    def process_is_ours(self) -> bool:
        """Return whether the pid file's process is a PostgreSQL that works in our data directory.

        The check runs as the server's user, since root in a container may not inspect other users' processes.
        """
        pid = (self._pid_file() or "").partition("\n")[0].strip()
        if not pid.isdecimal():
            return False
        with _opened(self.layout.data) as data:
            script = 'read -r name <"/proc/$1/comm" && test "$name" = postgres && test "/proc/$1/cwd" -ef "$2"'
            return self._run(["/bin/sh", "-c", script, "sh", pid, _path(data)], subprocess.DEVNULL, (data,)) == 0

    def bound_log(self) -> None:
        """Truncate the server's log when it has grown large; the server appends, so it carries on."""
        with suppress(FileNotFoundError):
            if self.layout.log.stat().st_size > _LOG_LIMIT:
                os.truncate(self.layout.log, 0)

    def _pid_file(self) -> str | None:
        try:
            return (self.layout.data / "postmaster.pid").read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None

    def _clear_pid_file(self) -> None:
        """Remove a pid file that a killed server left; another process may have its pid by now, and is left alone."""
        if self._pid_file() is not None and not self.process_is_ours():
            (self.layout.data / "postmaster.pid").unlink(missing_ok=True)

    def _start_once(self, folder: Path) -> bool:
        with _opened(self.layout.data) as data, _opened(folder) as socket, _opened(self.layout.access) as access:
            options = [
                *_OPTIONS,
                *(() if self.durability else _FORGETFUL),
                f"unix_socket_directories={_path(socket)}",
                f"hba_file={_path(access)}/pg_hba.conf",
                f"ident_file={_path(access)}/pg_ident.conf",
            ]
            command: list[str | Path] = [self.programs.folder / "pg_ctl", "-D", _path(data), "-s", "-w", "-t", "60"]
            command += ["-o", " ".join(f"-c {option}" for option in options), "start"]
            with self._log() as log:
                return self._run(command, log, (data, socket, access)) == 0 and self.answers()

    @contextmanager
    def _log(self, *, fresh: bool = True) -> Iterator[int]:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self.layout.log, flags | (os.O_TRUNC if fresh else 0), 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _run(self, command: list[str | Path], output: int, descriptors: tuple[int, ...]) -> int:
        try:
            return self.account.run(command, output=output, descriptors=descriptors)
        except (OSError, subprocess.SubprocessError) as error:
            program, folder = Path(command[0]).name, str(self.layout.root)
            raise self._failure(
                text("PostgreSQL's {program} couldn't be run in {folder}.", program=program, folder=folder)
            ) from error

    def _failure(self, what: str) -> EmbeddedServerError:
        return EmbeddedServerError(START_FAILED, f"{what} {self._last_words()}")

    def _last_words(self) -> str:
        try:
            tail = self.layout.log.read_bytes()[-8192:].decode(errors="replace")
        except OSError:
            tail = ""
        lines = [line.strip() for line in tail.splitlines() if line.strip()]
        relevant = [line for line in lines if re.search(r"\b(FATAL|PANIC|error|ERROR):", line)] or lines
        if not relevant:
            return text("It left no log.")
        return text("Its log ({log}) ends with: {line}", log=str(self.layout.log), line=relevant[-1][:300])


def _did_not_stop(data: Path) -> str:
    return text("The database server of {folder} didn't stop within a minute.", folder=str(data))


def _one(connection: "psycopg.Connection[tuple[object, ...]]", query: LiteralString) -> object:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _path(descriptor: int) -> str:
    return f"/proc/self/fd/{descriptor}"
