"""Tell other processes what was committed, and hear it from them: PostgreSQL's notifications."""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Final, TypeAlias

import psycopg
from psycopg import sql
from sqlalchemy import Select, func, select

from twi_core.kernel.ids import GuildId
from twi_core.kernel.invalidations import Invalidations
from twi_postgres.database.engine import EngineSettings, connect_arguments, read_url
from twi_postgres.database.metadata import SCHEMA

APPLICATION_NAME: Final = "twi notifications"
"""What the server shows of the connection that listens, unless the database's URL says otherwise."""
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 10.0
HEARTBEAT: Final = 5.0
"""Seconds after which the connection is tried, so that one is noticed that ended without a word."""
PATIENCE: Final = 3.0
"""Seconds that the server may take to answer; after them the connection counts as dead."""

Connection: TypeAlias = psycopg.AsyncConnection[Any]

_log: Final = logging.getLogger(__name__)


def channel(schema: str) -> str:
    """Return the channel of those who share a schema; others in the database do not hear it."""
    return f"{schema}_changes"


def notification(schema: str, topic: str, guild: GuildId) -> Select[Any]:
    """Return the statement that announces a change; PostgreSQL passes it on when the transaction is committed."""
    return select(func.pg_notify(channel(schema), f"{topic} {guild}"))


@asynccontextmanager
async def listening(url: str, invalidations: Invalidations, *, schema: str = SCHEMA) -> AsyncIterator[None]:
    """Publish what is announced on a schema of the database, for the length of the block, which begins at once.

    Until the connection is there, and whenever it is lost, `invalidations.live` is false. It is tried again without an
    end; once it is there, everything is announced.

    Raises:
        DatabaseUrlError: see `read_url`.
    """
    arguments = _arguments(url)
    invalidations.live = False
    task = asyncio.create_task(_listen(arguments, channel(schema), invalidations), name="notifications")
    task.add_done_callback(_ended)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def _ended(task: "asyncio.Task[None]") -> None:
    """Log a bug; nothing is cached from then on."""
    if not task.cancelled():
        _log.error("a bug: no more changes of other processes are heard", exc_info=task.exception())


def _arguments(url: str) -> dict[str, Any]:
    """Return what the connection is opened with: what the engine's are, so that both find the same server."""
    parsed = read_url(url)
    _, given = parsed.get_dialect()().create_connect_args(parsed)
    settings = EngineSettings(application_name=APPLICATION_NAME)
    return {**given, **connect_arguments(parsed, settings), "autocommit": True}


async def _listen(arguments: dict[str, Any], name: str, invalidations: Invalidations) -> None:
    """Connect again and again; the pauses grow, unless a connection has lasted."""
    loop = asyncio.get_running_loop()
    pause, lost = FIRST_PAUSE, False
    while True:
        began = loop.time()
        try:
            async with _connected(arguments, name) as connection:
                _log.log(logging.INFO if lost else logging.DEBUG, "changes of other processes are heard")
                lost = False
                await _pass_on(connection, invalidations)
        except (psycopg.Error, OSError, ValueError) as error:  # a ValueError: what was announced is no text
            level = logging.DEBUG if lost else logging.WARNING
            _log.log(level, "changes of other processes cannot be heard: %s; trying again", type(error).__name__)
            lost = True
        pause = FIRST_PAUSE if loop.time() - began > LONGEST_PAUSE else min(2 * pause, LONGEST_PAUSE)
        await asyncio.sleep(pause)


@asynccontextmanager
async def _connected(arguments: dict[str, Any], name: str) -> AsyncIterator[Connection]:
    connection: Connection = await psycopg.AsyncConnection.connect(**arguments)
    try:
        with _answered(connection):
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(name)))
        yield connection
    finally:
        await connection.close()


async def _pass_on(connection: Connection, invalidations: Invalidations) -> None:
    """Publish until the connection breaks."""
    invalidations.publish_everything()  # nothing of before was heard
    invalidations.live = True
    try:
        while True:
            async for notify in connection.notifies(timeout=HEARTBEAT):
                _publish(notify.payload, invalidations)
            with _answered(connection):
                await connection.execute("SELECT 1")
    finally:
        invalidations.live = False


def _publish(payload: str, invalidations: Invalidations) -> None:
    """Publish what a notification tells; one that cannot be read may have told of anything."""
    topic, _, number = payload.rpartition(" ")
    try:
        guild = GuildId(int(number))
    except ValueError:
        invalidations.publish_everything()
    else:
        invalidations.publish(topic, guild)


@contextmanager
def _answered(connection: Connection) -> Iterator[None]:
    """Break a connection off whose server does not answer in time what the block asks."""
    timer = asyncio.get_running_loop().call_later(PATIENCE, _break_off, connection)
    try:
        yield
    finally:
        timer.cancel()


def _break_off(connection: Connection) -> None:
    """End it from below: asked to stop, the driver would first wait for the server that does not answer."""
    with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(connection.fileno())) as wire:
        wire.shutdown(socket.SHUT_RDWR)
