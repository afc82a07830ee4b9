"""What a killed process, a reused process id or an odd path leave behind, and that it does no harm."""

import fcntl
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
from tests.integration.embedded.stage import Actor, is_running, server_pid
from tests.integration.postgres_server import libpq
from tests.waiting import wait_until
from twi_embedded import cluster as embedded_cluster
from twi_embedded.locks import open_lock, try_lock
from twi_embedded.server import EmbeddedPostgres, EmbeddedServerError


@contextmanager
def _bystander(uid: int, place: Path, name: str = "sleep", folder: Path | None = None) -> Iterator[int]:
    """Run a process of that user, called `name`, in `folder`, that must not be harmed."""
    program = place / name
    program.symlink_to(shutil.which("sleep") or "")
    process = subprocess.Popen(
        ["sleep", "600"], executable=program, user=uid if os.geteuid() == 0 else None, cwd=folder or "/"
    )
    try:
        yield process.pid
        assert process.poll() is None, "the bystander was harmed"
    finally:
        process.kill()
        process.wait()


def _forge(data_dir: Path, pid: int) -> None:
    """Leave the pid file and the socket's lock file of a killed server, its process id now another's."""
    root = data_dir / "postgres"
    text = f"{pid}\n/proc/self/fd/5\n1700000000\n5432\n/proc/self/fd/6\n\n  2146320         4\nready   \n"
    for path in (root / "data" / "postmaster.pid", root / "socket" / ".s.PGSQL.5432.lock"):
        path.write_text(text)
        os.chown(path, (root / "data").stat().st_uid, -1)
        path.chmod(0o600)


@pytest.mark.parametrize(("name", "inside"), [("sleep", False), ("postgres", False), ("sleep", True)])
def test_a_stale_pid_file_of_a_foreign_process_is_no_obstacle_and_no_target(
    place: Path, settled: Path, name: str, inside: bool
) -> None:
    """A process that has the id of a killed server survives the start and the stop of the next one."""
    data = settled / "postgres" / "data"
    with _bystander(data.stat().st_uid, place, name, data if inside else None) as foreign:
        _forge(settled, foreign)
        with EmbeddedPostgres(settled, durability=False) as server, psycopg.connect(libpq(server.url)):
            assert server_pid(settled) != foreign


def test_a_pid_file_that_comes_to_name_another_process_does_not_make_it_a_target(place: Path, settled: Path) -> None:
    """A use whose server was killed, its id now another process's, leaves without ending that process."""
    use = EmbeddedPostgres(settled, durability=False)
    use.open()
    pid = server_pid(settled)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_running(pid))
    with _bystander((settled / "postgres" / "data").stat().st_uid, place) as foreign:
        _forge(settled, foreign)
        use.close()


def test_a_server_over_data_that_was_replaced_is_not_joined(settled: Path, actor: NewActor) -> None:
    """Replacing the data of a running server leads to a server over the new data."""
    user = actor()
    dsn = user.ask("open", data_dir=str(settled))
    data, away = settled / "postgres" / "data", settled / "away"
    subprocess.run(["cp", "-a", data, away], check=True)
    (away / "postmaster.pid").write_text("4194304\n")
    user.ask("query", dsn=dsn, sql="CREATE TABLE newer ()")
    user.kill()
    old = server_pid(settled)
    assert old is not None
    data.rename(settled / "replaced")
    away.rename(data)
    with EmbeddedPostgres(settled, durability=False) as server, psycopg.connect(libpq(server.url)) as connection:
        assert connection.execute("SELECT to_regclass('newer')").fetchone() == (None,)
    os.kill(old, signal.SIGQUIT)
    wait_until(lambda: not is_running(old))
    shutil.rmtree(settled / "replaced")


def test_a_start_waits_for_the_last_process_of_a_killed_server(settled: Path, actor: NewActor) -> None:
    """While a process of a killed server still holds its memory, the next start waits and then succeeds."""
    user, new = actor(), actor()
    user.ask("open", data_dir=str(settled))
    pid = server_pid(settled)
    child = int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
    os.kill(child, signal.SIGSTOP)
    os.kill(pid or 0, signal.SIGKILL)
    new.send("open", data_dir=str(settled))
    log = settled / "postgres" / "server.log"
    wait_until(lambda: "still in use" in log.read_text())
    os.kill(child, signal.SIGCONT)
    assert new.answer()
    user.kill()
    new.ask("close")


def test_the_starters_own_id_in_a_stale_pid_file_is_harmless(settled: Path) -> None:
    """A restarted container gives the bot the process id that the server had: the bot does not end itself."""
    _forge(settled, os.getpid())
    with EmbeddedPostgres(settled, durability=False) as server, psycopg.connect(libpq(server.url)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("initdb_too", [True, False], ids=["both killed", "initdb lives on"])
def test_a_first_start_that_was_killed_is_repeated(place: Path, actor: NewActor, initdb_too: bool) -> None:
    """After kill -9 while the database is created, the next process creates a whole one and cleans up."""
    killed = actor()
    killed.send("open", data_dir=str(place))
    wait_until(lambda: any((place / "postgres").glob("data.new-*/global")))
    children = Path(f"/proc/{killed.pid}/task/{killed.pid}/children").read_text().split()
    (initdb,) = map(int, children)
    os.kill(initdb, signal.SIGKILL if initdb_too else signal.SIGSTOP)
    killed.kill()
    lock = open_lock(place / "postgres" / "start.lock")
    if initdb_too:
        wait_until(lambda: try_lock(lock, fcntl.LOCK_EX))
    else:
        assert not try_lock(lock, fcntl.LOCK_EX), "an initdb that lives on keeps others waiting"
        os.kill(initdb, signal.SIGCONT)
    os.close(lock)
    assert not (place / "postgres" / "data").exists()
    with EmbeddedPostgres(place, durability=False) as server, psycopg.connect(libpq(server.url)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not any((place / "postgres").glob("data.new-*"))


def test_a_start_whose_process_was_killed_is_used(settled: Path, actor: NewActor) -> None:
    """After kill -9 between starting the server and using it, the next process gets that server or a new one."""
    killed = actor()
    killed.send("open", data_dir=str(settled))
    wait_until(lambda: server_pid(settled) is not None)
    killed.kill()
    with EmbeddedPostgres(settled, durability=False) as server, psycopg.connect(libpq(server.url)):
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
        with psycopg.connect(libpq(server.url)):
            pass
    assert not folder.exists()
    with EmbeddedPostgres(data_dir, durability=False) as server, psycopg.connect(libpq(server.url)):
        pass


def test_a_moved_socket_folder_that_was_replaced_is_not_used(place: Path, settled: Path) -> None:
    """When another user has put a folder in place of the moved socket's, a new one is made."""
    with moved(settled, place / ("a" * 120)) as data_dir:
        use = EmbeddedPostgres(data_dir, durability=False)
        planted = use.open().socket_directory
        note = (data_dir / "postgres" / "socket.path").read_text()
        use.close()
        (data_dir / "postgres" / "socket.path").write_text(note)
        planted.mkdir()
        planted.chmod(0o777)
        with EmbeddedPostgres(data_dir, durability=False) as server, psycopg.connect(libpq(server.url)):
            assert server.socket_directory != planted
        planted.rmdir()


def test_a_copy_of_a_running_folder_does_not_come_to_the_originals_server(place: Path, settled: Path) -> None:
    """A copied data folder whose socket lies elsewhere gets a separate server."""
    with moved(settled, place / ("a" * 120)) as data_dir, EmbeddedPostgres(data_dir, durability=False) as server:
        copy = place / ("b" * 120)
        subprocess.run(["cp", "-a", data_dir, copy], check=True)
        with EmbeddedPostgres(copy, durability=False) as other, psycopg.connect(libpq(other.url)):
            assert other.socket_directory != server.socket_directory
        with psycopg.connect(libpq(server.url)):
            pass


def test_a_socket_folder_that_was_opened_is_refused(settled: Path) -> None:
    """A socket folder that others may enter is refused with what to do, not silently closed."""
    (settled / "postgres" / "socket").chmod(0o755)
    with pytest.raises(EmbeddedServerError, match="Remove that folder") as refusal:
        EmbeddedPostgres(settled, durability=False).open()
    assert refusal.value.code == "storage.data_owner"
    (settled / "postgres" / "socket").chmod(0o700)


def test_a_server_that_lost_its_socket_is_replaced_when_unused(
    settled: Path, actor: NewActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server whose socket was deleted is left to its current users, and replaced once nobody uses it."""
    monkeypatch.setattr(embedded_cluster, "_TRUST_SECONDS", 0.3)
    user = actor()
    user.ask("open", data_dir=str(settled))
    pid = server_pid(settled)
    assert pid is not None
    (settled / "postgres" / "socket" / ".s.PGSQL.5432").unlink()
    with pytest.raises(EmbeddedServerError, match="doesn't answer"):
        EmbeddedPostgres(settled, durability=False).open()
    assert is_running(pid)
    user.kill()
    with EmbeddedPostgres(settled, durability=False) as server, psycopg.connect(libpq(server.url)):
        assert not is_running(pid)


def test_a_failed_start_shows_the_last_line_of_the_log(settled: Path) -> None:
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
    """A log that has grown large is emptied when a process joins, and starts empty at a start."""
    log = settled / "postgres" / "server.log"
    with EmbeddedPostgres(settled, durability=False):
        with log.open("a") as file:
            file.write("x" * 5_000_000)
        with EmbeddedPostgres(settled, durability=False):
            assert log.stat().st_size < 1_000_000
    with EmbeddedPostgres(settled, durability=False):
        assert log.stat().st_size < 10_000
