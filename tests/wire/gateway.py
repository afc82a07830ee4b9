"""The gateway half of the fake: sessions, heartbeats, resuming with replay, and its ways to fail."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Iterable, Sequence
from typing import Final, Literal

from aiohttp import WSCloseCode, WSMsgType, web

from tests.waiting import PATIENCE
from tests.wire.connection import Connection, CutPoints
from tests.wire.records import Bell, Identify, Json, Resume
from tests.wire.session import DISPATCH, Session
from tests.wire.world import APPLICATION, World

HEARTBEAT: Final = 1
IDENTIFY: Final = 2
RESUME: Final = 6
RECONNECT: Final = 7
REQUEST_MEMBERS: Final = 8
INVALID_SESSION: Final = 9
HELLO: Final = 10
HEARTBEAT_ACK: Final = 11

AUTHENTICATION_FAILED: Final = 4004
_UNKNOWN_OPCODE: Final = 4001
_CHUNK: Final = 1000


class Gateway:
    """Discord's gateway v10 for one bot; a new connection takes the place of the old one.

    Attributes:
        identifies: Every IDENTIFY received, refused ones too.
        resumes: Every RESUME received.
        heartbeats: How many heartbeats came.
        closed_by_client: The close codes with which the bot left.
        heartbeat_interval: Seconds between heartbeats, sent in HELLO.
        acknowledge_heartbeats: Set False for a zombie connection: open, but silent.
    """

    def __init__(self, world: World, bell: Bell) -> None:
        self.identifies: list[Identify] = []
        self.resumes: list[Resume] = []
        self.heartbeats = 0
        self.closed_by_client: list[int] = []
        self.heartbeat_interval = 41.25
        self.acknowledge_heartbeats = True
        self._gateway_url = ""
        self._world = world
        self._bell = bell
        self._cuts = CutPoints()
        self._session: Session | None = None
        self._connection: Connection | None = None
        self._connections: set[Connection] = set()
        self._session_ids = itertools.count(1)
        self._refusals: list[int] = []

    @property
    def connected(self) -> bool:
        """Whether a bot is connected and identified or resumed."""
        return self._connection is not None and self._connection.live

    @property
    def _seq(self) -> int:
        return 0 if self._session is None else self._session.seq

    def emit(self, event: str, data: Json, *, times: int = 1) -> int:
        """Dispatch an event, and return its sequence number (that of the last, with `times`).

        While the bot is away the event waits for its RESUME, as at Discord.

        Raises:
            RuntimeError: There is no session: the bot has not identified, or its session was invalidated.
        """
        session = self._session
        if session is None:
            raise RuntimeError("no session: wait for the bot with wait_until_connected()")
        for _ in range(times):
            frame = session.add(event, data)
            if self._connection is not None and self._connection.live:
                self._connection.send(frame)
        return session.seq

    def play(
        self,
        events: Sequence[tuple[str, Json]],
        *,
        cut_after: Iterable[int] = (),
        cut_before: Iterable[int] = (),
    ) -> int:
        """Dispatch a script, dropping the socket around chosen events, and return the last sequence number.

        Args:
            events: Pairs of name and payload.
            cut_after: Indices of events just after which the socket drops.
            cut_before: Indices of events that are lost with the socket, and come by replay only.
        """
        base = 1 + self._seq
        self._cuts.after.update(base + index for index in cut_after)
        self._cuts.before.update(base + index for index in cut_before)
        last = base - 1
        for event, data in events:
            last = self.emit(event, data)
        return last

    def cut(self) -> None:
        """Drop the socket now, without a close frame; the session can be resumed."""
        if self._connection is not None:
            self._connection.abort()

    def cut_after(self, events: int) -> None:
        """Drop the socket right after the next `events` dispatched events were written."""
        self._cuts.after.add(self._seq + events)

    def reconnect_request(self) -> None:
        """Send op 7: the bot must reconnect and resume."""
        self._send({"op": RECONNECT, "d": None, "s": None, "t": None})

    def invalidate_session(self, *, resumable: bool = False) -> None:
        """Send op 9; unless `resumable`, the session and its undelivered events are gone."""
        self._send({"op": INVALID_SESSION, "d": resumable, "s": None, "t": None})
        if not resumable:
            self.forget_session()

    def forget_session(self) -> None:
        """Lose the session silently: the next RESUME is answered with op 9."""
        self._session = None
        self._cuts.clear()  # They are sequence numbers of the session.

    def reset_token(self, token: str, *, closing: bool = True) -> None:
        """Reset the bot's token, as the developer portal does: the old one is refused from now on.

        An open session is lost and closed with 4004; unless `closing`, its socket stays, and ends where it next breaks.
        """
        self._world.token = token
        if closing:
            self.forget_session()
            if self._connection is not None:
                self._connection.close(AUTHENTICATION_FAILED)

    def close_next_identify_with(self, *codes: Literal[4004, 4010, 4011, 4012, 4013, 4014]) -> None:
        """Answer the next IDENTIFY, or the next few, with a close code instead of READY."""
        self._refusals.extend(codes)

    async def wait_until_connected(self, *, identifies: int = 1, deadline: float = PATIENCE) -> None:
        """Wait until the bot has identified so many times since the start, and is connected."""
        await self._bell.until(
            lambda: True if len(self.identifies) >= identifies and self.connected else None,
            deadline,
            lambda: f"{len(self.identifies)} of {identifies} identifies, connected: {self.connected}",
        )

    async def wait_for_resumes(self, count: int, *, deadline: float = PATIENCE) -> None:
        """Wait until the bot has resumed so many times since the start, and is connected."""
        await self._bell.until(
            lambda: True if len(self.resumes) >= count and self.connected else None,
            deadline,
            lambda: f"{len(self.resumes)} of {count} resumes, connected: {self.connected}",
        )

    async def wait_until_delivered(self, seq: int | None = None, *, deadline: float = PATIENCE) -> None:
        """Wait until the event `seq` (else the last one) was written to the bot, with no cut still to come."""
        wanted = seq or self._seq

        def delivered() -> bool | None:
            connection = self._connection
            pending = {point for point in self._cuts.before | self._cuts.after if point <= wanted}
            written = connection is not None and connection.live and connection.sent_seq >= wanted
            return True if written and not pending else None

        await self._bell.until(delivered, deadline, lambda: f"event {wanted} was not delivered")

    async def _serve_gateway(self, request: web.Request) -> web.StreamResponse:
        compress = request.query.get("compress")
        if compress not in (None, "zlib-stream") or request.query.get("encoding") != "json":
            return web.Response(status=400, text="the fake speaks JSON, plain or zlib-stream")
        ws = web.WebSocketResponse(max_msg_size=0, compress=False)
        await ws.prepare(request)
        transport = request.transport
        if transport is None:
            return ws
        connection = Connection(ws, transport, compress=compress is not None, cuts=self._cuts, changed=self._bell.ring)
        self._connections.add(connection)
        interval = int(self.heartbeat_interval * 1000)
        connection.send({"op": HELLO, "d": {"heartbeat_interval": interval}, "s": None, "t": None})
        writer = asyncio.create_task(connection.write())
        try:
            await self._read(connection)
        finally:
            connection.live = False
            self._connections.discard(connection)
            writer.cancel()
            await asyncio.wait([writer])
            self._bell.ring()
        return ws

    async def _read(self, connection: Connection) -> None:
        async for message in connection.ws:
            if message.type is WSMsgType.TEXT:
                frame: Json = json.loads(message.data)
                self._receive(connection, frame)
                self._bell.ring()
        code = connection.ws.close_code
        if code is not None and code != WSCloseCode.ABNORMAL_CLOSURE:
            self.closed_by_client.append(code)

    def _receive(self, connection: Connection, frame: Json) -> None:
        op, data = frame["op"], frame["d"]
        if op == HEARTBEAT:
            self.heartbeats += 1
            if self.acknowledge_heartbeats:
                connection.send({"op": HEARTBEAT_ACK, "d": None, "s": None, "t": None})
        elif op == IDENTIFY:
            self._identify(connection, data)
        elif op == RESUME:
            self._resume(connection, data)
        elif op == REQUEST_MEMBERS:
            self._chunk_members(data)
        elif op not in (3, 4):  # Presence and voice state need no answer.
            connection.close(_UNKNOWN_OPCODE)

    def _identify(self, connection: Connection, data: Json) -> None:
        self.identifies.append(Identify(data["token"], data["intents"], time.monotonic()))
        if self._refusals:
            connection.close(self._refusals.pop(0))
            return
        if data["token"] != self._world.token:
            connection.close(AUTHENTICATION_FAILED)
            return
        if self._session is not None:
            self.forget_session()
        self._session = Session(f"session-{next(self._session_ids)}", data["intents"])
        self._take_over(connection)
        ready: Json = {
            "v": 10,
            "user": self._world.bot,
            "session_id": self._session.id,
            "resume_gateway_url": self._gateway_url,
            "application": {"id": str(APPLICATION), "flags": 0},
            "guilds": [{"id": guild["id"], "unavailable": True} for guild in self._world.guilds.values()],
        }
        self.emit("READY", ready)
        for guild in self._world.guilds.values():
            self.emit("GUILD_CREATE", guild)

    def _resume(self, connection: Connection, data: Json) -> None:
        session, seq = self._session, data["seq"] or 0
        if session is None or data["session_id"] != session.id or data["token"] != self._world.token:
            self.resumes.append(Resume(seq, None, time.monotonic()))
            connection.send({"op": INVALID_SESSION, "d": False, "s": None, "t": None})
            return
        missed = session.frames[seq:]
        self.resumes.append(Resume(seq, len(missed), time.monotonic()))
        self._take_over(connection)
        connection.sent_seq = seq
        for frame in missed:
            connection.send(frame)
        connection.send({"op": DISPATCH, "s": session.seq, "t": "RESUMED", "d": {"_trace": []}})

    def _take_over(self, connection: Connection) -> None:
        if self._connection is not None and self._connection is not connection:
            self._connection.abort()
        self._connection = connection
        connection.live = True

    def _chunk_members(self, data: Json) -> None:
        guild = self._world.guilds[int(data["guild_id"])]
        wanted = data.get("user_ids")
        ids = None if wanted is None else {str(i) for i in (wanted if isinstance(wanted, list) else [wanted])}
        members = [
            entry
            for entry in guild["members"]
            if (ids is None or entry["user"]["id"] in ids)
            and entry["user"]["username"].startswith((data.get("query") or "").lower())
        ][: data.get("limit") or _CHUNK]
        chunk = {"guild_id": guild["id"], "members": members, "chunk_index": 0, "chunk_count": 1}
        self.emit("GUILD_MEMBERS_CHUNK", {**chunk, "nonce": data.get("nonce"), "not_found": []})

    def _send(self, frame: Json) -> None:
        if self._connection is None or not self._connection.live:
            raise RuntimeError("the bot is not connected: wait for it with wait_until_connected()")
        self._connection.send(frame)

    def _drop_all(self) -> None:
        for connection in list(self._connections):
            connection.abort()
