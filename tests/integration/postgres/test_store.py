"""The storage over PostgreSQL as a whole."""

import pytest

from twi_core.kernel.contexts import Storage
from twi_postgres.database import schema
from twi_postgres.database.engine import open_engine
from twi_postgres.database.unit import PostgresStore


@pytest.mark.asyncio
async def test_a_migrated_database_serves_the_application(postgres_url: str) -> None:
    """The store opens units for every context over a database that was just upgraded."""
    async with open_engine(postgres_url) as engine:
        await schema.require_known_schema(engine)
        _: Storage = PostgresStore(engine)
        assert (await schema.current(postgres_url)).standing == "current"
        assert await schema.check(postgres_url) == []
