"""A process that is configured with a Redis."""

import asyncio
import logging
import time

import pytest
from pydantic import SecretStr

from tests.app import GUILD
from tests.integration.redis.server import RedisServer, free_port
from tests.waiting import eventually
from twi_cache.round_trips import PATIENCE
from twi_core.application import Application
from twi_core.kernel.ids import UserId
from twi_core.kernel.outcome import Failure
from twi_runtime.configuration.settings import Settings
from twi_runtime.extras import MODULES
from twi_runtime.opening.lifecycle import open_runtime
from twi_runtime.opening.limiter import redis_answers
from twi_runtime.process.exits import Exit, RuntimeFailure

LIMIT = 30
"""How often everyone may look at the tags within a minute."""


def configured(url: str) -> Settings:
    """Return settings that name a Redis."""
    return Settings(storage="memory", redis_url=SecretStr(url))


async def calls(app: Application, times: int) -> list[str | None]:
    """Call as the same member, and return the codes of the answers."""
    context = app.context(actor=UserId(77), guild=GUILD)
    outcomes = [await app.links.tags.call({}, context) for _ in range(times)]
    return [outcome.failure().code if isinstance(outcome, Failure) else None for outcome in outcomes]


@pytest.mark.asyncio
async def test_processes_count_together(calm: RedisServer) -> None:
    """What a member has called through one process counts in the other one, for the limit and for the budget."""
    async with open_runtime(configured(calm.url)) as one, open_runtime(configured(calm.url)) as other:
        assert set(await calls(one.app, LIMIT - 5)) == {None}
        assert await calls(other.app, 6) == [None] * 5 + ["limits.limited"]
        assert await calls(one.app, 1) == ["limits.limited"]
    keys = calm.command("KEYS", "*")
    assert isinstance(keys, list)
    assert b"{twi}:limit:*/user:0:77:10" in keys


@pytest.mark.asyncio
async def test_without_redis_each_counts_for_itself(caplog: pytest.LogCaptureFixture) -> None:
    """A server that is not there delays nobody noticeably; the limits hold in each process; closing leaves no task."""
    url = f"redis://:s3cret-word@127.0.0.1:{free_port()}/0"
    with caplog.at_level(logging.WARNING):
        began = time.monotonic()
        async with open_runtime(configured(url)) as one, open_runtime(configured(url)) as other:
            for process in (one, other):
                assert await calls(process.app, LIMIT + 1) == [None] * LIMIT + ["limits.limited"]
        assert time.monotonic() - began < LIMIT * PATIENCE, "each call has waited for the server"
    assert sum("Redis does not answer" in record.getMessage() for record in caplog.records) == 2
    assert "s3cret" not in caplog.text
    assert "shared limits" not in {task.get_name() for task in asyncio.all_tasks()}


@pytest.mark.asyncio
async def test_redis_killed_under_calls(server: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    """No call fails while the server dies and comes back, at any point of the call."""
    with caplog.at_level(logging.WARNING):
        async with open_runtime(configured(server.url)) as runtime:
            assert set(await calls(runtime.app, 3)) == {None}
            server.kill()
            assert set(await calls(runtime.app, 3)) == {None}
            server.start()
            await eventually(lambda: "answers again" in caplog.text)
            assert set(await calls(runtime.app, 3)) == {None}


@pytest.mark.asyncio
@pytest.mark.parametrize("options", ["/0?no_such_option=1", "/0?socket_timeout=soon", "/0?protocol=9"])
async def test_a_url_that_makes_no_sense(options: str) -> None:
    """Unknown options are a mistake in the settings, reported at the start and without the URL."""
    with pytest.raises(RuntimeFailure) as caught:
        async with open_runtime(configured(f"redis://:s3cret-word@127.0.0.1:1{options}")):
            pass
    assert caught.value.exit_code == Exit.SETTINGS
    assert "TWI_REDIS_URL" in str(caught.value)
    assert "s3cret" not in repr(caught.value) + str(caught.value)


@pytest.mark.asyncio
async def test_the_doctor_asks_redis(calm: RedisServer) -> None:
    """It distinguishes a server that counts from one that is not there, and from none configured."""
    assert await redis_answers(configured(calm.url)) is True
    assert await redis_answers(configured(f"redis://127.0.0.1:{free_port()}/0")) is False
    assert await redis_answers(Settings(storage="memory")) is None


@pytest.mark.asyncio
async def test_the_extra_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library the process does not start, and says how to install it."""
    monkeypatch.setitem(MODULES, "redis", ("no_such_module",))
    with pytest.raises(RuntimeFailure) as caught:
        async with open_runtime(configured("redis://127.0.0.1:1/0")):
            pass
    assert caught.value.error.code == "runtime.extra_missing"
