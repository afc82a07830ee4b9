"""What ends the process, or keeps it from starting."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.integration.discord.stage import timed
from tests.integration.http.server import GUILD, opened
from tests.integration.provoked.calls import posted
from tests.integration.provoked.recording import Answer, provokes, stable
from tests.integration.provoked.shell import Shell
from twi_runtime.opening.lifecycle import Runtime
from twi_runtime.process.servers import Died, Server


@provokes("runtime.catalogue_unreadable")
def catalogue_unreadable(shell: Shell) -> Answer:
    """Have a catalogue that isn't compiled."""
    folder = shell.folder / "catalogues" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "twi.mo").write_text('msgid "Deleted."', encoding="utf-8")
    return shell.refused("TWI_CATALOGUES=catalogues twi config check")


@provokes("runtime.extra_missing")
def extra_missing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Lack a library."""
    monkeypatch.setitem(sys.modules, "litestar", None)
    return shell.refused("twi http")


@provokes("runtime.server_ended")
def server_ended(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Serve HTTP with a server that ends by itself."""

    @asynccontextmanager
    async def ends(_: Runtime) -> AsyncIterator[Died]:
        died: Died = asyncio.get_running_loop().create_future()
        died.set_result(None)
        yield died

    monkeypatch.setattr("twi_http.server.http_server", lambda: Server("http", ends))
    return shell.refused("twi http", TWI_STORAGE="memory")


@provokes("runtime.start_timed_out")
def start_timed_out(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Serve HTTP with a server that hangs while it starts."""

    @asynccontextmanager
    async def hangs(_: Runtime) -> AsyncIterator[Died]:
        await asyncio.Event().wait()
        yield asyncio.get_running_loop().create_future()

    monkeypatch.setattr("twi_http.server.http_server", lambda: Server("http", hangs, start_timeout=0.6))
    return shell.refused("twi http", TWI_STORAGE="memory")


@provokes("runtime.stopping")
async def stopping() -> list[Answer]:
    """Call while the process stops."""
    async with timed() as stage:
        assert await stage.drain.close(1)
        said = await stage.ask("member", "slash", "link list")
    async with opened() as server:
        token = await server.token()
        await server.runtime.drain.close(1)
        answer = await posted(server, token, f"/api/v1/guilds/{GUILD}/operations/links.tags", "{}")
    return [Answer("discord", "/link list", stable(said.text)), answer]
