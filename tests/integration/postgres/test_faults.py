"""Every way in which PostgreSQL fails becomes a fault that the core knows, and nothing is left broken."""

import asyncio
import random
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg
import pytest
from sqlalchemy import func, select, text

from tests.contracts.links import find
from tests.contracts.values import CALL, GUILD, Store, committed, keep, link, token
from tests.integration.postgres_server import libpq
from tests.waiting import PATIENCE
from twi_core.kernel.faults import Conflict, CorruptData, PortError, TimedOut, Unavailable
from twi_core.kernel.unit import UNAUDITED
from twi_core.links import LINKS
from twi_core.tokens import TOKENS
from twi_postgres.database.engine import DatabaseUrlError, EngineSettings, open_engine
from twi_postgres.database.unit import PostgresStore, PostgresUnit

SLOW_COMMIT = """
CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON twi.links
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait();
"""
COMMITTING = "SELECT pid FROM pg_stat_activity WHERE query = 'COMMIT' AND wait_event = 'PgSleep'"


@asynccontextmanager
async def store_over(url: str, settings: EngineSettings) -> AsyncIterator[Store]:
    """Yield a store with other limits."""
    async with open_engine(url, settings) as engine:
        yield PostgresStore(engine)


@asynccontextmanager
async def locked(url: str, title: str) -> AsyncIterator[None]:
    """Lock a link's row, as another program might."""
    async with await psycopg.AsyncConnection.connect(libpq(url)) as other:
        await other.execute("SELECT 1 FROM twi.links WHERE title = %s FOR UPDATE", (title,))
        yield
        await other.rollback()


async def ends(url: str, pid: int) -> None:
    """End a server process, and wait until it is gone."""
    async with await psycopg.AsyncConnection.connect(libpq(url), autocommit=True) as other:
        row = await (await other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))).fetchone()
        assert row == (True,)


async def pid_of(store: Store) -> int:
    """Return the server process behind the connection that the next unit takes."""
    assert isinstance(store, PostgresStore)
    async with store._engine.connect() as connection:
        pid: int = (await connection.execute(select(func.pg_backend_pid()))).scalar_one()
        return pid


async def fault(work: Callable[[], Awaitable[object]]) -> PortError:
    """Return the fault that work ends with."""
    with pytest.raises(PortError) as caught:
        await work()
    return caught.value


async def edit(store: Store, title: str) -> None:
    """Change a link's content."""
    async with store.open(LINKS)(CALL) as unit:
        found = await unit.links.find_to_change(GUILD, title)
        assert found is not None
        await unit.links.replace(found)
        await unit.commit(UNAUDITED)


@pytest.mark.asyncio
async def test_a_deadlock_is_a_conflict_for_one_of_the_two(store: Store) -> None:
    """Two units that wait for each other: one goes on, and the other may try again."""
    await keep(store, link(1, "a"), link(2, "b"))
    ready = asyncio.Barrier(2)

    async def lock(first: str, second: str) -> PortError | None:
        try:
            async with store.open(LINKS)(CALL) as unit:
                await unit.links.find_to_change(GUILD, first)
                await ready.wait()
                await unit.links.find_to_change(GUILD, second)
                await unit.commit(UNAUDITED)
        except PortError as error:
            return error
        return None

    found = [each for each in await asyncio.gather(lock("a", "b"), lock("b", "a")) if each is not None]
    assert len(found) == 1
    assert isinstance(found[0], Conflict)
    assert found[0].retry


@pytest.mark.asyncio
async def test_a_serialisation_failure_is_a_conflict(database_url: str) -> None:
    """When the server is set to serialise transactions, the one that cannot be serialised may try again."""
    url = f"{database_url}&options=-c%20default_transaction_isolation%3Dserializable"
    async with store_over(url, EngineSettings()) as store:
        await keep(store, link(1, "a"))
        async with store.open(LINKS)(CALL) as unit:
            assert await unit.links.find(GUILD, "a") is not None
            await edit(store, "a")
            with pytest.raises(Conflict) as caught:
                await unit.links.find_to_change(GUILD, "a")
    assert caught.value.retry


@pytest.mark.asyncio
async def test_a_connection_lost_before_the_commit_may_be_tried_again(database_url: str, store: Store) -> None:
    """A server process that ends in the middle of a unit stored nothing, and the next unit works."""

    async def work() -> None:
        async with store.open(LINKS)(CALL) as unit:
            await unit.links.add(link(1, "a"))
            assert isinstance(unit, PostgresUnit)
            assert unit._transaction is not None
            connection = unit._transaction._connection
            assert connection is not None
            await ends(database_url, (await connection.execute(select(func.pg_backend_pid()))).scalar_one())
            await unit.links.add(link(2, "b"))

    found = await fault(work)
    assert isinstance(found, Unavailable)
    assert found.retry
    await keep(store, link(1, "a"))


@pytest.mark.asyncio
async def test_a_connection_lost_while_it_was_idle_is_not_noticed(database_url: str, store: Store) -> None:
    """A pooled connection that ended in the meantime is replaced before a unit gets it."""
    for _ in range(3):
        await ends(database_url, await pid_of(store))
        await edit_or_add(store)
    assert await find(store, "a") == link(1, "a")


async def edit_or_add(store: Store) -> None:
    """Use the storage."""
    await committed(store.open(LINKS), lambda unit: unit.links.add(link(1, "a")))


@pytest.mark.asyncio
async def test_a_connection_lost_with_the_commit_must_not_be_tried_again(postgres_url: str) -> None:
    """When the commit was sent and no answer came, it may have been stored: the work is not run twice."""
    async with (
        store_over(postgres_url, EngineSettings()) as store,
        await psycopg.AsyncConnection.connect(libpq(postgres_url), autocommit=True) as other,
    ):
        await other.execute(SLOW_COMMIT)
        task = asyncio.create_task(fault(lambda: keep(store, link(1, "a"))))
        async with asyncio.timeout(PATIENCE):
            while (row := await (await other.execute(COMMITTING)).fetchone()) is None:  # noqa: ASYNC110  # it happens in another process
                await asyncio.sleep(0.01)
        await ends(postgres_url, row[0])
        found = await task
    assert isinstance(found, Unavailable)
    assert not found.retry


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "settings",
    [EngineSettings(statement=0.1, lock=0), EngineSettings(statement=PATIENCE, lock=0.1)],
    ids=["statement", "lock"],
)
async def test_a_statement_or_lock_that_takes_too_long_times_out(database_url: str, settings: EngineSettings) -> None:
    """A unit waits for a locked row as long as it may, and then times out."""
    async with store_over(database_url, settings) as store:
        await keep(store, link(1, "a"))
        async with locked(database_url, "a"):
            started = time.monotonic()
            found = await fault(lambda: edit(store, "a"))
            assert time.monotonic() - started < PATIENCE / 2
        assert isinstance(found, TimedOut)
        assert not found.retry
        await edit(store, "a")


@pytest.mark.asyncio
async def test_a_unit_that_idles_is_ended_by_the_server(database_url: str) -> None:
    """A transaction that idles for too long loses its locks, and its unit fails with a fault."""
    async with store_over(database_url, EngineSettings(idle=0.1)) as store:
        await keep(store, link(1, "a"))

        async def work() -> None:
            async with store.open(LINKS)(CALL) as unit:
                await unit.links.find_to_change(GUILD, "a")
                await edit(store, "a")  # waits until the server has ended the idle transaction
                await unit.commit(UNAUDITED)

        assert isinstance(await fault(work), Unavailable)
        await edit(store, "a")


@pytest.mark.asyncio
async def test_a_server_that_takes_no_changes_is_unavailable(database_url: str) -> None:
    """On a standby, as after a failover, reading works, and a change is a temporary outage, not a bug."""
    async with store_over(f"{database_url}&options=-cdefault_transaction_read_only%3Don", EngineSettings()) as store:
        assert await find(store, "a") is None
        found = await fault(lambda: keep(store, link(1, "a")))
    assert isinstance(found, Unavailable)
    assert found.retry


@pytest.mark.asyncio
async def test_waiting_for_a_free_connection_is_bounded(database_url: str) -> None:
    """When all connections are in use, a unit fails within the time that was set, and works once one is free."""
    async with store_over(database_url, EngineSettings(size=1, overflow=0, wait=0.2)) as store:
        async with store.open(LINKS)(CALL) as unit:
            await unit.links.add(link(1, "a"))
            started = time.monotonic()
            found = await fault(lambda: edit_or_add(store))
            assert 0.1 < time.monotonic() - started < PATIENCE / 2
        assert isinstance(found, Unavailable)
        await edit_or_add(store)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "url",
    [
        "postgresql://twi:hunter2@127.0.0.1:1/twi",
        "postgresql://twi:hunter2@/twi?host=/nowhere-at-all",
        "postgresql://twi:hunter2@name.invalid/twi",
    ],
)
async def test_a_server_that_is_not_there_is_unavailable(url: str) -> None:
    """A refused connection, a missing socket and an unknown host are the same to the core; no password is shown."""
    async with store_over(url, EngineSettings(connect=2)) as store:
        found = await fault(lambda: edit_or_add(store))
    assert isinstance(found, Unavailable)
    assert found.retry
    assert "hunter2" not in f"{found} {found!r} {found.__cause__} {store!r} {vars(store)}"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE twi.links SET changed_at = '20000-01-01'",
        "UPDATE twi.links SET added_at = '0044-03-15 BC'",
        "UPDATE twi.links SET added_at = 'infinity'",
        "UPDATE twi.links SET added_by = 0",
        "UPDATE twi.links SET changed_by = -5",
    ],
)
async def test_what_cannot_be_read_is_corrupt(database_url: str, store: Store, change: str) -> None:
    """Stored data that is no link is neither guessed at nor taken for an outage."""
    await keep(store, link(1, "a"))
    async with await psycopg.AsyncConnection.connect(libpq(database_url)) as other:
        await other.execute(change.encode())
    found = await fault(lambda: find(store, "a"))
    assert isinstance(found, CorruptData)
    assert not found.retry


@pytest.mark.asyncio
async def test_an_unknown_level_is_corrupt(database_url: str, store: Store) -> None:
    """A token with an unknown level has no rights."""
    await committed(store.open(TOKENS), lambda unit: unit.tokens.add(token(1, "a"), b"1" * 32))
    async with await psycopg.AsyncConnection.connect(libpq(database_url)) as other:
        await other.execute("ALTER TABLE twi.tokens DROP CONSTRAINT tokens_level_check")
        await other.execute("UPDATE twi.tokens SET level = 'king'")

        async def work() -> None:
            async with store.open(TOKENS)(CALL) as unit:
                await unit.tokens.find(b"1" * 32)

        await other.commit()
        try:
            assert isinstance(await fault(work), CorruptData)
        finally:
            await other.execute("DELETE FROM twi.tokens")
            await other.execute(
                "ALTER TABLE twi.tokens ADD CONSTRAINT tokens_level_check "
                "CHECK (level IN ('everyone', 'moderator', 'administrator', 'operator'))"
            )


@pytest.mark.asyncio
@pytest.mark.parametrize("key", ["a\x00b", "\ud800"])
async def test_a_text_that_cannot_be_asked_for_is_a_fault(store: Store, key: str) -> None:
    """Text that no database accepts is refused as such, not as an outage; the core lets none of it through."""
    assert isinstance(await fault(lambda: find(store, key)), CorruptData)


@pytest.mark.asyncio
async def test_what_passes_the_limits_of_the_columns_is_refused(store: Store) -> None:
    """The database has the limits too: a link that is too long is a bug, and is not stored."""
    for wrong in (
        link(1, "x" * 101),
        link(1, "x", content="x" * 1501),
        link(1, "x", tag="x" * 51),
        link(1, "x", content=""),
    ):
        assert isinstance(await fault(lambda wrong=wrong: keep(store, wrong)), CorruptData)  # type: ignore[misc]  # a lambda's default is not inferred
    assert await find(store, "x") is None


@pytest.mark.asyncio
async def test_users_texts_are_not_in_what_is_logged_of_a_fault(store: Store) -> None:
    """What people wrote is not logged with a fault; the constraint that refused it is."""
    found = await fault(lambda: keep(store, link(1, "secret-title" * 10)))
    assert isinstance(found, CorruptData)
    assert "secret" not in "".join(traceback.format_exception(found))
    assert "links_title_check" in str(found)


@pytest.mark.asyncio
async def test_a_naive_time_is_refused(store: Store) -> None:
    """A time without a zone is a bug; the server would assume its zone."""
    naive = link(1, "a")
    object.__setattr__(naive, "changed_at", naive.changed_at.replace(tzinfo=None))
    assert isinstance(await fault(lambda: keep(store, naive)), CorruptData)


@pytest.mark.asyncio
async def test_calls_cancelled_at_any_moment_leave_the_pool_whole(database_url: str) -> None:
    """Cancelled calls store all or nothing, and every connection comes back."""
    chance = random.Random(7)
    async with store_over(database_url, EngineSettings(size=2, overflow=0, wait=5)) as store:

        async def work(number: int) -> None:
            async with store.open(LINKS)(CALL) as unit:
                await unit.links.add(link(number, f"a {number}"))
                await unit.links.add(link(number + 10_000, f"b {number}"))
                await unit.commit(UNAUDITED)

        for number in range(1, 150):
            task = asyncio.create_task(work(number))
            await asyncio.wait({task}, timeout=chance.random() * 0.008)
            task.cancel()
            await asyncio.wait({task})
            both = [await find(store, f"{kind} {number}") is not None for kind in "ab"]
            assert both in ([True, True], [False, False])
        assert isinstance(store, PostgresStore)
        await asyncio.gather(*(edit_or_add(store) for _ in range(10)))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "url",
    ["mysql://u:hunter2@h/d", "sqlite://", "not a url", "", "postgresql+asyncpg://u:hunter2@h/d", "postgresql://h:x/d"],
)
async def test_a_foreign_url_is_refused_without_being_repeated(url: str) -> None:
    """An invalid URL, or one of another database, is refused; its password is not shown."""
    with pytest.raises(DatabaseUrlError) as caught:
        async with open_engine(url):
            pass
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.asyncio
async def test_an_unknown_parameter_of_a_url_is_named_unless_it_may_be_a_secret() -> None:
    """A misspelt parameter is named with the one that may be meant; what can't be a name is not repeated."""
    for query, shown in (
        ("sslmod=require", "“sslmod”; did you mean “sslmode”?"),
        ("frob=1", "“frob”"),
        ("hunt+2=1", ""),
    ):
        with pytest.raises(DatabaseUrlError) as caught:
            async with open_engine(f"postgresql://u:p@h/d?{query}"):
                pass
        assert str(caught.value).endswith(shown)
        assert "hunt" not in str(caught.value)


@pytest.mark.asyncio
async def test_limits_reach_the_server_and_the_url_wins(database_url: str) -> None:
    """The server has the time limits, in UTC; what the URL sets for its connection is kept."""
    async with open_engine(f"{database_url}&application_name=mine") as engine, engine.connect() as connection:
        names = ["application_name", "statement_timeout", "lock_timeout", "TimeZone", "client_encoding"]
        names += ["jit", "max_parallel_workers_per_gather"]
        found = [(await connection.execute(select(func.current_setting(name)))).scalar_one() for name in names]
    assert found == ["mine", "10s", "4s", "UTC", "UTF8", "off", "0"]


@pytest.mark.asyncio
async def test_nothing_is_prepared_on_the_server(database_url: str) -> None:
    """However often a statement runs, it is planned for its values, and works behind a pooler."""
    async with open_engine(database_url) as engine, engine.connect() as connection:
        for _ in range(9):  # in one transaction: the driver forgets what it prepared when one is rolled back
            await connection.execute(select(func.length("words")))
        found = (await connection.execute(text("SELECT count(*) FROM pg_prepared_statements"))).scalar_one()
    assert found == 0
