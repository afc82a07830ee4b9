"""Our tables are in a separate PostgreSQL schema: nothing of a host's, an older version's or another bot's collides."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import psycopg
import pytest
from psycopg import sql

from tests.contracts.links import find
from tests.contracts.values import CALL, GUILD, committed, keep, link
from tests.every import every
from tests.integration.postgres.before import RENAMED, make_before
from tests.integration.postgres.state import Rows, dump, execute, rows
from tests.integration.postgres.test_notifications import invalidate, listener_at
from tests.integration.postgres_server import libpq
from tests.integration.process.database import data_folder
from twi_core.kernel.faults import PortError, TimedOut
from twi_core.kernel.ids import GuildId
from twi_embedded.server import EmbeddedPostgres
from twi_postgres.database import refusals, revisions, schema
from twi_postgres.database.engine import EngineSettings, open_engine, schema_of
from twi_postgres.database.finding import Found
from twi_postgres.database.preparing import LOCK
from twi_postgres.database.refusals import SchemaError
from twi_postgres.database.unit import PostgresStore
from twi_runtime.configuration.settings import Settings
from twi_runtime.opening.lifecycle import open_runtime

BEFORE = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
OTHER = "other_bot"
FOREIGN_LINKS = "CREATE TABLE public.links (id int, url text); INSERT INTO public.links VALUES (1, 'theirs')"
EVIL = """
CREATE SCHEMA evil;
CREATE TABLE evil.links (id int);
CREATE TABLE evil.alembic_version (version_num text);
CREATE FUNCTION evil.pg_notify(text, text) RETURNS void LANGUAGE sql AS 'SELECT 1/0';
CREATE FUNCTION evil.hashtextextended(text, bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 1/0';
CREATE FUNCTION evil.current_setting(text) RETURNS text LANGUAGE sql AS 'SELECT 1::text';
CREATE FUNCTION evil.never(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE OPERATOR evil.% (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.never);
"""


def alembic_version(*found: str) -> str:
    """Return the statements that make a version table in `public` with these revisions."""
    values = "; ".join(f"INSERT INTO public.alembic_version VALUES ('{revision}')" for revision in found)
    return f"CREATE TABLE public.alembic_version (version_num varchar(32) PRIMARY KEY); {values}"


def without_versions(found: Rows) -> Rows:
    """Leave the version table out."""
    return {name: each for name, each in found.items() if name != "alembic_version"}


@asynccontextmanager
async def store_in(url: str, name: str = "twi", settings: EngineSettings | None = None) -> AsyncIterator[PostgresStore]:
    """Yield a store over a schema."""
    async with open_engine(url, settings, schema=name) as engine:
        yield PostgresStore(engine)


async def similar(store: PostgresStore, key: str) -> list[str]:
    """Return the titles like a text, by similarity only if none contains it."""
    async with every(store)(CALL) as unit:
        return [found.title for found in await unit.links.resembling(GUILD, key, limit=5)]


async def works(url: str, name: str = "twi") -> None:
    """Use a schema as a bot does: by key, by similarity, under a lock, and listen for changes."""
    async with open_engine(url, schema=name) as engine, listener_at(url, name) as listener:
        await schema.require_known_schema(engine)
        store = PostgresStore(engine)
        await keep(store, link(9, "bareti"))
        assert await find(store, "bareti") == link(9, "bareti")
        assert await similar(store, "barety") == ["bareti"]
        await committed(every(store), lambda unit: unit.permission_rules.count_to_add(GUILD))
        await invalidate(store, GUILD)
        await listener.until(lambda: listener.announced == [("a", GUILD)])


@pytest.mark.asyncio
@pytest.mark.parametrize("revision", BEFORE)
async def test_an_old_database_is_moved_and_upgraded(empty_url: str, postgres_url: str, revision: str) -> None:
    """Our tables and version table leave `public` with every row, and end up like those of a new database."""
    make_before(empty_url, revision)
    before = rows(empty_url, "public")
    assert (await schema.current(empty_url)) == Found(revision, in_public=True)
    async with open_engine(empty_url) as engine:
        with pytest.raises(SchemaError, match="twi db upgrade") as caught:
            await schema.require_known_schema(engine)
    assert caught.value.code == refusals.SCHEMA_BEHIND
    assert rows(empty_url, "public") == before
    await schema.upgrade(empty_url, revision)
    assert rows(empty_url, "public") == {}
    assert rows(empty_url, "twi") == before
    await schema.upgrade(empty_url)
    counted = {name: len(each) for name, each in without_versions(rows(empty_url, "twi")).items()}
    expected = {name.replace("api_", ""): len(each) for name, each in without_versions(before).items()}
    assert {name: counted[name] for name in expected} == expected
    assert await schema.check(empty_url) == []
    assert dump(empty_url) == dump(postgres_url)
    await works(empty_url)


@pytest.mark.asyncio
async def test_old_names_are_renamed_up_and_down_and_up(empty_url: str) -> None:
    """0007 renames every name in every table that has any, and back; only the tag that became invalid is lost."""
    make_before(empty_url, "0006", "twi")
    before = rows(empty_url, "twi")
    await schema.upgrade(empty_url, "0007")
    after = rows(empty_url, "twi")
    untagged = (71, 2, "Untagged", "untagged", " untagged", "untagged", "untagged2", None, None, " untagged untagged2")
    expected = {
        name.replace("api_", ""): [tuple(RENAMED.get(str(value), value) for value in row) for row in each]
        for name, each in before.items()
    }
    expected["links"][1] = untagged + tuple(before["links"][1][len(untagged) :])
    expected["alembic_version"] = [("0007",)]
    assert after == expected
    await schema.downgrade(empty_url, "0006")
    back = rows(empty_url, "twi")
    assert {**back, "links": []} == {**before, "links": []}
    assert back["links"] == after["links"]
    await schema.upgrade(empty_url, "0007")
    assert rows(empty_url, "twi") == after


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "theirs",
    [
        alembic_version("ab12cd34ef56"),
        alembic_version(),
        alembic_version("0001"),
        f"{alembic_version('0001')}; {FOREIGN_LINKS}",
        f"{alembic_version('0006')}; {FOREIGN_LINKS}; CREATE TABLE public.bugs (id int); CREATE TABLE public.tokens ()",
        FOREIGN_LINKS,
        "CREATE TABLE public.alembic_version (version_num int, at date)",
    ],
    ids=["a hash", "empty", "our number", "our number and name", "our names", "links", "another shape"],
)
async def test_what_a_host_has_in_public_is_left_alone(empty_url: str, theirs: str) -> None:
    """A foreign version table or foreign tables are no obstacle, and neither read nor changed, up and down."""
    execute(empty_url, theirs)
    before, shape = rows(empty_url, "public"), dump(empty_url)
    await schema.upgrade(empty_url)
    await works(empty_url)
    assert rows(empty_url, "public") == before
    await schema.downgrade(empty_url, "base")
    assert rows(empty_url, "public") == before
    extension = [line for line in dump(empty_url) if "EXTENSION" not in line]
    assert extension == shape


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE public.alembic_version SET version_num = '0005'; DROP TABLE public.limit_rules",
        "ALTER TABLE public.links DROP title_words",
        "INSERT INTO public.alembic_version VALUES ('ab12')",
        "UPDATE public.alembic_version SET version_num = '0008'",
    ],
)
async def test_tables_that_are_not_all_ours_are_left_alone(empty_url: str, change: str) -> None:
    """When a table or a column is missing, or the revision is not one that was in `public`, nothing is moved."""
    make_before(empty_url, "0006")
    execute(empty_url, change)
    before = rows(empty_url, "public")
    await schema.upgrade(empty_url)
    assert rows(empty_url, "public") == before
    assert rows(empty_url, "twi")["links"] == []


@pytest.mark.asyncio
async def test_a_move_that_fails_moves_nothing(empty_url: str) -> None:
    """The move is one transaction: when the last table cannot be moved, the first one stays too."""
    make_before(empty_url, "0006")
    execute(empty_url, "CREATE SCHEMA twi; CREATE TYPE twi.bugs AS ENUM ()")
    before = rows(empty_url, "public")
    with pytest.raises(PortError):
        await schema.upgrade(empty_url)
    assert rows(empty_url, "public") == before
    execute(empty_url, "DROP TYPE twi.bugs")
    await schema.upgrade(empty_url)
    assert rows(empty_url, "public") == {}


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["links", "alembic_version"])
async def test_tables_of_another_user_are_not_moved(empty_url: str, name: str) -> None:
    """A user who may create in `public` cannot plant tables, with tokens and triggers, for an upgrade to adopt."""
    make_before(empty_url, "0006")
    planter = f"planter_{os.getpid()}"
    execute(empty_url, f"CREATE ROLE {planter}; ALTER TABLE public.{name} OWNER TO {planter}")
    try:
        shape, stored = dump(empty_url), rows(empty_url, "public")
        with pytest.raises(SchemaError) as caught:
            await schema.upgrade(empty_url)
        assert (caught.value.code, planter in caught.value.message) == (refusals.SCHEMA_DENIED, True)
        assert (dump(empty_url), rows(empty_url, "public")) == (shape, stored)
    finally:
        execute(empty_url, f"REASSIGN OWNED BY {planter} TO twi; DROP ROLE {planter}")
    await schema.upgrade(empty_url)
    assert rows(empty_url, "public") == {}


@pytest.mark.asyncio
@pytest.mark.parametrize("before", [None, "0006"])
@pytest.mark.parametrize(
    "theirs",
    [
        "CREATE TABLE twi.links (id int)",
        "CREATE TABLE twi.api_tokens (id int)",
        "CREATE VIEW twi.alembic_version AS SELECT 1 AS version_num",
        "CREATE SEQUENCE twi.bugs",
    ],
)
async def test_a_name_that_others_took_in_the_schema_is_reported(
    empty_url: str, before: str | None, theirs: str
) -> None:
    """When others have a name of ours in the schema, now or earlier, an upgrade names it and changes nothing."""
    if before is not None:
        make_before(empty_url, before)
    execute(empty_url, f"CREATE SCHEMA twi; {theirs}")
    shape, stored = dump(empty_url), rows(empty_url, "public")
    with pytest.raises(SchemaError) as caught:
        await schema.upgrade(empty_url)
    assert caught.value.code == refusals.SCHEMA_FOREIGN
    assert theirs.split(".")[1].split()[0] in caught.value.message
    assert (dump(empty_url), rows(empty_url, "public")) == (shape, stored)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "theirs",
    [
        "(version_num varchar(32)); INSERT INTO twi.alembic_version VALUES ('0003')",
        "(version_num varchar(32)); INSERT INTO twi.alembic_version VALUES ('ab12'), ('0003')",
        "(version int)",
    ],
    ids=["our number", "two", "another shape"],
)
async def test_a_schema_with_a_version_table_of_others_is_refused(empty_url: str, theirs: str) -> None:
    """A version table in the schema without the tables of our first revision is not ours; nothing is made."""
    execute(empty_url, f"CREATE SCHEMA twi; CREATE TABLE twi.alembic_version {theirs}")
    shape, stored = dump(empty_url), rows(empty_url, "twi")
    for asked in (schema.current, schema.upgrade, partial(schema.downgrade, revision="base")):
        with pytest.raises(SchemaError) as caught:
            await asked(empty_url)
        assert caught.value.code == refusals.SCHEMA_FOREIGN
    assert (dump(empty_url), rows(empty_url, "twi")) == (shape, stored)


@pytest.mark.asyncio
async def test_an_upgrade_that_is_refused_moves_nothing(empty_url: str) -> None:
    """When a lower revision is asked for, the old tables stay where they are."""
    make_before(empty_url, "0003")
    before = rows(empty_url, "public")
    with pytest.raises(SchemaError) as caught:
        await schema.upgrade(empty_url, "0002")
    assert caught.value.code == refusals.SCHEMA_DIRECTION
    assert rows(empty_url, "public") == before


@pytest.mark.asyncio
async def test_an_old_database_can_be_emptied(empty_url: str) -> None:
    """A downgrade to nothing drops the tables in `public` too, and no schema stays."""
    make_before(empty_url, "0006")
    await schema.downgrade(empty_url, "base")
    assert rows(empty_url, "public") == rows(empty_url, "twi") == {}
    assert execute(empty_url, "SELECT to_regnamespace('twi')") == [(None,)]


@pytest.mark.asyncio
async def test_a_schema_that_holds_something_else_stays(empty_url: str) -> None:
    """A downgrade to nothing drops our tables; a foreign table in the schema keeps the schema."""
    await schema.upgrade(empty_url)
    execute(empty_url, "CREATE TABLE twi.theirs (id int); INSERT INTO twi.theirs VALUES (1)")
    await schema.downgrade(empty_url, "base")
    with psycopg.connect(libpq(empty_url)) as connection:
        assert connection.execute("SELECT * FROM twi.theirs").fetchall() == [(1,)]
    assert execute(empty_url, "SELECT count(*) FROM pg_class WHERE relnamespace = 'twi'::regnamespace") == [(1,)]
    await schema.upgrade(empty_url)
    assert await schema.check(empty_url) == []


@pytest.fixture
def two_schemas(empty_url: str) -> str:
    """Return a database with two bots, each in its schema, upgraded at the same time."""

    async def upgrade() -> None:
        await asyncio.gather(*(schema.upgrade(empty_url, schema=name) for name in ("twi", OTHER)))

    asyncio.run(upgrade())
    return empty_url


@pytest.mark.asyncio
async def test_two_schemas_keep_their_data_apart(two_schemas: str) -> None:
    """What one bot stores the other one does not see; each matches the models, and can be dropped without the other."""
    async with store_in(two_schemas) as one, store_in(two_schemas, OTHER) as other:
        await keep(one, link(1, "mine"))
        await keep(other, link(1, "yours"))
        assert [await find(one, "mine"), await find(one, "yours")] == [link(1, "mine"), None]
        assert [await find(other, "yours"), await find(other, "mine")] == [link(1, "yours"), None]
        assert await similar(other, "youry") == ["yours"]
    assert [await schema.check(two_schemas, schema=name) for name in ("twi", OTHER)] == [[], []]
    await schema.downgrade(two_schemas, "base")
    assert await schema.check(two_schemas, schema=OTHER) == []
    async with store_in(two_schemas, OTHER) as other:
        assert await find(other, "yours") == link(1, "yours")


def test_a_drift_is_reported_for_the_schema_in_question(two_schemas: str) -> None:
    """A difference in one schema is reported for that one only."""
    execute(two_schemas, f"ALTER TABLE {OTHER}.links ALTER content DROP NOT NULL")
    assert asyncio.run(schema.check(two_schemas)) == []
    assert "content" in " ".join(asyncio.run(schema.check(two_schemas, schema=OTHER)))


@pytest.mark.asyncio
async def test_two_schemas_do_not_notify_each_other(two_schemas: str) -> None:
    """A change reaches the listeners of the same schema, and no others."""
    async with (
        listener_at(two_schemas, "twi") as listener,
        listener_at(two_schemas, OTHER) as other_listener,
        store_in(two_schemas) as store,
        store_in(two_schemas, OTHER) as other,
    ):
        for guild in (1, 2, 3):
            await invalidate(store, GuildId(guild))
            await invalidate(other, GuildId(10 * guild))
        await listener.until(lambda: ("a", GuildId(3)) in listener.announced)
        await other_listener.until(lambda: ("a", GuildId(30)) in other_listener.announced)
        assert listener.announced == [("a", GuildId(guild)) for guild in (1, 2, 3)]
        assert other_listener.announced == [("a", GuildId(guild)) for guild in (10, 20, 30)]


@pytest.mark.asyncio
async def test_two_schemas_do_not_wait_for_each_other(two_schemas: str) -> None:
    """A lock of one bot in a guild, or its upgrade, holds up its own schema and not the other's."""
    quick = EngineSettings(lock=0.2)
    async with store_in(two_schemas) as one, every(one)(CALL) as held:
        await held.permission_rules.count_to_add(GUILD)
        async with store_in(two_schemas, OTHER, quick) as other:
            assert await committed(every(other), lambda unit: unit.permission_rules.count_to_add(GUILD)) == 0
        async with store_in(two_schemas, "twi", quick) as same:
            with pytest.raises(TimedOut):
                await committed(every(same), lambda unit: unit.permission_rules.count_to_add(GUILD))

    with psycopg.connect(libpq(two_schemas)) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtextextended('twi', %s))", (LOCK,))
        await schema.upgrade(two_schemas, schema=OTHER, wait=0.2)
        with pytest.raises(SchemaError) as caught:
            await schema.upgrade(two_schemas, wait=0.2)
    assert caught.value.code == refusals.UPGRADE_RUNNING


@pytest.mark.asyncio
@pytest.mark.parametrize("path", ["", "evil", "evil, pg_catalog", "nowhere", '"$user", public'])
async def test_no_search_path_has_a_say(empty_url: str, path: str) -> None:
    """Whatever search path the database or the URL sets: upgrades, queries, locks and notifications use our schema."""
    execute(empty_url, EVIL)
    database = psycopg.conninfo.conninfo_to_dict(libpq(empty_url))["dbname"]
    setting = ", ".join(f"'{name.strip()}'" for name in path.replace('"', "").split(","))
    execute(empty_url, f"ALTER DATABASE {database} SET search_path = {setting}")
    await schema.upgrade(empty_url)
    await works(empty_url)
    assert await schema.check(empty_url) == []
    await schema.downgrade(empty_url, "base")
    url = f"{empty_url}&options=-c%20search_path%3D{path.replace(', ', ',').replace('$', '%24')}"
    await schema.upgrade(url, schema=OTHER)
    await works(url, OTHER)
    assert rows(empty_url, "evil") == {"links": [], "alembic_version": []}


@pytest.mark.asyncio
async def test_an_extension_in_another_schema_serves(empty_url: str) -> None:
    """Similarity works with the extension in any schema, by the database's threshold; moved, it is found."""
    place = 'Their "Ext" %s'
    with psycopg.connect(libpq(empty_url), autocommit=True) as connection:
        name = sql.Identifier(place)
        connection.execute(sql.SQL("CREATE SCHEMA {0}; CREATE EXTENSION pg_trgm SCHEMA {0}").format(name))
        await schema.upgrade(empty_url)
        await works(empty_url)
        assert await schema.check(empty_url) == []
        database = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("ALTER DATABASE {} SET pg_trgm.similarity_threshold = 0.9").format(database))
        async with store_in(empty_url) as store:
            assert await similar(store, "barety") == []
        connection.execute(sql.SQL("ALTER DATABASE {} RESET pg_trgm.similarity_threshold").format(database))
        connection.execute("ALTER EXTENSION pg_trgm SET SCHEMA public")
    async with store_in(empty_url) as store:
        assert await similar(store, "barety") == ["bareti"]


@pytest.mark.asyncio
async def test_a_missing_extension_is_named(postgres_url: str) -> None:
    """A database whose extension was dropped is refused with the statement that brings it back."""
    execute(postgres_url, "DROP EXTENSION pg_trgm CASCADE")
    async with open_engine(postgres_url) as engine:
        with pytest.raises(SchemaError, match="CREATE EXTENSION pg_trgm") as caught:
            await schema.require_known_schema(engine)
    assert caught.value.code == refusals.EXTENSION_MISSING


@pytest.mark.asyncio
async def test_a_database_without_public_is_used(empty_url: str) -> None:
    """Where an administrator removed `public`, everything is in our schema, the extension too."""
    execute(empty_url, "DROP SCHEMA public")
    await schema.upgrade(empty_url)
    await works(empty_url)


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["user", "select", "a" * 40, OTHER])
async def test_a_chosen_schema_is_named_everywhere(empty_url: str, name: str) -> None:
    """Any name that the settings take works, words of SQL too, by upgrade and by hand; nothing is made elsewhere."""
    execute(empty_url, schema.sql("base", "0003", schema=name))
    await schema.upgrade(empty_url, schema=name)
    await works(empty_url, name)
    assert await schema.check(empty_url, schema=name) == []
    assert rows(empty_url, "twi") == rows(empty_url, "public") == {}
    async with open_engine(empty_url, schema=name) as engine:
        assert schema_of(engine) == name
    await schema.downgrade(empty_url, "base", schema=name)
    assert rows(empty_url, name) == {}


@pytest.mark.asyncio
async def test_the_embedded_server_moves_its_old_database() -> None:
    """An old data folder is upgraded when the bot starts, and its links are there."""
    with data_folder() as folder:
        with EmbeddedPostgres(folder, durability=False) as server:
            make_before(server.url, "0006")
        async with open_runtime(Settings(data_dir=folder), serves=False):
            pass
        with EmbeddedPostgres(folder, durability=False) as server:
            assert rows(server.url, "public") == {}
            assert [row[2] for row in rows(server.url, "twi")["links"]] == ["Map", "Untagged"]
            assert rows(server.url, "twi")["alembic_version"] == [(revisions.head(),)]
