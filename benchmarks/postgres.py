"""A separate PostgreSQL storage for a benchmark, thrown away afterwards."""

import os
import shutil
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import gettempdir

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from twi_core.kernel.invalidations import Invalidations
from twi_embedded.server import default_data_dir, open_embedded
from twi_postgres.database.engine import open_engine
from twi_postgres.database.notifications import listening
from twi_postgres.database.schema import upgrade
from twi_postgres.database.unit import PostgresStore


@asynccontextmanager
async def open_migrated() -> AsyncIterator[tuple[PostgresStore, AsyncEngine]]:
    """Yield a storage on a new embedded server as the bot runs it, with durability."""
    base = default_data_dir() if os.geteuid() == 0 else Path(gettempdir())
    folder = base / f"bench-{uuid.uuid4().hex[:8]}"
    try:
        async with open_embedded(folder) as server:
            await upgrade(server.url)
            invalidations = Invalidations()
            async with open_engine(server.url) as engine, listening(server.url, invalidations):
                yield PostgresStore(engine, invalidations), engine
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def analyse(engine: AsyncEngine) -> None:
    """Update the planner's statistics, as autovacuum does in a running server."""
    async with engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("VACUUM ANALYZE"))
