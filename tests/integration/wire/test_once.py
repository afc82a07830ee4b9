"""Our bot over real sockets: whatever becomes of an answer on its way, nobody is answered twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.integration.discord.test_replies import Delayed
from tests.integration.discord.test_server import runtime
from tests.wire import CHANNEL, FakeDiscord
from twi_discord.connection.server import discord_server
from twi_memory.storage.store import MemoryStore
from twi_runtime.opening.lifecycle import Overrides

pytestmark = pytest.mark.asyncio

CALLBACK = "/interactions/*/*/callback"
MESSAGES = f"/channels/{CHANNEL}/messages"
FOLLOW_UP = "/webhooks/*/*"
ORIGINAL = "/webhooks/*/*/messages/@original"
REFUSED = "`links.not_found`"

Fault = Callable[[FakeDiscord, str, str], None]


def failing(status: int, *, applied: bool) -> Fault:
    """Answer with an error, before or after the request has taken effect."""
    return lambda fake, method, path: fake.fail_next(method, path, status=status, applied=applied)


def dropping(*, applied: bool) -> Fault:
    """Drop the connection, before or after the request has taken effect."""
    return lambda fake, method, path: fake.drop_next(method, path, applied=applied)


FAULTS = {
    "500 and lost": failing(500, applied=False),
    "500 and taken": failing(500, applied=True),
    "503 and lost": failing(503, applied=False),
    "dropped and lost": dropping(applied=False),
    "dropped and taken": dropping(applied=True),
}
each_fault = pytest.mark.parametrize("fault", FAULTS.values(), ids=[name.replace(" ", "_") for name in FAULTS])


@asynccontextmanager
async def bot(fake: FakeDiscord, *, until: asyncio.Event | None = None) -> AsyncIterator[None]:
    """Run our bot, on a storage that waits for an event."""

    async def wait() -> None:
        if until is not None:
            await until.wait()

    overrides = Overrides(storage=Delayed(MemoryStore(), wait))
    async with runtime(fake, overrides) as opened, discord_server().open(opened):
        await fake.until(lambda: bool(fake.identifies) and "link" in fake.world.commands)
        yield


def shown(fake: FakeDiscord) -> list[tuple[str, bool]]:
    """Return the messages that stand, and whether only one user sees each."""
    return [(made["content"], bool(made.get("flags", 0) & 64)) for made in fake.routes.messages.values()]


@each_fault
async def test_an_answer_is_shown_once(fault: Fault) -> None:
    """An interaction's answer that fails on its way, or whose arrival is not confirmed, is shown once in the end."""
    async with FakeDiscord() as fake, bot(fake):
        fault(fake, "POST", CALLBACK)
        fake.interact(fake.world.slash("link get", {"title": "nothing"}))
        await fake.until(lambda: len(fake.sent("POST", CALLBACK)) == 2)
    ((text, private),) = shown(fake)
    assert REFUSED in text
    assert private


@each_fault
async def test_a_written_answer_is_shown_once(fault: Fault) -> None:
    """A reply to a written command is shown once, since Discord recognises the second by its nonce."""
    async with FakeDiscord() as fake, bot(fake):
        fault(fake, "POST", MESSAGES)
        fake.say(fake.world.message("!link get nothing"))
        await fake.until(lambda: len(fake.sent("POST", MESSAGES)) == 2)
    ((text, _),) = shown(fake)
    assert REFUSED in text


@each_fault
async def test_a_late_refusal_is_never_shown_twice(fault: Fault) -> None:
    """A private message whose fate is unknown is not sent again; a public line stays that says what to do."""
    ready = asyncio.Event()
    async with FakeDiscord() as fake, bot(fake, until=ready):
        fault(fake, "POST", FOLLOW_UP)
        fake.interact(fake.world.slash("link get", {"title": "nothing"}))
        await fake.wait_for_request("POST", CALLBACK)
        ready.set()
        await fake.until(lambda: bool(fake.sent("POST", FOLLOW_UP)))
    assert [private for text, private in shown(fake) if REFUSED in text] in ([], [True])
    (standing,) = [text for text, private in shown(fake) if not private]
    assert standing.startswith("This didn't work. If you don't see why, use the command again.")
    assert len(fake.sent("POST", FOLLOW_UP)) == 1


async def test_a_late_refusal_leaves_nothing_public() -> None:
    """When nothing fails, the private refusal is all that stays."""
    ready = asyncio.Event()
    async with FakeDiscord() as fake, bot(fake, until=ready):
        fake.interact(fake.world.slash("link get", {"title": "nothing"}))
        await fake.wait_for_request("POST", CALLBACK)
        ready.set()
        await fake.wait_for_request("DELETE", ORIGINAL)
    ((text, private),) = shown(fake)
    assert REFUSED in text
    assert private


@each_fault
async def test_a_keystroke_is_answered_once(fault: Fault) -> None:
    """Suggestions that fail on their way are sent again; Discord takes one list."""
    async with FakeDiscord() as fake, bot(fake):
        fault(fake, "POST", CALLBACK)
        asked = fake.interact(fake.world.autocomplete("link get", {"title": "m"}, focused="title"))
        await fake.until(lambda: fake.routes.exchanges[asked["token"]].answered_with is not None)
    assert fake.routes.exchanges[asked["token"]].answered_with == 8


async def test_what_still_runs_at_the_end_is_answered() -> None:
    """A command that the end of the process cuts short is answered with that before the bot goes offline."""
    never = asyncio.Event()
    async with FakeDiscord() as fake, bot(fake, until=never):
        fake.interact(fake.world.slash("link get", {"title": "nothing"}))
        await fake.wait_for_request("POST", CALLBACK)
    ((text, private),) = shown(fake)
    assert "`discord.interrupted`" in text
    assert private
