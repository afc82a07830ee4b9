"""What a killed process, a reused process number or an odd path leave behind, and that it does no harm."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.integration.embedded.conftest import NewActor, moved
from tests.integration.embedded.stage import Actor, is_running, server_pid, wait_until
from twi_postgres import embedded_cluster
from twi_postgres.embedded import EmbeddedPostgres, EmbeddedServerError


@contextmanager
def _bystander(uid: int, program: str = "sleep", folder: str = "/") -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [program, "600"], executable=shutil.which("sleep"), user=uid if os.geteuid() == 0 else None, cwd=folder
    )
    try:
        yield process
        assert process.poll() is None, "the bystander was harmed"
    finally:
        process.kill()
        process.wait()


def _forge(data_dir: Path, pid: int) -> None:
    """Leave the pid file and the socket's lock file of a server that was killed, its number now another's."""
    root = data_dir / "postgres"
    text = f"{pid}\n/proc/self/fd/5\n1700000000\n5432\n/proc/self/fd/6\n\n  2146320         4\nready   \n"
    for path in (root / "data" / "postmaster.pid", root / "socket" / ".s.PGSQL.5432.lock"):
        path.write_text(text)
        os.chown(path, (root / "data").stat().st_uid, -1)
        path.chmod(0o600)


def test_a_stale_pid_file_of_a_foreign_process_is_no_obstacle_and_no_target(settled: Path) -> None:
    """A process that has the number of a killed server survives the start and the stop of the next one."""
    uid = (settled / "postgres" / "data").stat().st_uid
    with _bystander(uid) as foreign:
        _forge(settled, foreign.pid)
        with EmbeddedPostgres(settled, durability=False) as server, psycopg.connect(server.dsn):
            assert server_pid(settled) != foreign.pid
        _forge(settled, foreign.pid)
        EmbeddedPostgres(settled, durability=False).close()
        assert foreign.poll() is None
        with EmbeddedPostgres(settled, durability=False):
            pass


def test_a_pid_file_that_comes_to_name_another_process_does_not_make_it_a_target(settled: Path) -> None:
    """A use whose server was killed, its number now another process's, leaves without ending that process."""
    use = EmbeddedPostgres(settled, durability=False)
    use.open()
    pid = server_pid(settled)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_running(pid))
    with _bystander((settled / "postgres" / "data").stat().st_uid) as foreign:
        _forge(settled, foreign.pid)
        use.close()
        assert foreign.poll() is None


def test_the_starters_own_number_in_a_stale_pid_file_is_harmless(settled: Path) -> None:
    """A container that starts again gives the bot the number that the server had: the bot does not end itself."""
    _forge(settled, os.getpid())
    with EmbeddedPostgres(settled, durability=False) as server, psycopg.connect(server.dsn):
        pass


@pytest.mark.parametrize("initdb_too", [True, False], ids=["both killed", "initdb lives on"])
def test_a_first_start_that_was_killed_is_made_anew(place: Path, actor: NewActor, initdb_too: bool) -> None:
    """After kill -9 in the middle of making the database, the next process makes a whole one and tidies up."""
    killed = actor()
    killed.send("open", data_dir=str(place))
    wait_until(lambda: any((place / "postgres").glob("data.new-*/global")))
    children = Path(f"/proc/{killed.pid}/task/{killed.pid}/children").read_text().split()
    killed.kill()
    if initdb_too:
        for child in children:
            os.kill(int(child), signal.SIGKILL)
    assert not (place / "postgres" / "data").exists()
    with EmbeddedPostgres(place, durability=False) as server, psycopg.connect(server.dsn) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not any((place / "postgres").glob("data.new-*"))


def test_a_start_whose_process_was_killed_is_used(settled: Path, actor: NewActor) -> None:
    """After kill -9 between starting the server and using it, the next process gets that server or its own."""
    killed = actor()
    killed.send("open", data_dir=str(settled))
    wait_until(lambda: server_pid(settled) is not None)
    killed.kill()
    with EmbeddedPostgres(settled, durability=False) as server, psycopg.connect(server.dsn):
        pass
    assert server_pid(settled) is None


@pytest.mark.parametrize("name", ["a" * 120, "comma, quote\" $(touch harm) 'and' `more`"], ids=["long", "odd"])
def test_a_path_that_no_socket_can_have_works_all_the_same(
    place: Path, settled: Path, actor: NewActor, name: str
) -> None:
    """With a long or odd path the socket lies in a closed folder elsewhere, for all processes, gone at the end."""
    with moved(settled, place / name / "twi") as data_dir:
        _use_twice(data_dir, actor())
    assert not list(Path("/").glob("harm"))


def _use_twice(data_dir: Path, other: Actor) -> None:
    with EmbeddedPostgres(data_dir, durability=False) as server:
        folder = server.socket_directory
        assert folder != data_dir / "postgres" / "socket"
        assert folder.stat().st_mode & 0o777 == 0o700
        dsn = other.ask("open", data_dir=str(data_dir))
        assert other.ask("query", dsn=dsn, sql="SELECT 1") == "1"
        other.ask("close")
        with psycopg.connect(server.dsn):
            pass
    assert not folder.exists()
    with EmbeddedPostgres(data_dir, durability=False) as server, psycopg.connect(server.dsn):
        pass


def test_a_moved_socket_folder_that_somebody_replaced_is_not_used(place: Path, settled: Path) -> None:
    """Where somebody else has put a folder in the place of the moved socket, a new one is made."""
    planted = place / "planted"
    planted.mkdir()
    planted.chmod(0o777)
    with moved(settled, place / ("a" * 120)) as data_dir:
        (data_dir / "postgres" / "socket.path").write_text(str(planted))
        with EmbeddedPostgres(data_dir, durability=False) as server:
            assert server.socket_directory != planted
            with psycopg.connect(server.dsn):
                pass


def test_a_socket_folder_that_was_opened_is_refused(settled: Path) -> None:
    """A folder of the socket that others may enter is refused with what to do, not quietly closed."""
    (settled / "postgres" / "socket").chmod(0o755)
    with pytest.raises(EmbeddedServerError, match="Remove that folder") as refusal:
        EmbeddedPostgres(settled, durability=False).open()
    assert refusal.value.code == "storage.data_owner"
    (settled / "postgres" / "socket").chmod(0o700)


def test_a_server_that_lost_its_socket_is_replaced_when_unused(
    settled: Path, actor: NewActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server whose socket was swept away is left to those who use it, and replaced once nobody does."""
    monkeypatch.setattr(embedded_cluster, "_TRUST_SECONDS", 0.3)
    user = actor()
    user.ask("open", data_dir=str(settled))
    pid = server_pid(settled)
    assert pid is not None
    (settled / "postgres" / "socket" / ".s.PGSQL.5432").unlink()
    with pytest.raises(EmbeddedServerError, match="does not answer"):
        EmbeddedPostgres(settled, durability=False).open()
    assert is_running(pid)
    user.kill()
    with EmbeddedPostgres(settled, durability=False) as server, psycopg.connect(server.dsn):
        assert not is_running(pid)


def test_a_failed_start_tells_the_last_line_of_the_log(settled: Path) -> None:
    """When PostgreSQL refuses its data, the error says why in one line, and leaves no server."""
    control = settled / "postgres" / "data" / "global" / "pg_control"
    control.rename(control.with_suffix(".away"))
    with pytest.raises(EmbeddedServerError) as failure:
        EmbeddedPostgres(settled, durability=False).open()
    assert failure.value.code == "storage.start_failed"
    assert "pg_control" in failure.value.message
    assert "\n" not in failure.value.message
    assert server_pid(settled) is None
    control.with_suffix(".away").rename(control)


def test_the_log_does_not_grow_without_end(settled: Path) -> None:
    """A log that has grown large is emptied when a process joins, and begun anew at a start."""
    log = settled / "postgres" / "server.log"
    with EmbeddedPostgres(settled, durability=False):
        with log.open("a") as file:
            file.write("x" * 5_000_000)
        with EmbeddedPostgres(settled, durability=False):
            assert log.stat().st_size < 1_000_000
    with EmbeddedPostgres(settled, durability=False):
        assert log.stat().st_size < 10_000
