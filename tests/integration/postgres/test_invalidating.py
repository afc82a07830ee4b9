"""PostgreSQL keeps what every storage promises about invalidations."""

import psycopg
import pytest

from tests.contracts.invalidating import AnnouncingContract, collected
from tests.contracts.links import find
from tests.contracts.values import GUILD, Store, committed, link
from tests.integration.postgres.relay import relayed
from tests.integration.postgres_server import libpq
from twi_core.kernel.faults import Conflict, Unavailable
from twi_core.links import LINKS, LinksUnit
from twi_postgres.database.engine import open_engine
from twi_postgres.database.unit import PostgresStore

REFUSED_COMMIT = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
  $$BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'serialization_failure'; END$$;
CREATE CONSTRAINT TRIGGER refused AFTER INSERT ON links DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION refuse();
"""


class TestAnnouncing(AnnouncingContract):
    pass


async def change(unit: LinksUnit) -> None:
    """Add a link, and announce it."""
    await unit.links.add(link(1, "one"))
    unit.invalidate("a", GUILD)


@pytest.mark.asyncio
async def test_a_commit_that_the_server_refuses_announces_nothing(postgres_url: str) -> None:
    """When the server answers a commit with a conflict, nothing was stored, and nothing is announced."""
    async with await psycopg.AsyncConnection.connect(libpq(postgres_url)) as other:
        await other.execute(REFUSED_COMMIT)
    async with open_engine(postgres_url) as engine:
        store = PostgresStore(engine)
        announced = collected(store, "a")
        with pytest.raises(Conflict):
            await committed(store.open(LINKS), change)
        assert await find(store, "one") is None
    assert announced == []


@pytest.mark.asyncio
async def test_what_was_stored_is_announced_although_the_answer_was_lost(database_url: str, store: Store) -> None:
    """When the server has committed and the connection breaks before the answer, the change is announced."""
    async with relayed(database_url) as relay, open_engine(relay.url) as engine:
        cut = PostgresStore(engine)
        announced = collected(cut, "a")
        relay.loses_commits = True
        with pytest.raises(Unavailable) as caught:
            await committed(cut.open(LINKS), change)
    assert not caught.value.retry
    assert await find(store, "one") == link(1, "one")
    assert announced == [("a", GUILD)]
