"""The fake Discord, tried with a plain discord.py bot: what it shows is what discord.py does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Literal

import aiohttp
import discord
import pytest
import pytest_asyncio
from discord.gateway import DiscordWebSocket

from tests.integration.wire.plain_bot import PlainBot, point_at, running
from tests.waiting import PATIENCE
from tests.wire import ALICE, BOB, BOT, CHANNEL, MOD, THREAD, TOKEN, FakeDiscord, Json

pytestmark = pytest.mark.asyncio
CALLBACK = "/interactions/*/callback"


@pytest_asyncio.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as server:
        point_at(server, monkeypatch)
        yield server


@pytest_asyncio.fixture
async def bot(fake: FakeDiscord) -> AsyncIterator[PlainBot]:
    async with running(PlainBot(), fake) as plain:
        yield plain
        assert plain.failures == []


async def _content(fake: FakeDiscord) -> str:
    answer = await fake.wait_for_request("POST", CALLBACK)
    content: str = answer.json["data"]["content"]
    return content


async def test_a_bot_gets_ready_with_its_guild_and_syncs_its_commands(fake: FakeDiscord, bot: PlainBot) -> None:
    """A bot logs in, syncs, identifies once and knows the guild, its members and its threads."""
    (guild,) = bot.guilds
    mod = guild.get_member(MOD)
    assert mod is not None
    assert mod.guild_permissions.manage_messages
    assert guild.get_thread(THREAD) is not None
    assert set(fake.world.commands) == {"say", "book"}
    assert [entry.intents for entry in fake.identifies] == [discord.Intents.all().value]
    assert not fake.routes.unserved


async def test_a_slash_command_is_answered(fake: FakeDiscord, bot: PlainBot) -> None:
    """A slash command reaches the bot as the person who used it, and its answer is recorded."""
    asked = fake.interact(fake.world.slash("say", {"text": "hi", "times": 2}, by=BOB))
    assert await _content(fake) == "bob said hibob said hi"
    assert [entry.method for entry in fake.answers_to(asked)] == ["POST"]


@pytest.mark.parametrize("guild", ["guild", "private"])
async def test_a_subcommand_works_in_a_guild_and_in_private(fake: FakeDiscord, bot: PlainBot, guild: str) -> None:
    """A grouped command works in both places: in a guild's thread and in a direct message."""
    if guild == "guild":
        fake.interact(fake.world.slash("book read", {"title": "x"}, channel=THREAD))
        assert await _content(fake) == "x read in The Inn"
    else:
        fake.interact(fake.world.slash("book read", {"title": "x"}, guild=None))
        assert await _content(fake) == "x read in alone"


async def test_a_keystroke_is_completed(fake: FakeDiscord, bot: PlainBot) -> None:
    """An autocomplete interaction reaches the option's completion."""
    fake.interact(fake.world.autocomplete("book read", {"title": "ab"}, focused="title"))
    answer = await fake.wait_for_request("POST", CALLBACK)
    assert answer.json["data"]["choices"] == [{"name": "abab", "value": "ab"}]


async def test_a_button_is_pressed(fake: FakeDiscord, bot: PlainBot) -> None:
    """A button of a message that the bot sent can be pressed, and the message shows the outcome."""
    fake.interact(fake.world.slash("say", {"text": "button"}))
    assert await _content(fake) == "press it"
    (shown,) = fake.routes.messages.values()
    fake.interact(fake.world.click(shown, "press"))
    assert await _content(fake) == "pressed"
    assert fake.routes.messages[shown["id"]]["components"] == []


async def test_a_deferred_answer_is_edited_and_followed_up(fake: FakeDiscord, bot: PlainBot) -> None:
    """Defer, edit of the original and follow-up all belong to the interaction."""
    asked = fake.interact(fake.world.slash("say", {"text": "later"}))
    await fake.wait_for_request("POST", "/webhooks/*")
    assert [(entry.method, entry.status) for entry in fake.answers_to(asked)] == [
        ("POST", 200),
        ("PATCH", 200),
        ("POST", 200),
    ]
    assert [entry["content"] for entry in fake.routes.messages.values()] == ["now", "and more"]


async def test_a_prefix_message_is_answered(fake: FakeDiscord, bot: PlainBot) -> None:
    """A message reaches prefix commands, and the reply goes to its channel."""
    fake.say(fake.world.message("!ping one", by=ALICE))
    reply = await fake.wait_for_request("POST", f"/channels/{CHANNEL}/messages")
    assert reply.json["content"] == "pong one"


async def test_a_message_has_no_text_without_the_intent(fake: FakeDiscord) -> None:
    """A bot without the message content intent sees text only in private and where it is mentioned."""
    plain = PlainBot(message_content=False)
    texts: list[str] = []

    @plain.listen("on_message")
    async def note(message: discord.Message) -> None:
        texts.append(message.content)

    async with running(plain, fake):
        fake.say(fake.world.message("!ping a"))
        fake.say(fake.world.message(f"<@{BOT}> listen"))
        fake.say(fake.world.message("!ping b", guild=None))
        await fake.wait_for_request("POST", "/channels/*/messages")
    assert texts == ["", f"<@{BOT}> listen", "!ping b"]


async def test_events_of_a_cut_are_replayed(fake: FakeDiscord, bot: PlainBot) -> None:
    """What is dispatched while the socket is gone comes after the bot resumed, once."""
    fake.cut()
    fake.interact(fake.world.slash("say", {"text": "missed"}))
    await fake.wait_for_resumes(1)
    await _content(fake)
    await fake.wait_until_delivered()
    assert bot.said == ["missed"]
    assert (len(fake.identifies), fake.resumes[0].replayed) == (1, 1)


@pytest.mark.parametrize("side", ["after", "before"])
async def test_a_script_survives_a_cut_at_every_index(fake: FakeDiscord, bot: PlainBot, side: str) -> None:
    """A script of 200 commands with a cut around each runs every one once, in 200 resumes of a session."""
    texts = [f"t{index}" for index in range(200)]
    script: list[tuple[str, Json]] = [("INTERACTION_CREATE", fake.world.slash("say", {"text": text})) for text in texts]
    everywhere = range(len(script))
    if side == "after":
        fake.play(script, cut_after=everywhere)
    else:
        fake.play(script, cut_before=everywhere)
    await fake.wait_until_delivered()
    await fake.wait_for_resumes(len(script))
    for _ in texts:
        await fake.wait_for_request("POST", CALLBACK)
    assert sorted(bot.said) == sorted(texts)
    assert (len(fake.identifies), len(fake.resumes)) == (1, len(script))
    assert len(fake.sent("POST", CALLBACK)) == len(script)


async def test_a_cut_can_be_set_for_later(fake: FakeDiscord, bot: PlainBot) -> None:
    """The socket drops after the given number of events, not before."""
    fake.cut_after(2)
    fake.say(fake.world.message("one"))
    await fake.wait_until_delivered(fake.play([]))
    assert not fake.resumes
    fake.say(fake.world.message("two"))
    await fake.wait_for_resumes(1)


async def test_op_7_makes_the_bot_resume(fake: FakeDiscord, bot: PlainBot) -> None:
    """A reconnect request is followed by a resume of the same session."""
    fake.reconnect_request()
    await fake.wait_for_resumes(1)
    assert len(fake.identifies) == 1


async def test_op_9_makes_the_bot_identify_again(fake: FakeDiscord, bot: PlainBot) -> None:
    """After an invalidated session the bot identifies, gets the guilds again, and works."""
    fake.invalidate_session()
    await fake.wait_until_connected(identifies=2)
    fake.interact(fake.world.slash("say", {"text": "again"}))
    assert await _content(fake) == "alice said again"
    assert not fake.resumes


async def test_op_9_that_may_resume_makes_the_bot_resume(fake: FakeDiscord, bot: PlainBot) -> None:
    """An invalid session that Discord calls resumable is resumed."""
    fake.invalidate_session(resumable=True)
    await fake.wait_for_resumes(1)
    assert len(fake.identifies) == 1


async def test_a_forgotten_session_cannot_be_resumed(fake: FakeDiscord, bot: PlainBot) -> None:
    """A resume of an unknown session is refused, and the bot identifies."""
    fake.forget_session()
    fake.cut()
    await fake.wait_until_connected(identifies=2)
    assert [entry.replayed for entry in fake.resumes] == [None]


async def test_a_silent_gateway_is_left_and_resumed(fake: FakeDiscord) -> None:
    """A bot whose heartbeats nobody answers closes the socket and resumes elsewhere."""
    fake.heartbeat_interval = 0.1
    async with running(PlainBot(heartbeat_timeout=0.4), fake):
        fake.acknowledge_heartbeats = False
        await fake.wait_for_resumes(1)
        fake.acknowledge_heartbeats = True
        assert fake.closed_by_client == [4000]
    assert fake.heartbeats > 1


async def test_a_429_is_waited_for(fake: FakeDiscord, bot: PlainBot) -> None:
    """discord.py waits as long as a rate limit says and sends again."""
    fake.fail_next("GET", "/users/*", status=429, retry_after=0.3)
    await bot.fetch_user(BOB)
    first, second = fake.sent("GET", f"/users/{BOB}")
    assert (first.status, second.status) == (429, 200)
    assert second.at - first.at >= 0.29


async def test_a_503_is_raised(fake: FakeDiscord, bot: PlainBot) -> None:
    """discord.py does not repeat a request that got 503: that is ours to add."""
    fake.fail_next("GET", "/users/*", status=503)
    with pytest.raises(discord.DiscordServerError):
        await bot.fetch_user(BOB)
    assert len(fake.sent("GET", f"/users/{BOB}")) == 1


async def test_a_dropped_request_fails_without_an_answer(fake: FakeDiscord, bot: PlainBot) -> None:
    """A POST whose connection breaks is not sent again, and may have had its effect."""
    fake.drop_next("POST", "/channels/*", applied=True)
    channel = bot.get_channel(CHANNEL)
    assert isinstance(channel, discord.TextChannel)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await channel.send("once")
    assert [entry["content"] for entry in fake.routes.messages.values()] == ["once"]
    assert [entry.status for entry in fake.sent("POST", "/channels/*")] == [0]


async def test_an_answer_can_be_held_back(fake: FakeDiscord, bot: PlainBot) -> None:
    """A held request has arrived but is not answered until it is released."""
    hold = fake.hold("POST", CALLBACK)
    fake.interact(fake.world.slash("say", {"text": "slow"}))
    held = await fake.wait_for_request("POST", CALLBACK, answered=False)
    assert held.status is None
    hold.release()
    await fake.until(lambda: held.status == 200)


async def test_an_interaction_can_be_answered_once(fake: FakeDiscord, bot: PlainBot) -> None:
    """A second answer to an interaction is refused, and so is one to an expired interaction."""
    fake.interact(fake.world.slash("say", {"text": "twice"}), times=2)
    answers = [await fake.wait_for_request("POST", CALLBACK) for _ in range(2)]
    assert sorted(entry.status or 0 for entry in answers) == [200, 400]
    fake.interact(fake.world.slash("say", {"text": "late"}), expired=True)
    assert (await fake.wait_for_request("POST", CALLBACK)).status == 404
    await fake.until(lambda: len(bot.failures) == 2)
    codes = [error.code for error in bot.failures if isinstance(error, discord.HTTPException)]
    assert codes == [40060, 10062]
    bot.failures.clear()


async def test_a_refused_token_is_a_login_failure(fake: FakeDiscord) -> None:
    """A bot whose token Discord does not accept fails to log in, and never identifies."""
    fake.refuse_login()
    async with PlainBot() as plain:
        with pytest.raises(discord.LoginFailure):
            await plain.start(TOKEN)
    async with PlainBot() as plain:
        fake.refuse_login(False)
        with pytest.raises(discord.LoginFailure):
            await plain.start("another.token")
    assert not fake.identifies


@pytest.mark.parametrize("closing", [True, False], ids=["closed at once", "closed at the next resume"])
async def test_a_token_that_is_reset_ends_the_bot_that_has_it(fake: FakeDiscord, closing: bool) -> None:
    """The old token is refused by REST at once and by the gateway with 4004; the new one works for the next bot."""
    plain = PlainBot()
    async with plain:
        await plain.login(TOKEN)
        serving = asyncio.create_task(plain.connect())
        await fake.wait_until_connected()
        fake.reset_token("another.wire.token", closing=closing)
        if not closing:
            with pytest.raises(discord.HTTPException) as refused:
                await plain.fetch_user(BOB)
            assert refused.value.status == 401
            fake.cut()
        with pytest.raises(discord.ConnectionClosed) as closed:
            await asyncio.wait_for(serving, PATIENCE)
        assert closed.value.code == 4004
    async with PlainBot() as again:
        with pytest.raises(discord.LoginFailure):
            await again.login(TOKEN)
    async with PlainBot() as another:
        await another.login("another.wire.token")
        serving = asyncio.create_task(another.connect())
        await fake.wait_until_connected(identifies=len(fake.identifies) + 1)
        await another.close()
        await asyncio.wait_for(serving, PATIENCE)


async def test_a_missing_intent_is_reported(fake: FakeDiscord) -> None:
    """Close code 4014 ends a bot with the error that names privileged intents, after one IDENTIFY."""
    fake.close_next_identify_with(4014)
    async with PlainBot() as plain:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await plain.start(TOKEN)
    assert len(fake.identifies) == 1


@pytest.mark.parametrize("code", [4004, 4013])
async def test_a_fatal_close_code_ends_the_bot(fake: FakeDiscord, code: Literal[4004, 4013]) -> None:
    """Close codes that forbid a reconnect end the bot after one IDENTIFY."""
    fake.close_next_identify_with(code)
    async with PlainBot() as plain:
        with pytest.raises(discord.ConnectionClosed) as caught:
            await plain.start(TOKEN)
    assert caught.value.code == code
    assert len(fake.identifies) == 1


async def test_a_socket_without_compression_works(fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that asks for plain JSON gets it."""
    connect = DiscordWebSocket.from_client

    async def plainly(client: discord.Client, *, initial: bool = False, **_: object) -> DiscordWebSocket:
        return await connect(client, initial=initial, compress=False)

    monkeypatch.setattr(DiscordWebSocket, "from_client", plainly)
    async with running(PlainBot(), fake) as plain:
        assert plain.guilds
