"""Redis gone, frozen, restarted or replaced by something else, under load: never an outage."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Final, final

import pytest
import redis.asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.redis.server import RedisServer, free_port, redis_server
from tests.waiting import eventually
from twi_cache.limiter import RedisLimiter
from twi_cache.round_trips import BATCH, PATIENCE
from twi_cache.shared import PAUSE, SharedLimiter, answers, shared_limits
from twi_core.kernel.limiting import Decision, Limiter, Window
from twi_core.kernel.policy import Rate
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.ports.sources import SystemClock

ADDED: Final = 5.0
"""More seconds than a call may be delayed by, on a busy machine too; calls that wait one after another take longer."""
LOST, BACK = "does not answer", "answers again"


@pytest.fixture(autouse=True)
def captured(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Capture the warnings."""
    caplog.set_level(logging.INFO, logger="twi_cache")
    return caplog


def warnings(captured: pytest.LogCaptureFixture, what: str) -> int:
    """Count the warnings of a kind."""
    return sum(record.levelno == logging.WARNING and what in record.getMessage() for record in captured.records)


@asynccontextmanager
async def limits(url: str) -> AsyncIterator[Limiter]:
    """Share limits through a server, with a local limiter beside it."""
    async with shared_limits(url, MemoryLimiter(SystemClock())) as found:
        yield found


@final
class Load:
    """A load of endless calls, some two hundred times a second, each caller twice as often as allowed."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter
        self._stop = asyncio.Event()
        self.calls: list[tuple[float, float, bool]] = []
        """When each call began, how long it took, and whether it went on."""

    async def run(self) -> None:
        """Call until stopped; nothing may be raised."""
        async with asyncio.TaskGroup() as group:
            for number in range(8):
                group.create_task(self._caller(number))

    async def _caller(self, number: int) -> None:
        windows = [Window("test.do", 1, number, Rate(10, per=0.8)), Window("*", 0, 0, Rate(10_000, per=10))]
        while not self._stop.is_set():
            began = time.monotonic()
            taken = await self._limiter.acquire(windows)
            self.calls.append((began, time.monotonic() - began, taken.wait == 0.0))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), 0.04)

    def stop(self) -> None:
        """Stop making calls."""
        self._stop.set()


@asynccontextmanager
async def loaded(url: str) -> AsyncIterator[Load]:
    """Call for the length of the block, and check that no call failed or was delayed by more than it may."""
    async with limits(url) as limiter:
        load = Load(limiter)
        running = asyncio.create_task(load.run())
        async with AsyncExitStack() as stack:
            stack.callback(running.cancel)
            await eventually(lambda: len(load.calls) > 50)
            yield load
            load.stop()
            await running
    assert max(took for _, took, _ in load.calls) <= ADDED
    allowed = sum(went_on for *_, went_on in load.calls)
    assert 0 < allowed < len(load.calls)


@dataclass
class Speaker:
    """A server that answers everything with the same bytes."""

    asked: int = 0
    """How often it was asked to run a script."""


@asynccontextmanager
async def speaking(port: int, answer: bytes, *, close: bool = False, after: float = 0.0) -> AsyncIterator[Speaker]:
    """Answer everything that a connection brings at once with the same bytes, each script of it, after a while."""
    speakers: set[asyncio.Task[None]] = set()
    speaker = Speaker()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with AsyncExitStack() as stack:
            stack.callback(writer.close)
            while read := await reader.read(65_536):
                scripts = read.count(b"EVALSHA")
                speaker.asked += scripts
                await asyncio.sleep(after)
                writer.write(answer * max(scripts, 1))
                await writer.drain()
                if close:
                    break

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        speakers.add(asyncio.create_task(speak(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", port)
    try:
        yield speaker
    finally:
        server.close()
        for task in speakers:
            task.cancel()
        await asyncio.gather(*speakers, return_exceptions=True)


@pytest.mark.asyncio
async def test_processes_share_a_limit_through_redis(server: RedisServer) -> None:
    """While Redis answers, what one process counts is counted for the other one."""
    one = [Window("test.do", 1, 1, Rate(3, per=60))]
    async with limits(server.url) as here, limits(server.url) as there:
        assert [(await here.acquire(one)).remaining, (await there.acquire(one)).remaining] == [2, 1]
        assert (await there.peek(one)).remaining == 1
        assert (await here.acquire(one)).remaining == 0
        assert (await there.acquire(one)).wait > 0.0


@pytest.mark.asyncio
async def test_redis_killed_and_restarted_mid_load(server: RedisServer, captured: pytest.LogCaptureFixture) -> None:
    """A server that is killed is not missed, one warning apart, and is used again once it is back."""
    async with loaded(server.url) as load:
        before = len(load.calls)
        server.kill()
        await eventually(lambda: warnings(captured, LOST) == 1)
        await eventually(lambda: len(load.calls) > before + 200)
        server.start()
        await eventually(lambda: warnings(captured, BACK) == 1)
        await eventually(lambda: server.command("DBSIZE") == 9)
    assert (warnings(captured, LOST), warnings(captured, BACK)) == (1, 1)


@pytest.mark.asyncio
async def test_redis_frozen_and_thawed_mid_load(server: RedisServer, captured: pytest.LogCaptureFixture) -> None:
    """A server that hangs delays the calls of that moment, once, and no later ones; when it resumes it is used."""
    async with loaded(server.url) as load:
        server.freeze()
        await eventually(lambda: warnings(captured, LOST) == 1)
        before = len(load.calls)
        await eventually(lambda: len(load.calls) > before + 400)
        assert median(took for _, took, _ in load.calls[before:]) < PATIENCE / 2
        server.thaw()
        await eventually(lambda: warnings(captured, BACK) == 1)
    assert (warnings(captured, LOST), warnings(captured, BACK)) == (1, 1)


@pytest.mark.asyncio
async def test_a_crowd_when_redis_freezes(server: RedisServer) -> None:
    """Of many more calls at once than go into a round trip, each is delayed once, as long as one is, and no longer."""
    crowd = BATCH * 80
    async with limits(server.url) as limiter:
        one = [Window("test.do", 1, 1, Rate(crowd, per=60))]
        await asyncio.gather(*(limiter.acquire(one) for _ in range(BATCH)))
        server.freeze()
        began = time.monotonic()
        taken = await asyncio.gather(*(limiter.acquire(one) for _ in range(crowd)))
        assert time.monotonic() - began <= ADDED < crowd / BATCH * PATIENCE
        assert min(each.remaining for each in taken) == 0
        server.thaw()


@pytest.mark.asyncio
@pytest.mark.parametrize("after", [0.1, 0.04])
async def test_a_crowd_before_a_slow_server(after: float, captured: pytest.LogCaptureFixture) -> None:
    """A server that answers each call in time, but not a whole crowd, is given up; nobody waits for all before them."""
    port = free_port()
    crowd = BATCH * 80
    one = [Window("test.do", 1, 1, Rate(crowd, per=60))]
    async with speaking(port, EMPTY, after=after) as slow, limits(f"redis://127.0.0.1:{port}/0") as limiter:
        assert [(await limiter.acquire(one)).remaining for _ in range(2)] == [crowd - 1, crowd - 1]  # it is believed
        before = slow.asked
        await asyncio.gather(*(limiter.acquire(one) for _ in range(crowd)))
        assert BATCH < slow.asked - before < crowd / 2
        assert warnings(captured, LOST) == 1
        before = slow.asked
        await limiter.acquire(one)
        assert slow.asked == before


@pytest.mark.asyncio
async def test_a_crowd_before_a_healthy_server(calm: RedisServer, captured: pytest.LogCaptureFixture) -> None:
    """A thousand calls at once are no reason to give a server up: all are counted there."""
    async with limits(calm.url) as limiter:
        one = [Window("test.do", 1, 1, Rate(2_000, per=60))]
        await asyncio.gather(*(limiter.acquire(one) for _ in range(1_000)))
        assert (await limiter.peek(one)).remaining == 1_000
    assert warnings(captured, LOST) == 0


EMPTY: Final = b"*3\r\n:0\r\n:0\r\n:0\r\n"
"""What Redis answers of one window in which nothing was counted."""
GARBAGE: Final = {
    "nothing": b"",
    "http": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "a greeting": b"220 mail.example.org ESMTP\r\n",
    "ok": b"+OK\r\n",
    "an error": b"-ERR unknown command\r\n",
    "no script forever": b"-NOSCRIPT No matching script.\r\n",
    "loading": b"-LOADING Redis is loading the dataset in memory\r\n",
    "a number": b":12\r\n",
    "no number": b":twelve\r\n",
    "a nil": b"$-1\r\n",
    "a short list": b"*2\r\n:1\r\n:2\r\n",
    "a figure beyond all measure": b"*3\r\n:0\r\n:" + b"9" * 400 + b"\r\n:1\r\n",
    "a figure of too many digits": b"*3\r\n:0\r\n:" + b"9" * 5_000 + b"\r\n:1\r\n",
    "figures too great": b"*6\r\n" + b":9007199254740992\r\n" * 6,
    "figures below nothing": b"*6\r\n" + b":-1\r\n" * 6,
    "a text among figures": b"*7\r\n+a\r\n" + b":0\r\n" * 6,
    "moved to nowhere": b"-MOVED\r\n",
    "half a list": b"*3\r\n:1\r\n",
    "a list of texts": b"*6\r\n" + b"$1\r\na\r\n" * 6,
    "a list of lists": b"*6\r\n" + b"*0\r\n" * 6,
    "endless lists": b"*1\r\n" * 20_000,
    "a huge list": b"*2000000000\r\n:1\r\n",
    "a huge text": b"$2000000000\r\nabc",
    "a negative text": b"$-7\r\n",
    "another protocol": b"%1\r\n+a\r\n+b\r\n",
    "zeros": b"\x00" * 5_000,
    "a line without an end": b"x" * 200_000,
}


@pytest.mark.asyncio
@pytest.mark.parametrize("close", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("answer", GARBAGE.values(), ids=GARBAGE.keys())
async def test_a_server_that_is_no_redis(answer: bytes, close: bool, captured: pytest.LogCaptureFixture) -> None:
    """Whatever speaks on the port, limits hold locally at once, with one warning and no error."""
    port = free_port()
    one = [Window("test.do", 1, 1, Rate(3, per=60)), Window("*", 0, 0, Rate(30, per=60))]
    async with speaking(port, answer, close=close), limits(f"redis://127.0.0.1:{port}/0") as limiter:
        began = time.monotonic()
        assert [(await limiter.acquire(one)).remaining for _ in range(3)] == [2, 1, 0]
        assert (await limiter.acquire(one)).wait > 0.0
        assert time.monotonic() - began <= ADDED
    assert (warnings(captured, LOST), warnings(captured, BACK)) == (1, 0)


WORDS: Final = st.lists(st.sampled_from([b"*", b"$", b":", b"+", b"-", b"1", b"3", b"\r\n", b"a"])).map(b"".join)
FIGURES: Final = st.lists(st.integers(max_value=-1) | st.integers(min_value=2**53), min_size=3, max_size=3).map(
    lambda figures: b"*3\r\n" + b"".join(b":%d\r\n" % figure for figure in figures)
)


@given(st.binary(max_size=60) | WORDS | FIGURES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes(answer: bytes) -> None:
    """No answer of a few bytes makes a call fail."""

    async def check() -> None:
        port = free_port()
        one = [Window("test.do", 1, 1, Rate(3, per=60))]
        async with speaking(port, answer, close=True), limits(f"redis://127.0.0.1:{port}/0") as limiter:
            assert (await limiter.acquire(one)).remaining == 2

    asyncio.run(check())


@final
class Faulty:
    """A client library that raises what nobody expects, until it is repaired."""

    def __init__(self, fault: Exception) -> None:
        self.fault: Exception | None = fault
        self._mended = MemoryLimiter(SystemClock())

    async def acquire(self, windows: Sequence[Window], /) -> Decision:
        if self.fault is not None:
            raise self.fault
        return await self._mended.acquire(windows)

    async def peek(self, windows: Sequence[Window], /) -> Decision:
        return await self.acquire(windows)


@pytest.mark.asyncio
async def test_an_attempt_fails_as_nobody_expects(captured: pytest.LogCaptureFixture) -> None:
    """Whatever an attempt raises, limits are local, and later attempts are made."""
    one = [Window("test.do", 1, 1, Rate(3, per=60))]
    faulty = Faulty(AttributeError("'NoneType' object has no attribute 'x'"))
    limiter = SharedLimiter(faulty, MemoryLimiter(SystemClock()))
    async with AsyncExitStack() as stack:
        watching = asyncio.create_task(limiter.watch())
        stack.callback(watching.cancel)
        await eventually(lambda: warnings(captured, LOST) == 1)
        assert (await limiter.acquire(one)).remaining == 2
        faulty.fault = None
        await eventually(lambda: warnings(captured, BACK) == 1)
        assert (await limiter.acquire(one)).remaining == 2
    assert (warnings(captured, LOST), warnings(captured, BACK)) == (1, 1)


@pytest.mark.asyncio
async def test_redis_replaced_by_something_else_mid_load(
    server: RedisServer, captured: pytest.LogCaptureFixture
) -> None:
    """Another program takes the port, then Redis is back: one warning each way, and every call is answered in time."""
    async with loaded(server.url) as load:
        server.kill()
        async with speaking(server.port, GARBAGE["http"]):
            await eventually(lambda: warnings(captured, LOST) == 1)
            before = len(load.calls)
            await eventually(lambda: len(load.calls) > before + 200)
        server.start()
        await eventually(lambda: warnings(captured, BACK) == 1)
        await eventually(lambda: server.command("DBSIZE") == 9)
    assert (warnings(captured, LOST), warnings(captured, BACK)) == (1, 1)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "words",
    [("REPLICAOF", "127.0.0.1", "1"), ("CONFIG", "SET", "maxmemory", "1")],
    ids=["read only", "out of memory"],
)
async def test_a_redis_that_takes_nothing(
    server: RedisServer, words: Sequence[str], captured: pytest.LogCaptureFixture
) -> None:
    """A server that answers but stores nothing is as good as none, and is not mistaken for one that is back."""
    server.command(*words)
    one = [Window("test.do", 1, 1, Rate(3, per=60))]
    async with limits(server.url) as limiter:
        assert [(await limiter.acquire(one)).remaining for _ in range(3)] == [2, 1, 0]
        assert warnings(captured, LOST) == 1
        began = time.monotonic()
        await eventually(lambda: time.monotonic() - began > 2.5)
        assert warnings(captured, BACK) == 0
        undone = ("REPLICAOF", "NO", "ONE") if words[0] == "REPLICAOF" else ("CONFIG", "SET", "maxmemory", "0")
        server.command(*undone)
        await eventually(lambda: warnings(captured, BACK) == 1)


@pytest.mark.asyncio
async def test_a_password(captured: pytest.LogCaptureFixture) -> None:
    """The right password works; with a wrong one limits are local, and neither is ever written to the log."""
    one = [Window("test.do", 1, 1, Rate(3, per=60))]
    with redis_server("--requirepass", "corr3ct-horse") as server:
        for password, shared in (("corr3ct-horse", True), ("wr0ng-horse", False)):
            url = f"redis://:{password}@127.0.0.1:{server.port}/0"
            async with limits(url) as here, limits(url) as there:
                await here.acquire(one)
                assert ((await there.acquire(one)).remaining == 1) == shared
    assert warnings(captured, LOST) == 2
    assert "horse" not in captured.text


@pytest.mark.asyncio
async def test_a_password_is_changed(captured: pytest.LogCaptureFixture) -> None:
    """As docs/secrets.md says: both passwords work until the old one is removed, and then nobody is kept waiting."""
    one = [Window("test.do", 1, 1, Rate(9, per=60))]
    with redis_server("--requirepass", "old-horse") as server:
        old, new = (f"redis://:{word}-horse@127.0.0.1:{server.port}/0" for word in ("old", "new"))
        async with limits(old) as before:
            await before.acquire(one)
            server.command("ACL", "SETUSER", "default", ">new-horse", password="old-horse")
            async with limits(new) as after:
                assert [(await after.acquire(one)).remaining, (await before.acquire(one)).remaining] == [7, 6]
                assert await answers(new)
                server.command("ACL", "SETUSER", "default", "<old-horse", password="new-horse")
                assert not await answers(old)
                assert [(await before.acquire(one)).wait, (await after.acquire(one)).wait] == [0.0, 0.0]
                assert warnings(captured, LOST) <= 1


@pytest.mark.asyncio
async def test_a_server_that_is_not_there_yet(captured: pytest.LogCaptureFixture) -> None:
    """Opening waits for no server; the one that comes up later is used."""
    with redis_server() as server:
        server.kill()
        async with limits(server.url) as limiter:
            assert warnings(captured, LOST) == 0
            await eventually(lambda: warnings(captured, LOST) == 1)  # nobody has called yet
            assert (await limiter.acquire([Window("test.do", 1, 1, Rate(3, per=60))])).remaining == 2
            server.start()
            await eventually(lambda: warnings(captured, BACK) == 1)
            async with redis.asyncio.Redis.from_url(server.url, protocol=2) as client:
                assert (await RedisLimiter(client).acquire([Window("test.do", 1, 1, Rate(3, per=60))])).remaining == 2
            assert (await limiter.acquire([Window("test.do", 1, 1, Rate(3, per=60))])).remaining == 1


@pytest.mark.asyncio
async def test_a_server_that_comes_and_goes_is_tried_less_often(
    server: RedisServer, captured: pytest.LogCaptureFixture
) -> None:
    """A server that fails again as soon as it is back is left alone for longer each time."""

    def is_back(before: int) -> bool:
        return warnings(captured, BACK) > before

    pauses: list[float] = []
    async with limits(server.url) as limiter:
        for _ in range(3):
            before = warnings(captured, BACK)
            server.freeze()
            await limiter.acquire([Window("test.do", 1, 1, Rate(1_000, per=60))])
            lost = time.monotonic()
            server.thaw()
            await eventually(partial(is_back, before))
            pauses.append(time.monotonic() - lost)
    assert pauses[1] > PAUSE * 1.5
    assert pauses[2] > PAUSE * 3


@pytest.mark.asyncio
@pytest.mark.parametrize("state", ["well", "frozen", "gone"])
async def test_nothing_is_left_when_it_closes(server: RedisServer, state: str) -> None:
    """Whatever the server does, closing takes a moment, and no task and no connection stays."""
    others = asyncio.all_tasks()
    async with AsyncExitStack() as stack:
        limiter = await stack.enter_async_context(limits(server.url))
        await limiter.acquire([Window("test.do", 1, 1, Rate(3, per=60))])
        if state != "well":
            (server.freeze if state == "frozen" else server.kill)()
            await limiter.acquire([Window("test.do", 1, 1, Rate(3, per=60))])
        began = time.monotonic()
    assert time.monotonic() - began < ADDED
    assert asyncio.all_tasks() == others
    if state == "frozen":
        server.thaw()
    if state != "gone":
        await eventually(lambda: len(str(server.command("CLIENT", "LIST")).split("id=")) == 2)


@pytest.mark.asyncio
async def test_a_call_under_way_when_it_closes(server: RedisServer) -> None:
    """A call that waits for the server when the limits close is counted locally, at once."""
    one = [Window("test.do", 1, 1, Rate(3, per=60))]
    async with limits(server.url) as limiter:
        await limiter.acquire(one)
        server.freeze()
        waiting = asyncio.create_task(limiter.acquire(one))
        await asyncio.sleep(0)
    assert (await asyncio.wait_for(waiting, ADDED)).remaining == 2
    server.thaw()
