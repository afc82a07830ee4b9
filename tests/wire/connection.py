"""One gateway socket: frames out in order, compressed as the client asked, cut where a test wants it."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from tests.wire.records import Json


@dataclass(frozen=True, slots=True)
class _Close:
    code: int


class CutPoints:
    """Sequence numbers at which the socket drops, each once."""

    def __init__(self) -> None:
        self.before: set[int] = set()
        self.after: set[int] = set()

    def clear(self) -> None:
        """Forget them all."""
        self.before.clear()
        self.after.clear()

    @staticmethod
    def strikes(points: set[int], seq: int | None) -> bool:
        """Return whether the socket is to drop at `seq`, and forget that point."""
        if seq is None or seq not in points:
            return False
        points.remove(seq)
        return True


class Connection:
    """The server's end of one websocket.

    Args:
        ws: The prepared websocket.
        transport: The TCP transport under it.
        compress: Whether the client asked for `zlib-stream`.
        cuts: Where to drop the socket.
        changed: Called after each frame and each loss.
    """

    def __init__(
        self,
        ws: web.WebSocketResponse,
        transport: asyncio.BaseTransport,
        *,
        compress: bool,
        cuts: CutPoints,
        changed: Callable[[], None],
    ) -> None:
        self.ws = ws
        self.live = False
        self.sent_seq = 0
        self._transport = transport
        self._deflate = zlib.compressobj() if compress else None
        self._cuts = cuts
        self._changed = changed
        self._frames: asyncio.Queue[Json | _Close] = asyncio.Queue()

    def send(self, frame: Json) -> None:
        """Put a frame after those already waiting."""
        self._frames.put_nowait(frame)

    def close(self, code: int) -> None:
        """Close with a close frame, after what is already waiting."""
        self.live = False
        self._frames.put_nowait(_Close(code))

    def abort(self) -> None:
        """Drop the TCP connection at once, without a close frame."""
        self.live = False
        if isinstance(self._transport, asyncio.Transport):
            self._transport.abort()

    async def write(self) -> None:
        """Send what is put into the connection until it ends."""
        while not self.ws.closed:
            frame = await self._frames.get()
            try:
                if isinstance(frame, _Close):
                    await self.ws.close(code=frame.code)
                    return
                seq: int | None = frame.get("s") if frame.get("t") != "RESUMED" else None
                if CutPoints.strikes(self._cuts.before, seq):
                    self.abort()
                    return
                await self._write_one(frame)
                self.sent_seq = max(self.sent_seq, seq or 0)
                if CutPoints.strikes(self._cuts.after, seq):
                    self.abort()
                    return
            except ConnectionError:
                self.live = False
                return
            finally:
                self._changed()

    async def _write_one(self, frame: Json) -> None:
        text = json.dumps(frame)
        if self._deflate is None:
            await self.ws.send_str(text)
            return
        packed = self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        await self.ws.send_bytes(packed)
