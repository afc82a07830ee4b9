"""What keeps the database from being used: PostgreSQL's programs, its data, its schema, and others who use them."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
import pytest
from psycopg import sql

from tests.integration.discord.stage import staged
from tests.integration.postgres.state import execute
from tests.integration.postgres.test_login import url_of
from tests.integration.postgres.test_migrations import poor_user
from tests.integration.postgres_server import libpq
from tests.integration.provoked.recording import Answer, provokes, stable
from tests.integration.provoked.shell import Shell
from tests.unit.faults import Faults, FaultyStore
from twi_core.kernel.context import Origin
from twi_core.kernel.ids import GuildId
from twi_core.kernel.permissions import Level
from twi_embedded import cluster, server
from twi_embedded.binaries import find_programs
from twi_embedded.server import EmbeddedPostgres, EmbeddedServer
from twi_postgres.database import preparing

STATUS: Final = "twi db status"
UPGRADE: Final = "twi db upgrade"
TAGS: Final = "twi links tags --guild 42"
PROGRAMS: Final = ("initdb", "pg_ctl", "postgres")


# A server that the bot starts by itself


@provokes("storage.binaries_missing")
def binaries_missing(shell: Shell) -> Answer:
    """Name a folder without PostgreSQL's programs."""
    return shell.refused(f"TWI_POSTGRES_BIN={shell.folder}/bin {STATUS}")


@provokes("storage.binaries_unusable")
def binaries_unusable(shell: Shell) -> Answer:
    """Name a folder with programs of another machine."""
    programs(shell.folder, b"\x7fELF of elsewhere", PROGRAMS)
    return shell.refused(f"TWI_POSTGRES_BIN={shell.folder}/bin {STATUS}")


def programs(folder: Path, content: bytes, names: tuple[str, ...]) -> None:
    """Write programs."""
    (folder / "bin").mkdir()
    for name in names:
        (folder / "bin" / name).write_bytes(content)
        (folder / "bin" / name).chmod(0o755)


@provokes("storage.busy")
def busy(shell: Shell) -> Answer:
    """Take the lock of the server's users exclusively."""
    root = shell.folder / "data" / "postgres"
    root.mkdir(parents=True, mode=0o700)
    (root / "start.lock").touch(mode=0o600)
    with (root / "users.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        return shell.refused(STATUS)


@provokes("storage.data_foreign")
def data_foreign(shell: Shell) -> Answer:
    """Keep something else where the database would lie."""
    root = shell.folder / "data" / "postgres"
    root.mkdir(parents=True)
    (root / "notes.txt").touch()
    return shell.refused(STATUS)


@provokes("storage.data_owner")
def data_owner(shell: Shell) -> Answer:
    """Name a folder that nobody can make, as it would lie below a file."""
    (shell.folder / "data").touch()
    return shell.refused(f"TWI_DATA_DIR={shell.folder}/data/twi {STATUS}")


@provokes("storage.data_version")
def data_version(shell: Shell) -> Answer:
    """Bring data of PostgreSQL 16."""
    data = shell.folder / "data" / "postgres" / "data"
    data.mkdir(parents=True)
    (data.parent / "start.lock").touch()
    (data / "PG_VERSION").write_text("16\n", encoding="utf-8")
    if os.geteuid() == 0:
        os.chown(data, 65534, 65534)  # as the server's user would own it
    return shell.refused(STATUS)


@provokes("storage.platform")
def platform(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Run where there is no /proc."""
    monkeypatch.setattr(server, "_PROCESSES", shell.folder / "proc" / "self" / "fd")
    return shell.refused(STATUS)


@provokes("storage.server_user")
def server_user(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Run as a user without a name, as containers do."""
    monkeypatch.setattr(os, "geteuid", lambda: 4_711_000)
    return shell.refused(STATUS)


@contextmanager
def served(shell: Shell) -> Iterator[Path]:
    """Leave a server behind that no process uses, as one does that was killed; yield the folder of the server."""
    use = EmbeddedPostgres(shell.folder / "data", durability=False, copies=shell.folder)
    use.open()
    assert use._use is not None
    os.close(use._use[1])
    yield shell.folder / "data" / "postgres"
    assert use._use is not None
    use._use[0].stop()


@provokes("storage.start_failed")
def start_failed(shell: Shell) -> Answer:
    """Lose a file of the data."""
    with served(shell) as root:
        pass
    (root / "data" / "global" / "pg_control").unlink()
    return shell.refused(STATUS)


@provokes("storage.stop_failed")
def stop_failed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Lose the socket of a server, which has to be restarted then, with a `pg_ctl` that cannot stop it."""
    monkeypatch.setattr(cluster, "_TRUST_SECONDS", 0.3)
    found = find_programs(None).folder
    script = f'#!/bin/sh\ncase "$*" in *stop) exit 1;; *) exec {found}/"${{0##*/}}" "$@";; esac\n'
    programs(shell.folder, script.encode(), PROGRAMS)
    with served(shell) as root:
        (root / "socket" / ".s.PGSQL.5432").unlink()
        return shell.refused(f"TWI_POSTGRES_BIN={shell.folder}/bin {STATUS}")


@provokes("storage.no_database")
def no_database(shell: Shell) -> Answer:
    """Look after a database where there is none."""
    return shell.refused(f"TWI_STORAGE=memory {STATUS}")


# A server of one's own


@provokes("storage.schema_behind")
def schema_behind(shell: Shell, empty_url: str) -> Answer:
    """Use an empty database."""
    return shell.refused(TAGS, TWI_DATABASE_URL=empty_url)


@provokes("storage.schema_ahead")
def schema_ahead(shell: Shell, postgres_url: str) -> Answer:
    """Use a database that a newer version has upgraded."""
    execute(postgres_url, "UPDATE twi.alembic_version SET version_num = '9999'")
    return shell.refused(TAGS, TWI_DATABASE_URL=postgres_url)


@provokes("storage.schema_foreign")
def schema_foreign(shell: Shell, empty_url: str) -> Answer:
    """Upgrade a database where another program has the schema."""
    execute(empty_url, "CREATE SCHEMA twi; CREATE TABLE twi.links (id int)")
    return shell.refused(UPGRADE, TWI_DATABASE_URL=empty_url)


@provokes("storage.schema_denied")
def schema_denied(shell: Shell, postgres_server: EmbeddedServer, empty_url: str) -> Answer:
    """Upgrade as a user who may not make a schema."""
    with poor_user(postgres_server, empty_url) as name:
        answer = shell.refused(UPGRADE, TWI_DATABASE_URL=empty_url)
    return Answer(answer.where, answer.sent, answer.answered.replace(name, "bot"))


@provokes("storage.schema_direction")
def schema_direction(shell: Shell, postgres_url: str) -> Answer:
    """Upgrade to a revision that the database has passed."""
    return shell.refused("twi db upgrade 0001", TWI_DATABASE_URL=postgres_url)


@provokes("storage.unknown_revision")
def unknown_revision(shell: Shell, empty_url: str) -> Answer:
    """Upgrade to a revision that there isn't."""
    return shell.refused("twi db upgrade 9999", TWI_DATABASE_URL=empty_url)


@provokes("storage.extension_missing")
def extension_missing(shell: Shell, postgres_url: str) -> Answer:
    """Use a database whose extension was dropped."""
    execute(postgres_url, "DROP EXTENSION pg_trgm CASCADE")
    return shell.refused(TAGS, TWI_DATABASE_URL=postgres_url)


@provokes("storage.encoding")
def encoding(shell: Shell, postgres_server: EmbeddedServer) -> Answer:
    """Use a database that stores text as LATIN1."""
    name = sql.Identifier(f"latin_provoked_{os.getpid()}")
    with psycopg.connect(libpq(postgres_server.url), autocommit=True) as connection:
        new = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'")
        connection.execute(new.format(name))
        try:
            return shell.refused(TAGS, TWI_DATABASE_URL=postgres_server.url_of(f"latin_provoked_{os.getpid()}"))
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@provokes("storage.tables_busy")
def tables_busy(shell: Shell, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Read a table in a transaction that stays open while it is to be changed."""
    monkeypatch.setattr(preparing, "TABLE_WAIT", 0.1)
    assert shell.run("twi db upgrade 0006", TWI_DATABASE_URL=empty_url).code == 0
    with psycopg.connect(libpq(empty_url)) as other:
        other.execute("SELECT 1 FROM twi.links")
        return shell.refused(UPGRADE, TWI_DATABASE_URL=empty_url)


@provokes("storage.upgrade_running")
def upgrade_running(shell: Shell, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Take the lock of upgrades."""
    monkeypatch.setattr("twi_postgres.database.schema.upgrade.__kwdefaults__", {"schema": "twi", "wait": 0.1})
    with psycopg.connect(libpq(empty_url)) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('twi', %s))", (preparing.LOCK,))
        return shell.refused(UPGRADE, TWI_DATABASE_URL=empty_url)


@provokes("storage.refused")
def refused(shell: Shell, empty_url: str) -> Answer:
    """Take a name that a migration needs."""
    assert shell.run("twi db upgrade 0001", TWI_DATABASE_URL=empty_url).code == 0
    execute(empty_url, "CREATE TABLE twi.guild_setting_changes ()")
    return shell.refused(UPGRADE, TWI_DATABASE_URL=empty_url)


@provokes("storage.unavailable")
def unavailable(shell: Shell) -> Answer:
    """Name a server where nothing listens."""
    return shell.refused(TAGS, TWI_DATABASE_URL="postgresql+psycopg://twi@127.0.0.1:9/twi")


@provokes("storage.login_refused")
def login_refused(shell: Shell, postgres_server: EmbeddedServer, empty_url: str) -> Answer:
    """Name a user whom the server doesn't let in."""
    database = empty_url.partition("?")[0].rpartition("/")[2]
    return shell.refused(TAGS, TWI_DATABASE_URL=url_of(postgres_server, database, "nobody_here", "wrong"))


@provokes("storage.database_missing")
def database_missing(shell: Shell, postgres_server: EmbeddedServer) -> Answer:
    """Name a database that the server doesn't have."""
    return shell.refused(TAGS, TWI_DATABASE_URL=postgres_server.url_of("no_such_database"))


@provokes("storage.timed_out")
def timed_out(shell: Shell, postgres_url: str) -> Answer:
    """Lock the table that a call reads."""
    with psycopg.connect(libpq(postgres_url)) as other:
        other.execute("LOCK TABLE twi.links IN ACCESS EXCLUSIVE MODE")
        url = f"{postgres_url}&options=-c%20lock_timeout%3D100"
        return shell.refused(TAGS, TWI_DATABASE_URL=url)


@provokes("storage.conflict")
async def conflict() -> Answer:
    """Change the link as another user just before each of the call's two attempts commits."""
    faults = Faults()
    async with staged(wrap=lambda _: FaultyStore(faults)) as stage:
        await stage.add()
        other = stage.app.context(
            actor=None, guild=GuildId(stage.guild.id), asserted_level=Level.OPERATOR, origin=Origin.CLI
        )

        async def overtake(name: str) -> None:
            if name == "commit":
                faults.before = None
                tag = f"maps {len(faults.committed)}"
                (await stage.app.links.edit.call({"title": "world map", "tag": tag}, other)).unwrap()
                faults.before = overtake

        faults.before = overtake
        said = await stage.ask("moderator", "slash", "link edit", title="world map", content="words")
        faults.before = None
    return Answer("discord", "/link edit title:world map content:words", stable(said.text))
