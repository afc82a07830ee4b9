"""The Discord entrypoint of a process, and what it does when it cannot serve."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

import pytest
from pydantic import SecretStr

from tests.integration.discord.test_replies import Delayed
from tests.waiting import PATIENCE
from tests.wire import TOKEN, FakeDiscord
from tests.wire.world import CHANNEL
from twi_core.kernel.ids import ChannelId
from twi_discord.connection.server import discord_server
from twi_memory.storage.store import MemoryStore
from twi_runtime.configuration.settings import Settings
from twi_runtime.opening.lifecycle import Overrides, Runtime, open_runtime
from twi_runtime.process.exits import Exit, FatalServerError, RuntimeFailure

CALLBACK = "/interactions/*/*/callback"

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def runtime(fake: FakeDiscord, overrides: Overrides | None = None, **given: Any) -> AsyncIterator[Runtime]:
    """Open a runtime that connects to the fake Discord."""
    chosen: dict[str, Any] = {"discord_token": SecretStr(TOKEN), **given}
    settings = Settings(storage="memory", discord_api_url=fake.api_url, discord_gateway_url=fake.gateway_url, **chosen)
    async with open_runtime(settings, overrides) as opened:
        yield opened


async def test_the_entrypoint_serves_until_it_is_closed() -> None:
    """It logs in, syncs, answers a command, and leaves without having failed."""
    async with FakeDiscord() as fake, runtime(fake) as opened:
        async with discord_server().open(opened) as died:
            await fake.until(lambda: bool(fake.identifies))
            await fake.until(lambda: "link" in fake.world.commands)
            fake.interact(fake.world.slash("link list"))
            answer = await fake.wait_for_request("POST", CALLBACK)
            assert answer.json["data"]["content"] == "No links have been saved here yet."
            assert answer.json["data"]["allowed_mentions"] == {"parse": []}
            assert not died.done()
        assert died.done()


async def test_without_a_token_it_says_what_to_set() -> None:
    """A process without a token ends with exit code 78 before it calls Discord."""
    async with FakeDiscord() as fake, runtime(fake, discord_token=None) as opened:
        with pytest.raises(FatalServerError) as caught:
            async with discord_server().open(opened):
                pass
        assert (caught.value.error.code, caught.value.exit_code) == ("discord.token_missing", Exit.SETTINGS)
        assert not fake.requests


async def test_a_refused_token_is_reported_once_and_not_tried_again() -> None:
    """A token that Discord refuses is one clear error, exit code 78, after one call; the token is not in it."""
    async with FakeDiscord() as fake, runtime(fake, discord_token=SecretStr("wrong.token.value")) as opened:
        with pytest.raises(FatalServerError) as caught:
            async with discord_server().open(opened):
                pass
        assert (caught.value.error.code, caught.value.exit_code) == ("discord.token_refused", Exit.SETTINGS)
        assert "wrong" not in str(caught.value) + repr(caught.value)
        assert len(fake.requests) == 1


@pytest.mark.parametrize(("code", "refusal"), [(4014, "discord.intent_missing"), (4004, "discord.token_refused")])
async def test_a_hopeless_session_is_reported_and_not_tried_again(code: Literal[4004, 4014], refusal: str) -> None:
    """When the portal withholds an intent, or the token was reset, the entrypoint fails with exit code 78, once."""
    async with FakeDiscord() as fake, runtime(fake) as opened:
        fake.close_next_identify_with(code)
        with pytest.raises(FatalServerError) as caught:
            async with discord_server().open(opened) as died, asyncio.timeout(PATIENCE):
                await died
        assert (caught.value.error.code, caught.value.exit_code) == (refusal, Exit.SETTINGS)
        assert len(fake.identifies) == 1


async def test_an_unreachable_discord_is_reported() -> None:
    """When nothing answers, the entrypoint says that Discord cannot be reached."""
    async with FakeDiscord() as fake:
        closed = fake.api_url
    settings = Settings(storage="memory", discord_token=SecretStr(TOKEN), discord_api_url=closed)
    async with open_runtime(settings) as opened:
        with pytest.raises(RuntimeFailure) as caught:
            async with discord_server().open(opened):
                pass
        assert caught.value.error.code == "discord.unreachable"


async def test_commands_are_sent_on_demand() -> None:
    """Asked to sync, the commands are sent although they are the same."""
    async with FakeDiscord() as fake, runtime(fake) as opened:
        async with discord_server().open(opened):
            first = len([request for request in fake.requests if request.method == "PUT"])
        async with discord_server(sync=True).open(opened):
            sent = [request for request in fake.requests if request.method == "PUT"]
        assert (first, len(sent)) == (1, 2)


async def test_an_answer_waits_for_a_deferral_under_way() -> None:
    """When the answer is ready while Discord still takes the deferral, it comes after it, once."""
    ready = asyncio.Event()

    async def wait() -> None:
        await ready.wait()

    async with FakeDiscord() as fake, runtime(fake, Overrides(storage=Delayed(MemoryStore(), wait))) as opened:
        async with discord_server().open(opened):
            await fake.until(lambda: bool(fake.identifies) and "link" in fake.world.commands)
            held = fake.hold("POST", CALLBACK)
            asked = fake.interact(fake.world.slash("link list"))
            await fake.until(lambda: bool(fake.sent("POST", CALLBACK)))
            ready.set()
            for _ in range(50):  # the answer is ready a few turns of the loop later
                await asyncio.sleep(0)
            held.release()
            await fake.wait_for_request("PATCH", "/webhooks/*/messages/@original")
        assert [entry.method for entry in fake.answers_to(asked)] == ["POST", "PATCH"]


async def test_bugs_are_announced_in_the_channel_of_the_settings() -> None:
    """A bug that a process meets is posted where TWI_OPERATOR_CHANNEL_ID says, without mentioning anybody."""
    async with FakeDiscord() as fake, runtime(fake, operator_channel_id=ChannelId(CHANNEL)) as opened:
        async with discord_server().open(opened):
            await fake.until(lambda: bool(fake.identifies))
            call = opened.app.context(actor=None, guild=None)
            opened.app.recorder.failed(ValueError("not to be shown"), "links.get", call)
            posted = await fake.wait_for_request("POST", f"/channels/{CHANNEL}/messages")
        assert f"`/error reference:{call.correlation_id}`" in posted.json["content"]
        assert "not to be shown" not in str(posted.json)
        assert posted.json["allowed_mentions"] == {"parse": []}
        assert opened.notifier.current is None
