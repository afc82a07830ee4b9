"""A relay between a client and the server that falls silent or hangs up at a chosen moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, final

from twi_postgres.database.engine import read_url

COMMIT: Final = b"COMMIT\x00"


@final
class Relay:
    """A relay that passes on what both sides send.

    Attributes:
        url: The database's URL through the relay.
        speaks: Set while anything is passed on.
        held: Set once something was not passed on.
        loses_commits: Whether the server's answer to a commit is thrown away, and the connection with it.
    """

    def __init__(self, url: str, port: int) -> None:
        parsed = read_url(url)
        self._path = f"{parsed.query['host']}/.s.PGSQL.{parsed.query['port']}"
        through = parsed.difference_update_query(["host", "port"]).set(host="127.0.0.1", port=port)
        self.url = through.render_as_string(hide_password=False)
        self.speaks = asyncio.Event()
        self.speaks.set()
        self.held = asyncio.Event()
        self.loses_commits = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until either side hangs up."""
        answers, asks = await asyncio.open_unix_connection(self._path)
        lost = asyncio.Event()
        directions = [
            asyncio.ensure_future(self._asked(reader, asks, lost)),
            asyncio.ensure_future(self._answered(answers, writer, lost)),
        ]
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for direction in directions:
                direction.cancel()
            await asyncio.wait(directions)
            for end in (asks, writer):
                end.close()

    async def _asked(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lost: asyncio.Event) -> None:
        while block := await reader.read(65536):
            await self._may_speak()
            if self.loses_commits and COMMIT in block:
                lost.set()
            writer.write(block)

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lost: asyncio.Event) -> None:
        while block := await reader.read(65536):
            await self._may_speak()
            if lost.is_set():
                return
            writer.write(block)

    async def _may_speak(self) -> None:
        if not self.speaks.is_set():
            self.held.set()
            await self.speaks.wait()


@asynccontextmanager
async def relayed(url: str) -> AsyncIterator[Relay]:
    """Yield a relay to the embedded server behind a URL."""
    serving: set[asyncio.Task[None]] = set()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.ensure_future(relay.serve(reader, writer)))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    relay = Relay(url, server.sockets[0].getsockname()[1])
    try:
        yield relay
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
