"""The only way into the embedded server: the folder of its socket, and who may connect there."""

import os
import re
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from twi_core.kernel.language import text
from twi_embedded.errors import DATA_OWNER, EmbeddedServerError
from twi_embedded.identity import Account, Layout

_LONGEST: Final = 90  # bytes; the kernel takes 107 with the name of the socket's file
_PLAIN: Final = re.compile(r"[\w/.+~ -]+")  # libpq takes a comma for a list of hosts


def socket_folder(layout: Layout) -> Path:
    """Return the folder of the socket: below the data folder, or where the last start moved it."""
    if _fits(layout.socket):
        return layout.socket
    with suppress(FileNotFoundError):
        owner, _, moved = layout.moved_socket.read_text(encoding="utf-8").partition(" ")
        if owner == _mark(layout):
            return Path(moved)
    return layout.socket


def fresh_socket_folder(layout: Layout, account: Account) -> Path:
    """Return a folder for the socket that only the server's user can enter, creating it if needed.

    Raises:
        EmbeddedServerError: `storage.data_owner` for a folder that is open to others or belongs to another user.
    """
    folder = socket_folder(layout)
    if not _fits(layout.socket):
        if folder != layout.socket and _closed_to_others(folder, account):
            return folder
        # Not below the data folder, so others may have planted the old name since: create a new one.
        folder = Path(tempfile.mkdtemp(prefix="twi-", dir=_short_folder()))
        hand_over(folder, account)
        layout.moved_socket.write_text(f"{_mark(layout)} {folder}", encoding="utf-8")
        return folder
    if not folder.exists():
        folder.mkdir(mode=0o700)
        hand_over(folder, account)
    if not _closed_to_others(folder, account):
        raise EmbeddedServerError(
            DATA_OWNER,
            text(
                "{folder} doesn't belong to {user} alone: its owner or its mode is wrong. Remove that folder; the next "
                "start creates it again.",
                folder=str(folder),
                user=account.name,
            ),
        )
    return folder


def remove_dead_socket(folder: Path, port: int) -> None:
    """Remove what a killed server left in the folder; another process may have its lock file's pid by now."""
    for name in (f".s.PGSQL.{port}", f".s.PGSQL.{port}.lock"):
        (folder / name).unlink(missing_ok=True)


def forget_moved_socket(layout: Layout) -> None:
    """Remove the folder outside the data folder that held the socket, if there was one."""
    folder = socket_folder(layout)
    if folder != layout.socket:
        shutil.rmtree(folder, ignore_errors=True)
        layout.moved_socket.unlink(missing_ok=True)


def write_access(layout: Layout, role: str, caller: Account) -> None:
    """Write access rules that admit only the caller, as the kernel identifies the other end of the socket.

    The rules are in a folder that the server's user can read but not change.
    """
    layout.access.mkdir(exist_ok=True)
    layout.access.chmod(0o755)  # ours, in a closed folder; a strict umask must not hide it from the server
    name = caller.name.replace('"', '""')
    rules = {"pg_hba.conf": f"local all {role} peer map=twi\n", "pg_ident.conf": f'twi "{name}" {role}\n'}
    for file, content in rules.items():
        path = layout.access / file
        path.write_text(content, encoding="utf-8")
        path.chmod(0o644)


def hand_over(folder: Path, account: Account) -> None:
    """Hand a folder that this process has just made to the server's user."""
    if account.uid != os.geteuid():
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)


def _mark(layout: Layout) -> str:
    """Return what distinguishes this folder from a copy of it, which must not reach the original's server."""
    found = layout.root.stat()
    return f"{found.st_dev}:{found.st_ino}"


def _closed_to_others(folder: Path, account: Account) -> bool:
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and not found.st_mode & 0o77


def _short_folder() -> str:
    chosen = tempfile.gettempdir()
    return chosen if len(os.fsencode(chosen)) < _LONGEST // 2 and _PLAIN.fullmatch(chosen) else "/tmp"  # noqa: S108


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder)) <= _LONGEST and _PLAIN.fullmatch(str(folder)) is not None
