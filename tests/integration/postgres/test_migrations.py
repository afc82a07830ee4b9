"""The schema comes and goes without losing data, matches the models, and is changed by one process at a time."""

import asyncio
import difflib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Connection, create_engine

from tests.contracts.links import find
from tests.contracts.settings import change as setting_change
from tests.contracts.values import CALL, START, bug, keep, link, occurrence, token
from tests.every import every
from tests.integration.postgres.before import make_before
from tests.integration.postgres.state import dump, execute
from tests.integration.postgres_database import fresh_database
from tests.integration.postgres_server import libpq
from twi_core.kernel.unit import UNAUDITED
from twi_embedded.server import EmbeddedServer
from twi_postgres.database import preparing, refusals, revisions, schema
from twi_postgres.database.engine import open_engine
from twi_postgres.database.metadata import SCHEMA, Base
from twi_postgres.database.preparing import LOCK
from twi_postgres.database.refusals import SchemaError
from twi_postgres.database.unit import PostgresStore

EXTENSIONS = "CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE SCHEMA twi"
VERSION_TABLE = """
CREATE TABLE twi.alembic_version (
    version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)
"""


async def fill(url: str) -> None:
    """Store something in each context."""
    async with open_engine(url) as engine:
        store = PostgresStore(engine)
        await keep(store, link(1, "Map", tag="Maps"))
        async with every(store)(CALL) as unit:
            await unit.tokens.add(token(1, "bot"), b"1" * 32)
            await unit.settings.put(setting_change(1, None, "7"))
            await unit.occurrences.begin("b1", START)
            await unit.occurrences.keep([occurrence("r1")])
            await unit.bugs.count([bug("f1", "r1")])
            await unit.commit(UNAUDITED)


@pytest.mark.asyncio
async def test_up_down_and_up_again_with_data(empty_url: str) -> None:
    """Each step back drops its tables and leaves the others' rows; nothing of ours is left at the bottom."""
    await schema.upgrade(empty_url)
    await fill(empty_url)
    await schema.downgrade(empty_url, "0001")
    assert (await schema.current(empty_url)).revision == "0001"
    assert execute(empty_url, "SELECT title, to_regclass('twi.api_tokens') FROM twi.links") == [("Map", None)]
    await schema.upgrade(empty_url)
    async with open_engine(empty_url) as engine:
        assert await find(PostgresStore(engine), "map") == link(1, "Map", tag="Maps")
    await schema.downgrade(empty_url, "base")
    assert (await schema.current(empty_url)).revision is None
    assert execute(empty_url, "SELECT to_regnamespace('twi')") == [(None,)]
    await schema.upgrade(empty_url)
    await fill(empty_url)
    assert await schema.check(empty_url) == []


@pytest.mark.asyncio
async def test_every_step_can_be_taken_back(empty_url: str) -> None:
    """Going one revision up, down and up again ends with the same schema at each of them."""
    for revision in revisions.revisions():
        await schema.upgrade(empty_url, revision)
        first = dump(empty_url)
        await schema.downgrade(empty_url, "-1")
        await schema.upgrade(empty_url, revision)
        assert dump(empty_url) == first


def test_alembic_finds_no_drift(postgres_url: str) -> None:
    """The tables that the migrations make are those of the models, as far as alembic can see."""

    def compare(connection: Connection) -> None:
        config = schema._config(connection, SCHEMA)
        config.stdout = io.StringIO()  # the default is what standard output was when alembic was imported
        command.check(config)

    schema._connected(postgres_url, compare)


@pytest.mark.asyncio
async def test_a_drift_is_named(postgres_url: str) -> None:
    """A column, an index or a table that differs from the models is named."""
    execute(
        postgres_url,
        "ALTER TABLE twi.links ALTER content DROP NOT NULL; DROP INDEX twi.links_words_idx; DROP TABLE tokens",
    )
    found = " ".join(await schema.check(postgres_url))
    for name in ("content", "links_words_idx", "tokens"):
        assert name in found


def test_migrations_and_models_dump_alike(postgres_url: str, empty_url: str) -> None:
    """What alembic cannot see is the same too: checks, collations, operator classes, every name."""
    execute(empty_url, EXTENSIONS)
    execute(empty_url, VERSION_TABLE)
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
    engine.dispose()
    assert "\n".join(difflib.unified_diff(dump(empty_url), dump(postgres_url), lineterm="")) == ""


def test_processes_that_upgrade_at_once_both_end_well(empty_url: str) -> None:
    """Two processes that start on an empty database: both find it upgraded, and it was upgraded once."""
    script = "import asyncio, sys; from twi_postgres.database import schema; asyncio.run(schema.upgrade(sys.argv[1]))"
    running = [subprocess.Popen([sys.executable, "-c", script, empty_url]) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    assert execute(empty_url, "SELECT version_num FROM twi.alembic_version") == [(revisions.head(),)]


@pytest.mark.asyncio
async def test_tasks_that_upgrade_at_once_all_end_well(postgres_server: EmbeddedServer, empty_url: str) -> None:
    """Several tasks of one process wait for each other as processes do, also where the databases differ."""
    with fresh_database(postgres_server, "template1") as other:
        await asyncio.gather(*(schema.upgrade(url) for url in (empty_url, other) * 2))
        assert [await schema.check(url) for url in (empty_url, other)] == [[], []]


@pytest.mark.asyncio
async def test_an_upgrade_that_goes_on_for_too_long_is_named(empty_url: str) -> None:
    """A process that waits too long for another upgrade is refused, and nothing is changed."""
    with psycopg.connect(libpq(empty_url)) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, %s))", (SCHEMA, LOCK))
        with pytest.raises(SchemaError) as caught:
            await schema.upgrade(empty_url, wait=0.1)
    assert caught.value.code == refusals.UPGRADE_RUNNING
    assert (await schema.current(empty_url)).revision is None
    await schema.upgrade(empty_url)


@pytest.mark.asyncio
async def test_a_step_that_fails_is_undone_and_the_lock_released(empty_url: str) -> None:
    """A migration that cannot be run leaves nothing half done, and the next attempt succeeds."""
    await schema.upgrade(empty_url, "0001")
    execute(empty_url, "CREATE TABLE twi.guild_setting_changes ()")
    with pytest.raises(Exception, match="refused a statement: DuplicateTable"):
        await schema.upgrade(empty_url)
    assert (await schema.current(empty_url)).revision == "0003"
    assert execute(empty_url, "SELECT to_regclass('twi.guild_settings')") == [(None,)]
    execute(empty_url, "DROP TABLE twi.guild_setting_changes")
    await schema.upgrade(empty_url, wait=0.1)


@pytest.mark.asyncio
async def test_an_upgrade_that_waits_for_tables_says_what_to_stop(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait for tables that a migration changes is bounded; the steps before stay."""
    monkeypatch.setattr(preparing, "TABLE_WAIT", 0.1)
    await schema.upgrade(empty_url, "0006")
    with psycopg.connect(libpq(empty_url)) as other:
        other.execute("SELECT 1 FROM twi.links")
        with pytest.raises(SchemaError) as caught:
            await schema.upgrade(empty_url)
    assert caught.value.code == refusals.TABLES_BUSY
    assert (await schema.current(empty_url)).revision == "0006"
    await schema.upgrade(empty_url)


@contextmanager
def poor_user(server: EmbeddedServer, url: str) -> Iterator[str]:
    """Make every connection to a database that of a user without any rights, and yield the user's name."""
    name, database = f"poor_{os.getpid()}", conninfo_to_dict(libpq(url))["dbname"]
    execute(server.url, f"CREATE ROLE {name}")
    try:
        execute(server.url, f"ALTER DATABASE {database} SET role = {name}")
        yield name
    finally:
        execute(server.url, f"ALTER DATABASE {database} RESET role")
        execute(url, f"DROP OWNED BY {name}; DROP ROLE {name}")


def administer(url: str, statement: str) -> None:
    """Run a statement as the user who may do everything."""
    execute(url, f"SET ROLE twi; {statement}")


@pytest.mark.asyncio
async def test_a_user_without_rights_is_shown_what_is_missing(postgres_server: EmbeddedServer, empty_url: str) -> None:
    """What the user may not create, a schema, a table in it or the extension, is named with the statement to run."""

    async def refused() -> tuple[str, str]:
        with pytest.raises(SchemaError) as caught:
            await schema.upgrade(empty_url)
        return caught.value.code, caught.value.message

    with poor_user(postgres_server, empty_url) as name:
        code, hint = await refused()
        assert code == refusals.SCHEMA_DENIED
        assert f"CREATE SCHEMA twi AUTHORIZATION {name};" in hint
        administer(empty_url, "CREATE SCHEMA twi")
        code, hint = await refused()
        assert code == refusals.SCHEMA_DENIED
        assert f"GRANT USAGE, CREATE ON SCHEMA twi TO {name};" in hint
        administer(empty_url, f"GRANT USAGE, CREATE ON SCHEMA twi TO {name}")
        code, hint = await refused()
        assert code == refusals.EXTENSION_MISSING
        assert "CREATE EXTENSION pg_trgm" in hint
        administer(empty_url, "CREATE EXTENSION pg_trgm")
        await schema.upgrade(empty_url)
        async with open_engine(empty_url) as engine:
            await schema.require_known_schema(engine)


@pytest.mark.asyncio
async def test_a_user_who_does_not_own_the_tables_is_refused(postgres_server: EmbeddedServer, empty_url: str) -> None:
    """When the extension is there, the refusal of an upgrade names the tables and not the extension."""
    await schema.upgrade(empty_url, "0006")
    with poor_user(postgres_server, empty_url) as name:
        administer(
            empty_url, f"GRANT USAGE, CREATE ON SCHEMA twi TO {name}; GRANT ALL ON ALL TABLES IN SCHEMA twi TO {name}"
        )
        with pytest.raises(SchemaError) as caught:
            await schema.upgrade(empty_url)
    assert caught.value.code == refusals.SCHEMA_DENIED
    assert "the owner of the schema and of the bot's tables" in caught.value.message


@pytest.mark.asyncio
async def test_a_bot_that_may_not_use_the_schema_is_refused(postgres_server: EmbeddedServer, empty_url: str) -> None:
    """A second user without the right to the schema, its tables, or the extension's schema, is shown what to grant."""
    execute(empty_url, "CREATE SCHEMA extensions; CREATE EXTENSION pg_trgm SCHEMA extensions")
    await schema.upgrade(empty_url)

    async def refused() -> tuple[str, str]:
        async with open_engine(empty_url) as engine:
            with pytest.raises(SchemaError) as caught:
                await schema.require_known_schema(engine)
            return caught.value.code, caught.value.message

    with poor_user(postgres_server, empty_url) as name:
        code, hint = await refused()
        assert (code, "GRANT USAGE ON SCHEMA twi" in hint) == (refusals.SCHEMA_DENIED, True)
        administer(empty_url, f"GRANT USAGE ON SCHEMA twi TO {name}")
        remedy = f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA twi TO {name};"
        code, hint = await refused()
        assert (code, remedy in hint) == (refusals.SCHEMA_DENIED, True)
        administer(empty_url, remedy)
        code, hint = await refused()
        assert (code, "GRANT USAGE ON SCHEMA extensions" in hint) == (refusals.EXTENSION_MISSING, True)


@pytest.mark.asyncio
async def test_tables_in_public_that_cannot_be_read_are_named_with_their_owner(
    postgres_server: EmbeddedServer, empty_url: str
) -> None:
    """A user who may not read what looks like our tables is shown whose they are."""
    make_before(empty_url, "0006")
    with poor_user(postgres_server, empty_url) as name:
        for asked in (schema.current, schema.upgrade):
            with pytest.raises(SchemaError) as caught:
                await asked(empty_url)
            assert caught.value.code == refusals.SCHEMA_DENIED
            assert f"belong to twi, and this is {name}" in caught.value.message


def test_offline_sql_makes_the_same_schema(postgres_url: str, empty_url: str) -> None:
    """The statements for administrators who apply them by hand lead to the same schema and revision."""
    execute(empty_url, schema.sql())
    assert dump(empty_url) == dump(postgres_url)
    assert execute(empty_url, "SELECT version_num FROM twi.alembic_version") == [(revisions.head(),)]
    assert "CREATE TABLE links" not in schema.sql("0001", "0002")


def test_revisions_are_one_line_that_alembic_knows() -> None:
    """What we read from the files' names is what alembic reads from their contents, in one line."""
    script = ScriptDirectory.from_config(schema._config(None, SCHEMA))
    assert [revision.revision for revision in script.walk_revisions()][::-1] == revisions.revisions()
    assert script.get_heads() == [revisions.head()]


@pytest.mark.asyncio
async def test_a_bot_refuses_a_schema_that_it_does_not_know(empty_url: str) -> None:
    """A database that is empty, behind or ahead is refused with what to do, and nothing in it is changed."""

    async def refused() -> tuple[str, bool] | None:
        async with open_engine(empty_url) as engine:
            try:
                await schema.require_known_schema(engine)
            except SchemaError as error:
                return error.code, "run `twi db upgrade`" in error.message
        return None

    assert await refused() == (refusals.SCHEMA_BEHIND, True)
    await schema.upgrade(empty_url, revisions.revisions()[0])
    assert await refused() == (refusals.SCHEMA_BEHIND, True)
    await schema.upgrade(empty_url)
    assert await refused() is None
    execute(empty_url, "UPDATE twi.alembic_version SET version_num = '9999'")
    assert await refused() == (refusals.SCHEMA_AHEAD, False)
    execute(empty_url, "DELETE FROM twi.alembic_version")
    assert await refused() == (refusals.SCHEMA_BEHIND, True)


@pytest.mark.asyncio
async def test_a_change_in_the_wrong_direction_is_refused(empty_url: str) -> None:
    """A downgrade to what is above, an upgrade to what is below, and such a script, are refused; nothing is changed."""
    await schema.upgrade(empty_url, "0001")
    for change in (
        lambda: schema.downgrade(empty_url, "0002"),
        lambda: asyncio.to_thread(schema.sql, "0002", "0001"),
    ):
        with pytest.raises(SchemaError) as caught:
            await change()
        assert caught.value.code == refusals.SCHEMA_DIRECTION
    assert (await schema.current(empty_url)).revision == "0001"
    await schema.downgrade(empty_url, "0001")
    await schema.upgrade(empty_url)
    with pytest.raises(SchemaError) as caught:
        await schema.upgrade(empty_url, "0001")
    assert caught.value.code == refusals.SCHEMA_DIRECTION
    assert (await schema.current(empty_url)).revision == revisions.head()


@pytest.mark.asyncio
async def test_a_database_that_is_ahead_is_not_changed(empty_url: str) -> None:
    """Neither an upgrade nor a downgrade touches a newer program's schema: the program must be upgraded."""
    await schema.upgrade(empty_url)
    execute(empty_url, "UPDATE twi.alembic_version SET version_num = '9999'")
    for change in (schema.upgrade(empty_url), schema.downgrade(empty_url, "base")):
        with pytest.raises(SchemaError, match="Upgrade the program") as caught:
            await change
        assert caught.value.code == refusals.SCHEMA_AHEAD
    assert (await schema.current(empty_url)).revision == "9999"


@pytest.mark.asyncio
async def test_a_database_in_another_encoding_is_refused(postgres_server: EmbeddedServer) -> None:
    """Text that is not UTF-8 cannot hold what people write."""
    name = f"latin_{os.getpid()}"
    with psycopg.connect(libpq(postgres_server.url), autocommit=True) as connection:
        new = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'")
        connection.execute(new.format(sql.Identifier(name)))
        try:
            async with open_engine(postgres_server.url_of(name)) as engine:
                with pytest.raises(SchemaError) as caught:
                    await schema.require_known_schema(engine)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    assert caught.value.code == refusals.ENCODING


def test_the_packaged_migrations_win_over_those_of_the_checkout(tmp_path: Path) -> None:
    """An installed package runs the migrations that are in it."""
    package = tmp_path / "twi_postgres"
    with resources.as_file(resources.files("twi_postgres")) as source:
        package.mkdir()
        for path in source.rglob("*.py"):
            copy = package / path.relative_to(source)
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(path.read_bytes())
    versions = package / "migrations" / "versions"
    versions.mkdir(parents=True)
    (package / "migrations" / "env.py").touch()
    (versions / "0099_later.py").touch()
    script = "from twi_postgres.database import revisions; print(revisions.migrations_folder(), revisions.head())"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert done.stdout.split() == [str(package / "migrations"), "0099"]


def test_a_running_bot_does_not_import_alembic() -> None:
    """Checking the schema costs no start-up time: alembic is imported by upgrades only."""
    script = "import sys; from twi_postgres.database import revisions, schema; revisions.head(); "
    script += "sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
