"""A login that the server refuses: the host is shown the cause and the setting to correct."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from tests.integration.postgres_server import libpq
from twi_core.kernel.faults import Unavailable
from twi_embedded.server import EmbeddedServer
from twi_postgres.database import schema
from twi_postgres.database.refusals import LoginRefused
from twi_runtime import RuntimeFailure, open_application
from twi_runtime.process.exits import Exit

ROLE = "with_a_password"
PASSWORD = "correct horse"


@contextmanager
def role_with_a_password(server: EmbeddedServer, database: str) -> Iterator[None]:
    """Allow a role that owns a database to log in with its password, besides the server's own user."""
    rules = server.socket_directory.parent / "access" / "pg_hba.conf"
    before = rules.read_text(encoding="utf-8")
    with psycopg.connect(libpq(server.url), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'")
        _write(rules, f"{before}local all {ROLE} scram-sha-256\n", connection)
        try:
            connection.execute(f'ALTER DATABASE "{database}" OWNER TO {ROLE}')
            yield
        finally:
            _write(rules, before, connection)
            connection.execute(f'ALTER DATABASE "{database}" OWNER TO twi')
            connection.execute(f"DROP ROLE {ROLE}")


def _write(rules: Path, text: str, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    rules.write_text(text, encoding="utf-8")
    connection.execute("SELECT pg_reload_conf()")


def url_of(server: EmbeddedServer, database: str, user: str, password: str) -> str:
    """Return the URL of a database for a user with a password."""
    host = quote(str(server.socket_directory), safe="")
    return f"postgresql://{user}:{quote(password)}@/{database}?host={host}&port={server.port}"


@pytest.mark.asyncio
async def test_a_wrong_password_or_user_is_refused_with_the_setting_to_correct(
    postgres_server: EmbeddedServer, empty_url: str
) -> None:
    """A wrong password and an unknown user end with code 78 and the setting's name, not with “try again”."""
    database = empty_url.partition("?")[0].rpartition("/")[2]
    with role_with_a_password(postgres_server, database):
        right = url_of(postgres_server, database, ROLE, PASSWORD)
        assert (await schema.current(right)).revision is None
        for user, password in ((ROLE, "wrong"), ("nobody_here", PASSWORD)):
            with pytest.raises(RuntimeFailure) as caught:
                async with open_application(url_of(postgres_server, database, user, password)):
                    pass
            error = caught.value.error
            assert (error.code, caught.value.exit_code) == ("storage.login_refused", Exit.SETTINGS)
            assert "TWI_DATABASE_URL" in error.hint()
            assert "again" not in error.message() + error.hint()


@pytest.mark.asyncio
async def test_a_server_that_is_not_there_is_not_a_refused_login(postgres_server: EmbeddedServer) -> None:
    """Only a login that the server refuses counts as one: a server that can't be reached may come back."""
    with pytest.raises(Unavailable) as caught:
        await schema.current(f"{url_of(postgres_server, 'twi', ROLE, PASSWORD)}1")
    assert not isinstance(caught.value, LoginRefused)
