"""The command line on an external PostgreSQL server, which is never changed unless asked."""

import json
import shlex
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import make_url

from tests.integration.postgres.before import make_before
from tests.integration.postgres_server import libpq
from tests.unit.cli.conftest import Twi, twi
from twi_embedded.server import EmbeddedServer
from twi_postgres.database import revisions
from twi_runtime.process.exits import Exit

__all__ = ["twi"]

GUILD = "--guild=9001"


@pytest.fixture
def database(postgres_server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, twi: Twi) -> Iterator[str]:
    """An empty database, named by TWI_DATABASE_URL."""
    name = f"cli_{uuid.uuid4().hex}"
    with psycopg.connect(libpq(postgres_server.url), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        monkeypatch.delenv("TWI_STORAGE")
        monkeypatch.setenv("TWI_DATABASE_URL", postgres_server.url_of(name))
        yield name
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.usefixtures("database")
def test_a_server_is_changed_only_when_asked(twi: Twi) -> None:
    """An empty database is refused by commands, checked with 3, made by `twi db upgrade`, and works from then on."""
    refused = twi("links", "tags", GUILD, "--output=json")
    assert (refused.code, refused.error["code"]) == (Exit.SETTINGS, "storage.schema_behind")
    assert "twi db upgrade" in refused.error["message"]
    assert twi("db", "check").code == Exit.CHECK_FAILED
    assert twi("doctor").code == Exit.CHECK_FAILED
    assert twi("db", "status", "--output=json").result["revision"] is None

    upgraded = twi("db", "upgrade", "--output=json")
    assert upgraded.result["revision"] == upgraded.result["needed"]
    assert twi("db", "check").code == Exit.OK
    assert twi("doctor").code == Exit.OK
    assert twi("links", "add", "map", "x", GUILD).code == Exit.OK
    assert twi("links", "get", "map", GUILD).code == Exit.OK


@pytest.mark.usefixtures("database")
def test_a_downgrade_takes_everything_back(twi: Twi) -> None:
    """With --yes the schema goes, without it nothing happens; an unknown revision is refused."""
    assert twi("db", "upgrade").code == Exit.OK
    assert twi("db", "downgrade", "base").code == Exit.USAGE
    assert twi("db", "check").code == Exit.OK
    assert twi("db", "downgrade", "base", "--yes", "--output=json").result["revision"] is None
    unknown = twi("db", "upgrade", "9999", "--output=json")
    assert (unknown.code, unknown.error["code"]) == (Exit.NOT_FOUND, "storage.unknown_revision")


def test_the_status_knows_three_states(twi: Twi, postgres_server: EmbeddedServer, database: str) -> None:
    """Behind needs an upgrade, current needs nothing, ahead needs a newer program; every failure has a code."""

    def status() -> tuple[str, str]:
        return twi("db", "status", "--output=json").result["state"], twi("db", "status").out

    assert twi("db", "upgrade", "0001").code == Exit.OK
    state, text = status()
    assert (state, "run: twi db upgrade" in text) == ("behind", True)
    wrong = twi("db", "downgrade", "0002", "--yes", "--output=json")
    assert (wrong.code, wrong.error["code"]) == (Exit.INVALID, "storage.schema_direction")
    assert twi("db", "upgrade").code == Exit.OK
    assert status()[0] == "current"
    with psycopg.connect(libpq(postgres_server.url_of(database)), autocommit=True) as connection:
        connection.execute("UPDATE twi.alembic_version SET version_num = '9999'")
    state, text = status()
    assert (state, "upgrade twi-core" in text, "twi db upgrade" in text) == ("ahead", True, False)
    for change in (("upgrade",), ("downgrade", "base", "--yes")):
        refused = twi("db", *change, "--output=json")
        assert (refused.code, refused.error["code"]) == (Exit.SETTINGS, "storage.schema_ahead")


def test_a_foreign_revision_is_harmless(twi: Twi, postgres_server: EmbeddedServer, database: str) -> None:
    """The version table's text comes from the database: nothing in it moves or colours a terminal."""
    assert twi("db", "upgrade").code == Exit.OK
    with psycopg.connect(libpq(postgres_server.url_of(database)), autocommit=True) as connection:
        connection.execute("UPDATE twi.alembic_version SET version_num = E'\\x1b[2J'")
    assert [r"\x1b[2J" in twi("db", command).out for command in ("status", "check")] == [True, True]


@pytest.mark.parametrize(
    ("lost", "expected"),
    [
        ("no_such_database", (Exit.SETTINGS, "storage.database_missing")),
        ("no_such_user", (Exit.SETTINGS, "storage.login_refused")),
    ],
)
def test_a_database_that_refuses_the_connection_says_why(
    twi: Twi, postgres_server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, lost: str, expected: tuple[Exit, str]
) -> None:
    """A wrong database or user name is in the log of a process that cannot start, and a password is not."""
    url = make_url(postgres_server.url).set(password="hunter2")
    wrong = url.set(database=lost) if lost == "no_such_database" else url.set(username=lost)
    monkeypatch.delenv("TWI_STORAGE")
    monkeypatch.setenv("TWI_DATABASE_URL", wrong.render_as_string(hide_password=False))
    refused = twi("db", "status", "--output=json")
    assert (refused.code, refused.error["code"]) == expected
    assert (lost in refused.err, "hunter2" in refused.err) == (True, False)


@pytest.mark.usefixtures("database")
def test_every_command_knows_the_schema(twi: Twi, monkeypatch: pytest.MonkeyPatch) -> None:
    """TWI_DATABASE_SCHEMA says where `twi db` looks and works, which names its SQL has, and where a call stores."""
    assert twi("db", "upgrade").code == Exit.OK
    assert twi("links", "add", "map", "x", GUILD).code == Exit.OK
    monkeypatch.setenv("TWI_DATABASE_SCHEMA", "second")
    assert twi("db", "check").code == Exit.CHECK_FAILED
    status = twi("db", "status", "--output=json").result
    assert status == {
        "schema": "second",
        "revision": None,
        "needed": revisions.head(),
        "state": "behind",
        "in_public": False,
    }
    script = twi("db", "sql").out
    assert "CREATE TABLE second.links" in script
    assert "twi." not in script
    assert twi("db", "upgrade").code == Exit.OK
    assert twi("db", "check").code == Exit.OK
    assert "second" in twi("db", "status").out
    assert twi("links", "get", "map", GUILD).code == Exit.NOT_FOUND
    assert twi("db", "downgrade", "base", "--yes").code == Exit.OK
    monkeypatch.delenv("TWI_DATABASE_SCHEMA")
    assert twi("links", "get", "map", GUILD).code == Exit.OK


@pytest.mark.usefixtures("database")
def test_pages_are_followed_to_the_end(twi: Twi) -> None:
    """The cursor in the text leads to the next page, and every link is seen once."""
    assert twi("db", "upgrade").code == Exit.OK
    for actor in (1, 2, 3):
        for number in range(8):
            raw = json.dumps({"title": f"{actor} {number}", "content": "x"})
            assert twi("call", "links.add", raw, GUILD, f"--actor={actor}", "--as=moderator").code == Exit.OK
    first = twi("links", "list", "Untagged", GUILD)
    more = next(line for line in first.out.splitlines() if line.startswith("More follows: twi "))
    second = twi(*shlex.split(more)[3:])
    shown = [
        line.split("  ")[0]
        for page in (first, second)
        for line in page.out.splitlines()
        if "Untagged" in line and "twi" not in line
    ]
    assert sorted(shown) == sorted(f"{actor} {number}" for actor in (1, 2, 3) for number in range(8))


def test_the_status_names_tables_that_lie_in_public(twi: Twi, postgres_server: EmbeddedServer, database: str) -> None:
    """Before an upgrade a host reads where the tables are, and that the upgrade moves them."""
    make_before(postgres_server.url_of(database), "0006")
    status = twi("db", "status", "--output=json").result
    assert (status["revision"], status["state"], status["in_public"]) == ("0006", "behind", True)
    assert "0006 (in public; an upgrade moves it)" in twi("db", "status").out
    assert twi("db", "upgrade").code == Exit.OK
    assert "public" not in twi("db", "status").out
