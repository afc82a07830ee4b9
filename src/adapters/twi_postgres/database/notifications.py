"""Announcements of committed changes between processes, through PostgreSQL's notifications."""

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
"""The name that the server shows for the listening connection, unless the database URL sets one."""
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 10.0
HEARTBEAT: Final = 5.0
"""Seconds between checks of the connection, so that one that ended silently is noticed."""
PATIENCE: Final = 3.0
"""Seconds that the server may take to answer; after that the connection counts as dead."""

Connection: TypeAlias = psycopg.AsyncConnection[Any]

_log: Final = logging.getLogger(__name__)


def channel(schema: str) -> str:
    """Return the channel for processes that share a schema; others in the database don't receive it."""
    return f"{schema}_changes"


def notification(schema: str, topic: str, guild: GuildId) -> Select[Any]:
    """Return the statement that announces a change; PostgreSQL delivers it when the transaction is committed."""
    return select(func.pg_notify(channel(schema), f"{topic} {guild}"))


@asynccontextmanager
async def listening(url: str, invalidations: Invalidations, *, schema: str = SCHEMA) -> AsyncIterator[None]:
    """Publish what is announced on a schema of the database for the duration of the block, which begins at once.

    Until the connection is up, and whenever it is lost, `invalidations.live` is false. Reconnecting is retried for
    ever; once connected, everything is announced.

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
    """Log that listening stopped, which is a bug; nothing is cached from then on."""
    if not task.cancelled():
        _log.error("listening for other processes' changes stopped: a bug; restart the bot", exc_info=task.exception())


def _arguments(url: str) -> dict[str, Any]:
    """Return the connection's arguments: the engine's own, so that both reach the same server."""
    parsed = read_url(url)
    _, from_url = parsed.get_dialect()().create_connect_args(parsed)
    settings = EngineSettings(application_name=APPLICATION_NAME)
    return {**from_url, **connect_arguments(parsed, settings), "autocommit": True}


async def _listen(arguments: dict[str, Any], name: str, invalidations: Invalidations) -> None:
    """Reconnect for ever; the pauses grow unless a connection has lasted."""
    loop = asyncio.get_running_loop()
    pause, lost = FIRST_PAUSE, False
    while True:
        began = loop.time()
        try:
            async with _connected(arguments, name) as connection:
                if lost:
                    _log.info("listening again to other processes")
                lost = False
                await _pass_on(connection, invalidations)
        except (psycopg.Error, OSError, ValueError) as error:  # a ValueError: the announcement is not text
            level = logging.DEBUG if lost else logging.WARNING
            _log.log(level, "%s while listening for other processes' changes; reconnecting", type(error).__name__)
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
    invalidations.publish_everything()  # earlier announcements were missed
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
    """Publish a notification's change; an unreadable one may have announced anything."""
    topic, _, number = payload.rpartition(" ")
    try:
        guild = GuildId(int(number))
    except ValueError:
        invalidations.publish_everything()
    else:
        invalidations.publish(topic, guild)


@contextmanager
def _answered(connection: Connection) -> Iterator[None]:
    """Drop the connection if its server does not answer the block's queries in time."""
    timer = asyncio.get_running_loop().call_later(PATIENCE, _break_off, connection)
    try:
        yield
    finally:
        timer.cancel()


def _break_off(connection: Connection) -> None:
    """Shut the socket down directly: the driver would first wait for the server that does not answer."""
    with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(connection.fileno())) as wire:
        wire.shutdown(socket.SHUT_RDWR)
