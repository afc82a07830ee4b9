"""The database's password is changed as docs/secrets.md says, under a client that keeps writing: nothing is lost."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.integration.postgres_server import libpq
from tests.integration.process.stage import Twi, started
from tests.integration.process.steady import address, issued, links, steady
from tests.waiting import wait_until
from twi_embedded.server import EmbeddedServer

pytestmark = pytest.mark.asyncio

SETTINGS = 78


@dataclass
class Logins:
    """Two users of the database who must send a password, and the statements of its administrator."""

    url: str
    socket: Path
    one: str = field(default_factory=lambda: f"one_{secrets.token_hex(4)}")
    two: str = field(default_factory=lambda: f"two_{secrets.token_hex(4)}")

    def say(self, statement: str, login: str, password: str = "") -> None:
        """Execute a statement about a login, as the database's administrator."""
        with psycopg.connect(libpq(self.url), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(login=sql.Identifier(login), password=sql.Literal(password)))

    def url_of(self, login: str, password: str) -> str:
        """Return the URL by which a login reaches the database."""
        database = urlsplit(self.url).path.removeprefix("/")
        return f"postgresql://{login}:{password}@/{database}?host={self.socket}&port=5432"

    def lets_in(self, login: str, password: str) -> bool:
        """Return whether a login with a password is let in."""
        with suppress(psycopg.OperationalError), psycopg.connect(self.url_of(login, password)):
            return True
        return False

    def cut(self, login: str) -> None:
        """Break every connection of a login."""
        with psycopg.connect(libpq(self.url)) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (login,))

    def connected(self, login: str) -> int:
        """Count the connections of a login."""
        with psycopg.connect(libpq(self.url)) as connection:
            found = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", (login,)).fetchone()
        assert found is not None
        return int(found[0])


@pytest.fixture
def logins(postgres_server: EmbeddedServer, postgres_url: str) -> Iterator[Logins]:
    """Admit two users by password; the test's user is still admitted by the kernel."""
    found = Logins(postgres_url, postgres_server.socket_directory)
    with _asked_for_passwords(postgres_server, found.one, found.two) as reload:
        found.say("CREATE ROLE {login} LOGIN PASSWORD {password} IN ROLE twi", found.one, "first-password")
        reload()
        wait_until(lambda: found.lets_in(found.one, "first-password"))
        assert not found.lets_in(found.one, "another-password")
        yield found
        for login in (found.one, found.two):
            found.say("DROP ROLE IF EXISTS {login}", login)


@contextmanager
def _asked_for_passwords(server: EmbeddedServer, *users: str) -> Iterator[Callable[[], None]]:
    """Have the test server ask these users for a password; return what makes it read its rules again."""
    rules = server.socket_directory.parent / "access/pg_hba.conf"
    before = rules.read_text()

    def reload() -> None:
        with psycopg.connect(libpq(server.url)) as connection:
            connection.execute("SELECT pg_reload_conf()")

    rules.write_text("".join(f"local all {user} scram-sha-256\n" for user in users) + before)
    try:
        yield reload
    finally:
        rules.write_text(before)
        reload()


def _settings(file: Path, url: str) -> dict[str, str]:
    file.write_text(f"{url}\n")
    file.chmod(0o600)
    return {"TWI_DATABASE_URL_FILE": str(file), "TWI_HTTP_PORT": "0"}


async def _kept_out(environment: Mapping[str, str], password: str) -> None:
    """Check that a process with these settings ends with 78, says that the login is refused, and not the password."""
    async with started("links", "tags", "--guild=1", environment=environment) as stale:
        assert await stale.ended() == SETTINGS, stale.tail
        assert "storage.login_refused" in stale.err
        assert "Traceback" not in stale.err
        assert password not in stale.out + stale.err


async def _without_trace_of(twi: Twi, *passwords: str, outage: bool = False) -> None:
    await twi.stopped(outage=outage)
    assert not [password for password in passwords if password in twi.out + twi.err]


async def test_the_password_of_the_one_user_is_changed(logins: Logins, tmp_path: Path) -> None:
    """What is connected stays connected; after the restart the new password is used; what was answered is stored, once.

    A connection that breaks in between cannot be reopened: requests are refused, and stored when they come again.
    """
    file = tmp_path / "database"
    environment = _settings(file, logins.url_of(logins.one, "first-password"))
    async with started("http", environment=environment) as first:
        token = await issued("writer", environment)
        async with steady(await address(first), token) as caller:
            await caller.goes_on(first)
            logins.say("ALTER ROLE {login} PASSWORD {password}", logins.one, "second-password")
            assert not logins.lets_in(logins.one, "first-password")
            await caller.goes_on(first)
            assert caller.failed == []
            await _kept_out(environment, "first-password")
            logins.cut(logins.one)
            await first.until(lambda: "storage.unavailable" in caller.failed, "refusal")
            _settings(file, logins.url_of(logins.one, "second-password"))
            await _without_trace_of(first, "first-password", token, outage=True)
            async with started("http", environment=environment) as second:
                caller.url = await address(second)
                await caller.goes_on(second)
                caller.stop.set()
                await _without_trace_of(second, "second-password", token)
        assert set(caller.failed) <= {
            "storage.unavailable",
            "runtime.stopping",
            "ConnectError",
            "ReadError",
            "RemoteProtocolError",
        }
        assert sorted(links(logins.url)) == sorted(caller.stored)


async def test_two_users_take_turns(logins: Logins, tmp_path: Path) -> None:
    """With a second user, and a second process beside the first until it serves, no request fails at all."""
    old = _settings(tmp_path / "old", logins.url_of(logins.one, "first-password"))
    async with started("http", environment=old) as first:
        token = await issued("writer", old)
        async with steady(await address(first), token) as caller:
            await caller.goes_on(first)
            logins.say("CREATE ROLE {login} LOGIN PASSWORD {password} IN ROLE twi", logins.two, "second-password")
            logins.say("ALTER ROLE {login} SET role = 'twi'", logins.two)
            new = _settings(tmp_path / "new", logins.url_of(logins.two, "second-password"))
            async with started("http", environment=new) as second:
                caller.url = await address(second)
                await caller.goes_on(second)
                await _without_trace_of(first, "first-password")
                assert (logins.connected(logins.one), logins.connected(logins.two) > 0) == (0, True)
                logins.say("ALTER ROLE {login} NOLOGIN PASSWORD NULL", logins.one)
                await _kept_out(old, "first-password")
                await caller.goes_on(second)
                caller.stop.set()
                await _without_trace_of(second, "second-password")
        assert caller.failed == []
        assert sorted(links(logins.url)) == sorted(caller.stored)
