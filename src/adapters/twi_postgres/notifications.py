"""Tell other processes what was committed, and hear it from them: PostgreSQL's notifications."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import psycopg
from psycopg import sql
from sqlalchemy import Select, func, select

from twi_core.kernel.announcements import Announcements
from twi_core.kernel.ids import GuildId
from twi_postgres.engine import EngineSettings, connect_arguments, read_url

CHANNEL: Final = "twi_changes"
FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 10.0
HEARTBEAT: Final = 15.0
"""Seconds without a notification after which the connection is tried, so that a dead one is noticed."""

_log: Final = logging.getLogger(__name__)


def notification(topic: str, guild: GuildId) -> Select[Any]:
    """Give the statement that announces a change; PostgreSQL passes it on when the transaction is committed."""
    return select(func.pg_notify(CHANNEL, f"{topic} {guild}"))


@asynccontextmanager
async def listening(url: str, announcements: Announcements) -> AsyncIterator[None]:
    """Publish what other processes announce, for the length of the block.

    While the connection is lost, `announcements.live` is false; once it is back, everything is announced.
    """
    announcements.live = False
    task = asyncio.create_task(_listen(url, announcements), name="notifications")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _listen(url: str, announcements: Announcements) -> None:
    pause = FIRST_PAUSE
    while True:
        try:
            async with await _connect(url) as connection:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
                announcements.publish_everything()
                announcements.live = True
                pause = FIRST_PAUSE
                await _pass_on(connection, announcements)
        except (psycopg.Error, OSError) as error:
            _log.warning("changes of other processes cannot be heard (%s); trying again", type(error).__name__)
        finally:
            announcements.live = False
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _connect(url: str) -> psycopg.AsyncConnection[Any]:
    parsed = read_url(url)
    given = {name: value for name, value in connect_arguments(parsed, EngineSettings()).items() if value is not None}
    dsn = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    return await psycopg.AsyncConnection.connect(dsn, autocommit=True, **given)  # type: ignore[arg-type]  # of libpq


async def _pass_on(connection: psycopg.AsyncConnection[Any], announcements: Announcements) -> None:
    """Publish until the connection breaks."""
    while True:
        async for notify in connection.notifies(timeout=HEARTBEAT):
            topic, _, guild = notify.payload.partition(" ")
            if guild.isdecimal():
                announcements.publish(topic, GuildId(int(guild)))
        async with asyncio.timeout(HEARTBEAT):
            await connection.execute("SELECT 1")
