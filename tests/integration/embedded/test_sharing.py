"""One server for all processes of a user: who starts it, who joins it, who stops it."""

import asyncio
import fcntl
import os
import signal
from pathlib import Path

import psycopg
import pytest

from tests.integration.embedded.conftest import NewActor
from tests.integration.embedded.stage import Refused, is_running, server_pid
from tests.integration.postgres_server import libpq
from tests.waiting import wait_until
from twi_embedded.server import EmbeddedPostgres, EmbeddedServerError, open_embedded


def _running(data_dir: Path) -> int:
    pid = server_pid(data_dir)
    assert pid is not None
    assert is_running(pid)
    return pid


def test_many_processes_that_start_at_once_share_one_server(place: Path, actor: NewActor) -> None:
    """Six processes that start on an empty folder at the same moment all work with the same server."""
    actors = [actor() for _ in range(6)]
    for one in actors:
        one.send("open", data_dir=str(place))
    dsns = [one.answer() for one in actors]
    assert len(set(dsns)) == 1
    pids = {one.ask("query", dsn=dsns[0], sql="SELECT pg_read_file('postmaster.pid')") for one in actors}
    assert len(pids) == 1
    for one in actors:
        assert is_running(_running(place))
        one.ask("close")
    assert server_pid(place) is None


def test_the_last_one_to_leave_stops_the_server_and_the_data_stays(settled: Path, actor: NewActor) -> None:
    """A process that joins keeps the server when the first leaves, and stops it when it leaves too; the data lasts."""
    first, second = actor(), actor()
    dsn = first.ask("open", data_dir=str(settled))
    first.ask("query", dsn=dsn, sql="CREATE TABLE lasting (word text); INSERT INTO lasting VALUES ('here')")
    pid = _running(settled)
    second.ask("open", data_dir=str(settled))
    first.ask("close")
    assert _running(settled) == pid
    assert second.ask("query", dsn=dsn, sql="SELECT word FROM lasting") == "here"
    second.ask("close")
    assert not is_running(pid)
    with EmbeddedPostgres(settled, durability=False) as server, psycopg.connect(libpq(server.url)) as connection:
        assert connection.execute("SELECT word FROM lasting").fetchone() == ("here",)


def test_the_next_starter_may_share_too(settled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At no moment of leaving is the start lock free while the users' lock is not."""
    close, shared = os.close, list[bool]()

    def free(name: str, kind: int) -> bool:
        descriptor = os.open(settled / "postgres" / name, os.O_RDWR)
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            close(descriptor)
        return True

    def watched(descriptor: int) -> None:
        close(descriptor)
        if free("start.lock", fcntl.LOCK_EX):
            shared.append(free("users.lock", fcntl.LOCK_SH))

    use = EmbeddedPostgres(settled, durability=False)
    use.open()
    monkeypatch.setattr(os, "close", watched)
    use.close()
    monkeypatch.undo()
    assert shared
    assert all(shared)


def test_a_killed_process_leaves_nothing_forever(settled: Path, actor: NewActor) -> None:
    """After kill -9 of the only user the server is joined, not started again, and the next to leave stops it."""
    killed, next_one = actor(), actor()
    killed.ask("open", data_dir=str(settled))
    pid = _running(settled)
    killed.kill()
    assert _running(settled) == pid
    next_one.ask("open", data_dir=str(settled))
    assert _running(settled) == pid
    next_one.ask("close")
    assert not is_running(pid)


def test_a_killed_process_takes_the_server_from_nobody(settled: Path, actor: NewActor) -> None:
    """After kill -9 of one of two users the other works on, and stops the server when it leaves."""
    killed, other = actor(), actor()
    killed.ask("open", data_dir=str(settled))
    dsn = other.ask("open", data_dir=str(settled))
    pid = _running(settled)
    killed.kill()
    assert other.ask("query", dsn=dsn, sql="SELECT 1") == "1"
    other.ask("close")
    assert not is_running(pid)


def test_a_server_that_died_is_started_again_with_its_data(settled: Path, actor: NewActor) -> None:
    """After kill -9 of the server itself, a new use starts it again beside an old one, and nothing is lost."""
    old, new = actor(), actor()
    dsn = old.ask("open", data_dir=str(settled), lasting="yes")
    old.ask("query", dsn=dsn, sql="CREATE TABLE kept AS SELECT 'here' AS word")
    os.kill(_running(settled), signal.SIGKILL)
    assert new.ask("query", dsn=new.ask("open", data_dir=str(settled)), sql="SELECT word FROM kept") == "here"
    new.ask("close")
    assert old.ask("query", dsn=dsn, sql="SELECT word FROM kept") == "here"
    old.ask("close")


def test_an_interrupt_at_the_terminal_does_not_reach_the_server(settled: Path, actor: NewActor) -> None:
    """The server is in no process group of its starter, so that Ctrl-C ends the bot and not the database."""
    one = actor()
    one.ask("open", data_dir=str(settled))
    assert os.getsid(_running(settled)) != os.getsid(one.pid)
    assert os.getpgid(_running(settled)) != os.getpgid(one.pid)
    one.ask("close")


def test_uses_in_one_process_are_counted_like_processes(settled: Path) -> None:
    """Two objects in one process share the server, either may leave first, and each may come back."""
    first, second = EmbeddedPostgres(settled, durability=False), EmbeddedPostgres(settled, durability=False)
    assert first.open() == second.open()
    first.close()
    first.close()
    assert server_pid(settled) is not None
    first.open()
    second.close()
    assert server_pid(settled) is not None
    with pytest.raises(RuntimeError, match="already open"):
        first.open()
    first.close()
    assert server_pid(settled) is None


@pytest.mark.asyncio
async def test_the_event_loop_runs_on_while_the_server_starts(place: Path) -> None:
    """Starting and stopping happen beside the event loop, and the block has a server to connect to."""
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0.005)

    heart = asyncio.create_task(beat())
    async with open_embedded(place, durability=False) as server:
        assert beats > 10
        async with await psycopg.AsyncConnection.connect(libpq(server.url)) as connection:
            cursor = await connection.execute("SELECT current_user || current_database()")
            assert await cursor.fetchone() == ("twitwi",)
    heart.cancel()
    assert server_pid(place) is None


@pytest.mark.asyncio
async def test_a_cancelled_start_leaves_no_server(place: Path) -> None:
    """Cancelling the entry into the block, even twice, ends with the server stopped and the cancellation raised."""

    async def use() -> None:
        async with open_embedded(place, durability=False):
            raise AssertionError("the block must not be entered")

    task = asyncio.create_task(use())
    await asyncio.to_thread(wait_until, (place / "postgres" / "start.lock").exists)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert server_pid(place) is None


@pytest.mark.asyncio
async def test_the_asynchronous_form_raises_the_same_refusal(place: Path) -> None:
    """What `open` refuses is raised by the asynchronous form with the same code."""
    (place / "postgres").mkdir()
    (place / "postgres" / "notes.txt").touch()
    with pytest.raises(EmbeddedServerError) as refusal:
        async with open_embedded(place):
            pass
    assert refusal.value.code == "storage.data_foreign"


def test_a_process_waits_for_one_that_is_starting(place: Path, actor: NewActor) -> None:
    """A process that arrives while another one creates the database waits for it, and does not fail."""
    slow, late = actor(), actor()
    slow.send("open", data_dir=str(place))
    wait_until(lambda: any((place / "postgres").glob("data.new-*")))
    late.send("open", data_dir=str(place))
    assert slow.answer() == late.answer()
    slow.ask("close")
    late.ask("close")
    with pytest.raises(Refused):
        late.ask("query", dsn=f"host={place}/postgres/socket user=twi dbname=twi", sql="SELECT 1")
