"""What one process commits reaches another, however often the connection between them breaks."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Final, cast, final

import psycopg
import pytest
from psycopg import sql

from tests.contracts.invalidating import Announced
from tests.contracts.links import find
from tests.contracts.values import CALL, GUILD, OTHER_GUILD, committed, link
from tests.integration.postgres.relay import relayed
from tests.integration.postgres_server import libpq
from tests.waiting import wait_until
from twi_core.kernel.guild_cache import GuildCache
from twi_core.kernel.ids import LARGEST_ID, GuildId, UserId
from twi_core.kernel.invalidations import Invalidations
from twi_core.kernel.outcome import Success
from twi_core.kernel.permissions import Level
from twi_core.kernel.unit import UNAUDITED
from twi_core.links import LINKS
from twi_core.permissions.use_cases.show import ShowPermissions
from twi_embedded.server import EmbeddedServer
from twi_memory.ports.sources import SystemClock
from twi_postgres.database import notifications
from twi_postgres.database.engine import DatabaseUrlError, open_engine, read_url
from twi_postgres.database.metadata import SCHEMA
from twi_postgres.database.notifications import APPLICATION_NAME, channel, listening
from twi_postgres.database.unit import PostgresStore
from twi_runtime.configuration.settings import load_settings, with_database
from twi_runtime.opening.lifecycle import open_runtime
from twi_runtime.process.components import STOP_TIMEOUT

SOON: Final = 60.0

pytestmark = pytest.mark.asyncio


@final
class Listener:
    """A process that listens; `announced` grows with what arrives under the topic `a`."""

    def __init__(self) -> None:
        self.invalidations = Invalidations()
        self.announced: Announced = []
        self.invalidations.subscribe("a", lambda guild: self.announced.append(("a", guild)))

    async def until(self, condition: Callable[[], bool], seconds: float = SOON) -> None:
        """Wait for a condition while this loop goes on."""
        await asyncio.to_thread(wait_until, condition, seconds)

    async def connects(self) -> None:
        """Wait until it listens."""
        await self.until(lambda: self.invalidations.live)

    async def loses(self, seconds: float = SOON) -> None:
        """Wait until it no longer listens."""
        await self.until(lambda: not self.invalidations.live, seconds)


@asynccontextmanager
async def listener_at(url: str, schema: str = SCHEMA) -> AsyncIterator[Listener]:
    """Yield a listener for everything announced on a database from now on."""
    listener = Listener()
    async with listening(url, listener.invalidations, schema=schema):
        await listener.connects()
        listener.announced.clear()
        yield listener


@asynccontextmanager
async def another(url: str) -> AsyncIterator[PostgresStore]:
    """Yield a store as another process has it."""
    async with open_engine(url) as engine:
        yield PostgresStore(engine)


async def invalidate(store: PostgresStore, *guilds: GuildId) -> None:
    """Commit a unit that announces a change of guilds."""
    async with store.open(LINKS)(CALL) as unit:
        for guild in guilds:
            unit.invalidate("a", guild)
        await unit.commit(UNAUDITED)


def run(url: str, statement: str | sql.Composed, *values: object) -> list[tuple[object, ...]]:
    """Run a statement as another program would."""
    with psycopg.connect(libpq(url), autocommit=True) as connection:
        cursor = connection.execute(statement if isinstance(statement, sql.Composed) else statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def listeners(url: str, name: str = APPLICATION_NAME) -> list[int]:
    """Return the server processes of the connections that listen on a database, by their application name."""
    rows = run(
        url,
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s",
        name,
    )
    return [pid for (pid,) in rows if isinstance(pid, int)]


async def test_what_another_process_commits_arrives(database_url: str) -> None:
    """Each committed announcement arrives with its topic and guild, and what was not committed never does."""
    async with listener_at(database_url) as listener, another(database_url) as store:
        async with store.open(LINKS)(CALL) as unit:
            unit.invalidate("a", GuildId(1))
            await unit.links.add(link(1, "one"))
        async with store.open(LINKS)(CALL) as unit:
            unit.invalidate("b", GuildId(2))
            await unit.commit(UNAUDITED)
        await invalidate(store, GUILD, GuildId(LARGEST_ID))
        await invalidate(store, OTHER_GUILD)
        await listener.until(lambda: len(listener.announced) == 3)
    assert listener.announced == [("a", GUILD), ("a", GuildId(LARGEST_ID)), ("a", OTHER_GUILD)]


async def test_nothing_is_lost_while_the_connection_is_tried(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An announcement that comes while the server is asked for a sign of life is received like any other."""
    monkeypatch.setattr(notifications, "HEARTBEAT", 0.0005)
    guilds = [GuildId(number) for number in range(1, 301)]
    async with listener_at(database_url) as listener, another(database_url) as store:
        for guild in guilds:
            await invalidate(store, guild)
        await listener.until(lambda: len(listener.announced) >= len(guilds))
    assert listener.announced == [("a", guild) for guild in guilds]


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "a",
        "a ",
        " 7",
        "a 0",
        "a -7",
        f"a {2**63}",
        "a 7x",
        "a " + "9" * 5_000,
        "x" * 7_999,
        "\n",
        "a 7 '; --",
        "日",
    ],
    ids=lambda payload: repr(payload[:12]),
)
async def test_an_unreadable_notification_may_mean_anything(database_url: str, payload: str) -> None:
    """A foreign notification harms nobody: at most everything is loaded again, and listening goes on."""
    async with listener_at(database_url) as listener, another(database_url) as store:
        await asyncio.to_thread(run, database_url, "SELECT pg_notify(%s, %s)", channel(SCHEMA), payload)
        await invalidate(store, GUILD)
        await listener.until(lambda: ("a", GUILD) in listener.announced)
        assert listener.invalidations.live
    assert listener.announced in ([("a", None), ("a", GUILD)], [("a", GUILD)])
    assert (("a", None) in listener.announced) is (payload != " 7")


async def test_a_notification_that_is_no_text_is_survived(database_url: str) -> None:
    """Bytes that the connection's encoding does not know cost a new connection, not the listening."""
    async with listener_at(f"{database_url}&client_encoding=sql_ascii") as listener, another(database_url) as store:
        await asyncio.to_thread(run, database_url, "SELECT pg_notify(%s, %s)", channel(SCHEMA), "a 日")
        await listener.until(lambda: ("a", None) in listener.announced)
        await invalidate(store, GUILD)
        await listener.until(lambda: ("a", GUILD) in listener.announced)
    assert listener.announced == [("a", None), ("a", GUILD)]


async def test_a_bug_in_a_listener_does_not_end_the_listening(database_url: str) -> None:
    """A listener that raises at every announcement does not keep the next one from the others."""
    async with listener_at(database_url) as listener, another(database_url) as store:

        def fail(_: GuildId | None) -> None:
            raise ZeroDivisionError

        listener.invalidations.subscribe("a", fail)
        later: Announced = []
        listener.invalidations.subscribe("a", lambda guild: later.append(("a", guild)))
        for guild in (GUILD, OTHER_GUILD):
            await invalidate(store, guild)
        await listener.until(lambda: len(later) == 2)
        assert listener.invalidations.live
    assert later == listener.announced == [("a", GUILD), ("a", OTHER_GUILD)]


async def test_a_lost_connection_is_noticed_and_reopened(postgres_template: EmbeddedServer, postgres_url: str) -> None:
    """While not listening every call asks the database; afterwards the first call sees what was missed."""
    database = sql.Identifier(str(read_url(postgres_url).database))
    admission = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    loads: list[GuildId] = []
    async with listener_at(postgres_url) as listener, another(postgres_url) as mine, another(postgres_url) as others:

        async def load(guild: GuildId) -> str:
            loads.append(guild)
            found = await find(mine, "one")
            assert found is not None
            return found.content

        async def change(content: str) -> None:
            async with others.open(LINKS)(CALL) as unit:
                await unit.links.replace(link(1, "one", content=content))
                unit.invalidate("a", GUILD)
                await unit.commit(UNAUDITED)

        await committed(others.open(LINKS), lambda unit: unit.links.add(link(1, "one", content="first")))
        cache = GuildCache("a", load, listener.invalidations, SystemClock())
        assert [await cache.get(GUILD), await cache.get(GUILD), len(loads)] == ["first", "first", 1]

        (process,) = listeners(postgres_url)
        run(postgres_template.url, admission.format(database, sql.SQL("false")))
        run(postgres_template.url, "SELECT pg_terminate_backend(%s, 5000)", process)
        await listener.loses(1)
        await change("second")
        assert [await cache.get(GUILD), await cache.get(GUILD), len(loads)] == ["second", "second", 3]
        await change("third")
        assert not listener.invalidations.live

        run(postgres_template.url, admission.format(database, sql.SQL("true")))
        await listener.connects()
        assert [await cache.get(GUILD), await cache.get(GUILD), len(loads)] == ["third", "third", 4]
        await change("fourth")
        await listener.until(lambda: listener.announced[-1:] == [("a", GUILD)])
        assert [await cache.get(GUILD), await cache.get(GUILD), len(loads)] == ["fourth", "fourth", 5]
        assert listeners(postgres_url) != [process]
    assert listener.announced == [("a", None), ("a", GUILD)]


async def test_a_server_that_falls_silent_is_noticed(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection whose other end silently stops responding counts as lost, and is opened again."""
    monkeypatch.setattr(notifications, "HEARTBEAT", 0.3)
    monkeypatch.setattr(notifications, "PATIENCE", 0.3)
    async with (
        relayed(database_url) as relay,
        another(database_url) as store,
        listener_at(f"{relay.url}?connect_timeout=2") as listener,
    ):
        relay.speaks.clear()
        await listener.loses()
        await invalidate(store, GUILD)
        assert listener.announced == []
        relay.speaks.set()
        await listener.connects()
        await invalidate(store, OTHER_GUILD)
        await listener.until(lambda: ("a", OTHER_GUILD) in listener.announced)
        assert listener.announced[0] == ("a", None)


async def test_leaving_does_not_wait_for_a_silent_server(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process ends in time although the server does not answer the sign of life."""
    monkeypatch.setattr(notifications, "HEARTBEAT", 0.05)
    async with relayed(database_url) as relay:
        async with listener_at(relay.url) as listener:
            relay.speaks.clear()
            await asyncio.wait_for(relay.held.wait(), SOON)
            started = time.monotonic()
        assert time.monotonic() - started < STOP_TIMEOUT / 2
        assert not listener.invalidations.live


async def test_leaving_leaves_nothing_behind(database_url: str) -> None:
    """After the block there is no task and no connection, and invalidations are not live."""
    before = asyncio.all_tasks()
    async with listener_at(database_url) as listener:
        assert len(listeners(database_url)) == 1
        assert len(asyncio.all_tasks() - before) == 1
    assert asyncio.all_tasks() == before
    assert not listener.invalidations.live
    await listener.until(lambda: listeners(database_url) == [])


async def test_leaving_at_once_leaves_nothing_behind(database_url: str) -> None:
    """A block that ends while the connection is made, at any step, leaves no task and no connection either."""
    before = asyncio.all_tasks()
    for steps in range(40):
        invalidations = Invalidations()
        async with listening(database_url, invalidations):
            for _ in range(steps):
                await asyncio.sleep(0)
        assert not invalidations.live
        assert asyncio.all_tasks() == before
    await Listener().until(lambda: listeners(database_url) == [])


@asynccontextmanager
async def serving(serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]) -> AsyncIterator[str]:
    """Yield the URL of a server that does not speak PostgreSQL."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"postgresql://twi:hunter2@127.0.0.1:{server.sockets[0].getsockname()[1]}/twi"
    finally:
        server.close()


async def test_a_server_that_does_not_answer_delays_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """The block begins and ends at once while a connection waits for its server; invalidations are not live."""
    invalidations, called, writers = Invalidations(), asyncio.Event(), list[asyncio.StreamWriter]()

    def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        called.set()

    async with serving(serve) as url:
        started = time.monotonic()
        async with listening(url, invalidations):
            assert time.monotonic() - started < SOON / 10
            await asyncio.wait_for(called.wait(), SOON)
            assert not invalidations.live
            started = time.monotonic()
        assert time.monotonic() - started < SOON / 10
    for writer in writers:
        writer.close()
    assert caplog.text == ""


async def test_a_server_that_is_not_there_is_tried_ever_more_seldom(caplog: pytest.LogCaptureFixture) -> None:
    """Pauses grow while a server refuses; that is logged once, without the password or the address."""
    caplog.set_level(logging.INFO)
    times: list[float] = []

    def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        times.append(time.monotonic())
        writer.close()

    listener = Listener()
    async with serving(serve) as url, listening(url, listener.invalidations):
        await listener.until(lambda: len(times) == 4)
        assert not listener.invalidations.live
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert [pause >= notifications.FIRST_PAUSE * 2**number for number, pause in enumerate(pauses, 1)] == [True] * 3
    (record,) = (record for record in caplog.records if record.name == notifications.__name__)
    assert record.levelname == "WARNING"
    for leak in ("hunter2", "127.0.0.1", "twi:"):
        assert leak not in caplog.text


async def test_a_new_connection_is_logged(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """A lost connection is logged once, and once more when it is back."""
    caplog.set_level(logging.INFO, notifications.__name__)
    async with listener_at(database_url) as listener:
        assert caplog.messages == []
        run(database_url, "SELECT pg_terminate_backend(%s, 5000)", *listeners(database_url))
        await listener.until(lambda: ("a", None) in listener.announced)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert caplog.messages[0] == "OperationalError while listening for other processes' changes; reconnecting"


async def test_what_the_url_asks_of_connections_holds_for_this_one(database_url: str) -> None:
    """The URL's options reach the server beside ours; an idle limit costs at most new connections."""
    url = f"{database_url}&options=-c%20idle_session_timeout%3D300&application_name=mine"
    async with listener_at(url) as listener:
        assert listeners(database_url) == []
        assert len(listeners(database_url, "mine")) == 1
        await listener.until(lambda: ("a", None) in listener.announced)
        await listener.connects()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://twi:p%40ss@/twi?host=one:5432&host=two:5433",
        "postgresql://twi@one:5432/twi?sslmode=require&connect_timeout=1&options=-c%20search_path%3Dmine",
        "postgres://twi@/twi?host=%2Fsomewhere&port=7&application_name=mine",
    ],
)
async def test_it_reaches_the_server_that_the_engine_reaches(url: str) -> None:
    """A URL with several servers, sockets or passwords means the same here as for every other call."""
    arguments = notifications._arguments(url)
    async with open_engine(url) as engine:
        _, given = engine.dialect.create_connect_args(engine.url)
    options = str(given.pop("options", ""))
    given.pop("context")  # how the engine's values become Python's
    assert {name: arguments[name] for name in given} == given
    assert options in str(arguments["options"])
    assert "statement_timeout" in str(arguments["options"])
    assert arguments["prepare_threshold"] is None


async def test_only_a_process_that_serves_listens(database_url: str) -> None:
    """A process that makes a call and ends opens no connection for listening; one that serves opens one."""
    settings = with_database(load_settings(), database_url)
    listener = Listener()
    async with open_runtime(settings, serves=False) as runtime:
        call = runtime.app.context(actor=UserId(1), guild=GUILD, asserted_level=Level.MODERATOR)
        assert isinstance(await runtime.app.permissions.show(ShowPermissions(), call), Success)
        assert listeners(database_url) == []
    async with open_runtime(settings):
        await listener.until(lambda: len(listeners(database_url)) == 1)
    await listener.until(lambda: listeners(database_url) == [])


async def test_an_idle_limit_of_the_server_is_never_met(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs of life keep a connection that the server would end for idling."""
    monkeypatch.setattr(notifications, "HEARTBEAT", 0.1)
    async with listener_at(f"{database_url}&options=-c%20idle_session_timeout%3D2000") as listener:
        before = listeners(database_url)
        beaten = time.monotonic() + 3
        await listener.until(lambda: time.monotonic() > beaten)
        assert listeners(database_url) == before
        assert listener.announced == []


async def test_no_transaction_stays_open(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is outside any transaction, so that it holds up no cleaning of tables."""
    monkeypatch.setattr(notifications, "HEARTBEAT", 0.01)
    query = "SELECT state, backend_xmin, xact_start, query FROM pg_stat_activity WHERE pid = %s"
    async with listener_at(database_url) as listener:
        (pid,) = listeners(database_url)
        await listener.until(lambda: run(database_url, query, pid) == [("idle", None, None, "SELECT 1")])
        assert listener.invalidations.live


async def test_a_bug_in_listening_is_logged_and_nothing_is_kept(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """An exception that is a bug ends the listening with an error in the log; calls then ask the database."""
    invalidations = Invalidations()
    invalidations.version = cast(int, "no number")  # stands for any bug
    async with listening(database_url, invalidations):
        await Listener().until(lambda: "TypeError" in caplog.text)
        assert not invalidations.live
    assert "listening for other processes' changes stopped" in caplog.text


async def test_a_foreign_url_is_refused() -> None:
    """Anything but a PostgreSQL URL is refused before anything begins, without being repeated."""
    with pytest.raises(DatabaseUrlError) as caught:
        async with listening("mysql://u:hunter2@h/d", Invalidations()):
            pass
    assert "hunter2" not in str(caught.value)
