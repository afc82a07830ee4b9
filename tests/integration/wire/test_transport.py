"""How our bots reach Discord: other addresses, and what is sent again when Discord fails."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import discord
import pytest
import pytest_asyncio
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.webhook.async_ import async_context
from hypothesis import given
from hypothesis import strategies as st

from tests.integration.wire.plain_bot import PlainBot, running
from tests.waiting import PATIENCE
from tests.wire import BOB, CHANNEL, TOKEN, FakeDiscord
from twi_discord.connection.transport import Retrying, RetryPolicy, answering_interactions, discord_at, install_retry

SOMEBODY = f"/users/{BOB}"
MESSAGES = f"/channels/{CHANNEL}/messages"
CALLBACK = "/interactions/*/callback"
ORIGINAL = "/webhooks/*/messages/@original"


class Pauses(list[float]):
    """The pauses that were asked for, none of them made."""

    async def sleep(self, seconds: float) -> None:
        self.append(seconds)


@pytest_asyncio.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as server:
        with discord_at(server.api_url, server.gateway_url):
            yield server


@asynccontextmanager
async def patient(
    fake: FakeDiscord, policy: RetryPolicy | None = None, pauses: Pauses | None = None
) -> AsyncIterator[PlainBot]:
    """Run a plain bot with our transport."""
    noted = Pauses() if pauses is None else pauses
    retrying = Retrying(policy=policy or RetryPolicy(), sleep=noted.sleep, chance=lambda: 1.0)
    bot = PlainBot()
    install_retry(bot.http, retrying)
    with answering_interactions(retrying):
        async with running(bot, fake):
            yield bot


async def _message(bot: PlainBot) -> discord.Message:
    return await _channel(bot).send("first")


def _channel(bot: PlainBot) -> discord.TextChannel:
    channel = bot.get_channel(CHANNEL)
    assert isinstance(channel, discord.TextChannel)
    return channel


def test_addresses_hold_for_the_block_only() -> None:
    """discord.py gets its addresses back, however the block ends; an address that is not given is left alone."""
    before = (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)

    def broken_block() -> None:
        with discord_at("http://proxy.test/api/v10/", "ws://proxy.test/gateway"):
            assert Route("GET", "/users/{user_id}", user_id=1).url == "http://proxy.test/api/v10/users/1"
            assert str(DiscordWebSocket.DEFAULT_GATEWAY) == "ws://proxy.test/gateway"
            raise KeyError

    with pytest.raises(KeyError):
        broken_block()
    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
    with discord_at():
        assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)


def test_an_address_with_braces_is_no_template() -> None:
    """Braces in an address are not filled in by discord.py, and break nothing."""
    with discord_at("http://proxy.test/{user_id}"):
        assert Route("GET", "/users/{user_id}", user_id=1).url == "http://proxy.test/%7Buser_id%7D/users/1"


@given(failures=st.integers(1, 40), chance=st.floats(0, 1), asked=st.none() | st.floats(0, 100))
def test_pauses_grow_within_bounds(failures: int, chance: float, asked: float | None) -> None:
    """A pause is between half and all of the doubling bound, never shorter than asked for, never too often."""
    policy = RetryPolicy(attempts=20)
    pause = policy.pause(failures, asked, chance)
    bound = min(policy.first_pause * 2 ** (failures - 1), policy.longest_pause)
    if failures >= 20 or (asked or 0) > policy.longest_retry_after:
        assert pause is None
    else:
        assert pause is not None
        assert max(bound / 2, asked or 0) <= pause <= max(bound, asked or 0)


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [500, 502, 503, 504, 524])
async def test_a_call_that_may_be_repeated_survives_two_failures(fake: FakeDiscord, status: int) -> None:
    """A GET that fails twice is sent three times, after growing pauses, and succeeds."""
    pauses = Pauses()
    async with patient(fake, pauses=pauses) as bot:
        fake.fail_next("GET", SOMEBODY, status=status, times=2)
        assert (await bot.fetch_user(BOB)).name == "bob"
        assert [entry.status for entry in fake.sent("GET", SOMEBODY)] == [status, status, 200]
    assert pauses == [0.5, 1.0]


@pytest.mark.asyncio
async def test_edits_and_deletions_are_repeated(fake: FakeDiscord) -> None:
    """PATCH, PUT and DELETE are sent again after a 503 like GET."""
    async with patient(fake) as bot:
        message = await _message(bot)
        fake.fail_next("*", f"{MESSAGES}/*", status=503)
        await message.edit(content="second")
        fake.fail_next("*", f"{MESSAGES}/*", status=503)
        await message.add_reaction("x")
        fake.fail_next("*", f"{MESSAGES}/*", status=503)
        await message.delete()
        methods = [entry.method for entry in fake.sent("*", f"{MESSAGES}/*")]
    assert methods == ["PATCH", "PATCH", "PUT", "PUT", "DELETE", "DELETE"]


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_message_is_not_posted_again(fake: FakeDiscord, status: int) -> None:
    """A POST that failed may have had its effect: it is sent once, and its failure raised."""
    async with patient(fake) as bot:
        fake.fail_next("POST", MESSAGES, status=status, applied=True)
        with pytest.raises(discord.DiscordServerError):
            await _message(bot)
        assert len(fake.sent("POST", MESSAGES)) == 1
    assert len(fake.routes.messages) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [500, 503])
async def test_an_answer_is_not_given_again(fake: FakeDiscord, status: int) -> None:
    """An interaction's first answer that meets a server error is sent once; the command learns of it."""
    async with patient(fake) as bot:
        fake.fail_next("POST", CALLBACK, status=status)
        fake.interact(fake.world.slash("say", {"text": "hi"}))
        await fake.until(lambda: bool(bot.failures))
        assert isinstance(bot.failures[0], discord.DiscordServerError)
        assert len(fake.sent("POST", CALLBACK)) == 1


@pytest.mark.asyncio
async def test_the_edit_of_an_answer_is_repeated(fake: FakeDiscord) -> None:
    """The edit of a deferred answer is sent until it succeeds, and the follow-up comes after it."""
    pauses = Pauses()
    async with patient(fake, pauses=pauses) as bot:
        fake.fail_next("PATCH", ORIGINAL, status=503, times=2)
        fake.interact(fake.world.slash("say", {"text": "later"}))
        await fake.wait_for_request("POST", "/webhooks/*")
        assert [entry.status for entry in fake.sent("PATCH", ORIGINAL)] == [503, 503, 200]
        assert bot.failures == []
    assert pauses == [0.5, 1.0]


@pytest.mark.asyncio
async def test_it_gives_up_after_the_bound(fake: FakeDiscord) -> None:
    """A call that never succeeds is sent as often as the policy says, and then its failure is raised."""
    async with patient(fake, RetryPolicy(attempts=3)) as bot:
        fake.fail_next("GET", SOMEBODY, status=503, times=99)
        with pytest.raises(discord.DiscordServerError):
            await bot.fetch_user(BOB)
        assert len(fake.sent("GET", SOMEBODY)) == 3


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("header", "waited"), [("3", [3.0]), ("0", [0.5]), ("soon", [0.5]), ("inf", [0.5]), ("-9", [0.5])]
)
async def test_discord_may_say_when(fake: FakeDiscord, header: str, waited: list[float]) -> None:
    """`Retry-After` makes a pause longer, never shorter; what cannot be read counts as nothing."""
    pauses = Pauses()
    async with patient(fake, pauses=pauses) as bot:
        fake.fail_next("GET", SOMEBODY, status=503, headers={"Retry-After": header})
        await bot.fetch_user(BOB)
    assert pauses == waited


@pytest.mark.asyncio
async def test_too_long_a_wait_is_not_begun(fake: FakeDiscord) -> None:
    """If Discord wants a longer wait than ours may be, the call fails at once and is not sent too early."""
    pauses = Pauses()
    async with patient(fake, pauses=pauses) as bot:
        fake.fail_next("GET", SOMEBODY, status=503, retry_after=60)
        with pytest.raises(discord.DiscordServerError):
            await bot.fetch_user(BOB)
        assert len(fake.sent("GET", SOMEBODY)) == 1
    assert pauses == []


@pytest.mark.asyncio
async def test_a_broken_connection_is_no_end(fake: FakeDiscord) -> None:
    """An edit whose connection breaks is sent again; a POST is not."""
    async with patient(fake) as bot:
        message = await _message(bot)
        fake.drop_next("PATCH", f"{MESSAGES}/*", times=2)
        await message.edit(content="second")
        assert [entry.status for entry in fake.sent("PATCH", f"{MESSAGES}/*")] == [0, 0, 200]
        fake.drop_next("POST", MESSAGES)
        with pytest.raises(aiohttp.ClientConnectionError):
            await _message(bot)
        assert len(fake.sent("POST", MESSAGES)) == 2


@pytest.mark.asyncio
@pytest.mark.parametrize("interaction", [False, True], ids=["message", "answer"])
async def test_a_call_that_outlives_the_bot_has_lost_its_connection(fake: FakeDiscord, interaction: bool) -> None:
    """What a closed bot still tries to send fails as on a broken connection, which its caller can handle."""
    async with patient(fake) as bot:
        channel = _channel(bot)
        webhook = discord.Webhook.partial(1, "token", session=aiohttp.ClientSession())
        await webhook.session.close()
        await bot.close()
        with pytest.raises(aiohttp.ClientConnectionError):
            await (webhook.send("late") if interaction else channel.send("late"))


@pytest.mark.asyncio
async def test_silence_ends_an_attempt(fake: FakeDiscord) -> None:
    """A call that Discord does not answer is abandoned, tried again, and in the end raised."""
    async with patient(fake, RetryPolicy(attempts=2, silence=0.1)) as bot:
        hold = fake.hold("GET", SOMEBODY)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(bot.fetch_user(BOB), PATIENCE)
        assert len(fake.sent("GET", SOMEBODY)) == 2
        hold.release()


@pytest.mark.asyncio
async def test_an_upload_is_whole_when_repeated(fake: FakeDiscord) -> None:
    """The file of a repeated edit is sent from its beginning again."""
    async with patient(fake) as bot:
        message = await _message(bot)
        fake.fail_next("PATCH", f"{MESSAGES}/*", status=503)
        await message.edit(attachments=[discord.File(io.BytesIO(b"words"), "words.txt")])
        uploads = [entry.files for entry in fake.sent("PATCH", f"{MESSAGES}/*")]
    assert uploads == [{"words.txt": b"words"}] * 2


@pytest.mark.asyncio
async def test_refusals_are_not_repeated(fake: FakeDiscord) -> None:
    """What Discord refuses (404 here) is raised at once."""
    async with patient(fake) as bot:
        with pytest.raises(discord.NotFound):
            await bot.fetch_user(1)
        assert len(fake.sent("GET", "/users/1")) == 1


@pytest.mark.asyncio
async def test_a_refused_certificate_is_not_tried_again(fake: FakeDiscord) -> None:
    """A connection that fails for TLS fails at once: waiting does not help."""
    pauses = Pauses()
    bot = PlainBot()
    install_retry(bot.http, Retrying(sleep=pauses.sleep))
    async with bot:
        with discord_at(fake.api_url.replace("http:", "https:")), pytest.raises(aiohttp.ClientSSLError):
            await bot.login(TOKEN)
    assert pauses == []


@pytest.mark.asyncio
async def test_rate_limits_stay_with_discord_py(fake: FakeDiscord) -> None:
    """A 429 is waited for by discord.py, for a GET and for a POST, without a pause of ours."""
    pauses = Pauses()
    async with patient(fake, pauses=pauses) as bot:
        fake.fail_next("*", "*", status=429, retry_after=0.05)
        await bot.fetch_user(BOB)
        fake.fail_next("*", "*", status=429, retry_after=0.05)
        await _message(bot)
    assert pauses == []


@pytest.mark.asyncio
async def test_other_bots_of_the_process_are_left_alone(fake: FakeDiscord) -> None:
    """Installing it changes one bot: another one's calls, and interactions outside the block, do not change."""
    usual = async_context.get()
    async with patient(fake), PlainBot() as other:
        await other.login(TOKEN)
        fake.fail_next("GET", SOMEBODY, status=503)
        with pytest.raises(discord.DiscordServerError):
            await other.fetch_user(BOB)
        assert len(fake.sent("GET", SOMEBODY)) == 1
    assert async_context.get() is usual
