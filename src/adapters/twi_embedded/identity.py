"""The user that runs the embedded server, the owner of its files, and the checks made before anything is touched."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from twi_core.kernel.language import text
from twi_embedded.errors import (
    DATA_FOREIGN,
    DATA_OWNER,
    DATA_VERSION,
    SERVER_USER,
    EmbeddedServerError,
)

ROOT_DATA_DIR: Final = Path("/var/lib/twi")
"""Root's data folder, reachable by the user that the server then runs as."""

_UNPRIVILEGED: Final = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Layout:
    """The files below the data folder, all in `postgres/`, which is closed to everyone else."""

    data_dir: Path

    @property
    def root(self) -> Path:
        """Return the folder that holds everything of the server."""
        return self.data_dir / "postgres"

    @property
    def data(self) -> Path:
        """Return PostgreSQL's own data directory, owned by the user that the server runs as."""
        return self.root / "data"

    @property
    def socket(self) -> Path:
        """Return the folder of the socket, unless its path is too long for one."""
        return self.root / "socket"

    @property
    def moved_socket(self) -> Path:
        """Return the file that records where the socket was moved when its path is too long."""
        return self.root / "socket.path"

    @property
    def access(self) -> Path:
        """Return the folder of the access rules, which the server can read but not change."""
        return self.root / "access"

    @property
    def log(self) -> Path:
        """Return the server's log, restarted at each start."""
        return self.root / "server.log"

    @property
    def start_lock(self) -> Path:
        """Return the lock around starting and stopping; its presence also marks the folder as ours."""
        return self.root / "start.lock"

    @property
    def users_lock(self) -> Path:
        """Return the lock that every process shares while it uses the server."""
        return self.root / "users.lock"


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine, and how to run a program as that user."""

    uid: int
    gid: int
    name: str

    def run(
        self,
        command: Sequence[str | Path],
        *,
        output: int = subprocess.DEVNULL,
        descriptors: Sequence[int] = (),
        timeout: float = 120.0,
    ) -> int:
        """Run a program as this user, out of reach of the terminal's signals, and return its exit code.

        It gets nothing of the process's environment, so that no secret reaches it, and only `descriptors`.

        Raises:
            OSError: this user may not run the program, or cannot be switched to.
            subprocess.TimeoutExpired: it took longer than `timeout` seconds and was killed.
        """
        switch = self.uid != os.geteuid()
        return subprocess.run(  # noqa: S603 - callers name the program; no shell, no user input
            [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=descriptors,
            cwd="/",
            env=bare_environment(),
            user=self.uid if switch else None,
            group=self.gid if switch else None,
            extra_groups=[] if switch else None,
            start_new_session=True,
            timeout=timeout,
            check=False,
        ).returncode


def bare_environment() -> dict[str, str]:
    """Return the environment of PostgreSQL's programs, which holds no setting and no secret."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return {"PATH": os.defpath, "LC_ALL": "C", **kept}


def default_data_dir() -> Path:
    """Return the default data folder: `/var/lib/twi` for root, or else the user's data folder.

    Raises:
        EmbeddedServerError: `storage.server_user` when the user has no home.
    """
    if os.geteuid() == 0:
        return ROOT_DATA_DIR
    chosen = os.environ.get("XDG_DATA_HOME", "")
    if Path(chosen).is_absolute():
        return Path(chosen) / "twi"
    try:
        return Path.home() / ".local" / "share" / "twi"
    except RuntimeError as error:
        raise EmbeddedServerError(
            SERVER_USER, text("This user has no home folder. Set TWI_DATA_DIR to a folder that this user owns.")
        ) from error


def this_account() -> Account:
    """Return the user that this process runs as.

    Raises:
        EmbeddedServerError: `storage.server_user` when the user id has no name, which PostgreSQL needs.
    """
    uid = os.geteuid()
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedServerError(
            SERVER_USER,
            text(
                "PostgreSQL needs a user name, and user id {uid} has none on this machine. Run "
                "as a user with an entry in /etc/passwd, or set TWI_DATABASE_URL to your own server.",
                uid=str(uid),
            ),
        ) from None
    return Account(uid, os.getegid(), entry.pw_name)


def server_account(layout: Layout, caller: Account) -> Account:
    """Return the user that the server runs as: the caller, or for root the data's owner or an unprivileged user.

    Raises:
        EmbeddedServerError: `storage.data_owner` for another user's data, `storage.server_user`
            when root finds no user to run the server as.
    """
    owner = owner_of(layout.data)
    if caller.uid != 0:
        return caller
    if owner is not None:
        try:
            entry = pwd.getpwuid(owner)
        except KeyError:
            raise _foreign_owner(layout.data, owner, caller) from None
        if owner == 0:
            raise _foreign_owner(layout.data, owner, caller)
        return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
    for name in _UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
    raise EmbeddedServerError(
        SERVER_USER,
        text(
            "PostgreSQL refuses to run as root, and this machine has none of the users {users}. Run as an ordinary "
            "user, or set TWI_DATABASE_URL to your own server.",
            users=", ".join(_UNPRIVILEGED),
        ),
    )


def owner_of(path: Path) -> int | None:
    """Return the user id that owns a file, or `None` if the file does not exist."""
    try:
        return path.stat().st_uid
    except (FileNotFoundError, NotADirectoryError):
        return None


def refuse_foreign(layout: Layout, caller: Account) -> None:
    """Refuse folders of another user or another program, changing nothing.

    Raises:
        EmbeddedServerError: `storage.data_owner` or `storage.data_foreign`.
    """
    for folder in (layout.data_dir, layout.root):
        try:
            owner = owner_of(folder)
        except PermissionError:
            raise _closed(folder, caller) from None
        if owner not in {None, caller.uid}:
            raise _foreign_owner(folder, owner, caller)
    if caller.uid != 0 and owner_of(layout.data) not in {None, caller.uid}:
        raise _foreign_owner(layout.data, owner_of(layout.data), caller)
    occupied = layout.root.exists() and any(layout.root.iterdir()) and not layout.start_lock.exists()
    broken = layout.data.exists() and not (layout.data / "PG_VERSION").exists()
    if occupied or broken or (layout.data_dir / "PG_VERSION").exists():
        raise EmbeddedServerError(
            DATA_FOREIGN,
            text(
                "{folder} is meant for the database, but it already contains something else. Nothing was changed. "
                "Move it away, or set TWI_DATA_DIR to another folder.",
                folder=str(layout.root),
            ),
        )


def refuse_version(layout: Layout, major: int) -> None:
    """Refuse data that another major version of PostgreSQL wrote, changing nothing.

    Raises:
        EmbeddedServerError: `storage.data_version`.
    """
    written = (layout.data / "PG_VERSION").read_text(encoding="utf-8", errors="replace")[:16].strip()
    if written != str(major):
        raise EmbeddedServerError(
            DATA_VERSION,
            text(
                "The database in {folder} was written by PostgreSQL {written}, and the programs here are version "
                "{version}. Nothing was changed, and there's no upgrade command. Set TWI_POSTGRES_BIN to the programs "
                "of the old version and dump the database with its pg_dump; then move the folder away, unset "
                "TWI_POSTGRES_BIN, start once to create a new database, and restore the dump into it.",
                folder=str(layout.data),
                written=ascii(written),
                version=str(major),
            ),
        )


def _foreign_owner(path: Path, owner: int | None, caller: Account) -> EmbeddedServerError:
    try:
        name = pwd.getpwuid(owner if owner is not None else -1).pw_name
    except (KeyError, OverflowError):
        name = f"user id {owner}"
    return EmbeddedServerError(
        DATA_OWNER,
        text(
            "{path} belongs to {owner}, and this process runs as {user}. Nothing was changed. Run it as the user who "
            "owns it, or set TWI_DATA_DIR to a folder of your own.",
            path=str(path),
            owner=name,
            user=caller.name,
        ),
    )


def _closed(path: Path, caller: Account) -> EmbeddedServerError:
    return EmbeddedServerError(
        DATA_OWNER,
        text(
            "{path} is in a folder that {user} can't enter. Nothing was changed. Set TWI_DATA_DIR to a folder of your "
            "own.",
            path=str(path),
            user=caller.name,
        ),
    )
