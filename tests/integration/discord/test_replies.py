"""Each call is answered exactly once and runs once, whatever happens to its answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, Self

import pytest
import simcord
from typing_extensions import override

from tests.every import Around
from tests.integration.discord.stage import WAYS, Stage, Way, answered, timed
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.contexts import Storage
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome, Success
from twi_discord.calls.host import Host
from twi_discord.commands.mounting import mount
from twi_discord.commands.specs import CommandSpec
from twi_discord.replies.markup import escape
from twi_discord.replies.message import Message

pytestmark = pytest.mark.asyncio

CALLBACK = "/interactions/*/callback"
ORIGINAL = "/webhooks/*/messages/@original"
FOLLOWUP = "/webhooks/*"
MESSAGES = "/channels/*/messages"


class Delayed(Around):
    """A storage whose callers' units first do what a test wants: wait, or fail."""

    def __init__(self, inner: Storage, first: Callable[[], Awaitable[None]]) -> None:
        super().__init__(inner)
        self.first = first

    @override
    def wrap(self, unit: Any, context: CallContext) -> Any:
        if context.origin is Origin.JOB:  # what the bot reads for itself, such as its rules
            return unit
        return _DelayedUnit(unit, self.first)


class _DelayedUnit:
    def __init__(self, unit: Any, first: Callable[[], Awaitable[None]]) -> None:
        self._unit = unit
        self._first = first

    async def __aenter__(self) -> Self:
        await self._first()
        await self._unit.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        await self._unit.__aexit__(kind, error, trace)

    def __getattr__(self, name: str) -> object:
        return getattr(self._unit, name)


def first(action: Callable[[], Awaitable[None]]) -> Callable[[Storage], Storage]:
    """Do something whenever a unit is entered."""
    return lambda store: Delayed(store, action)


def sleeping(seconds: float) -> Callable[[Storage], Storage]:
    """Make every unit slow."""
    return first(lambda: asyncio.sleep(seconds))


async def fail() -> None:
    """Raise like a bug."""
    raise RuntimeError("secret detail of a bug")


def answers(stage: Stage) -> list[tuple[str, str]]:
    """Return the calls by which the bot answered, without the ids."""
    return [
        (
            request.method,
            last if (last := request.path.rpartition("/")[2]) in {"callback", "@original"} else "follow-up",
        )
        for request in stage.env.http_requests
        if request.path.startswith(("/interactions/", "/webhooks/"))
    ]


async def slow(stage: Stage, who: str, name: str, seconds: float, **given: Any) -> simcord.InteractionResult:
    """Call by slash, and let time pass until the answer is there."""
    result = await stage.people[who].slash(stage.channel, name, **given)
    await stage.env.advance_time(seconds)
    return result


async def test_a_slow_success_is_deferred_and_then_shown_to_all() -> None:
    """After 1.5 s the interaction is deferred publicly, and the success replaces the placeholder."""
    async with timed(wrap=sleeping(4)) as stage:
        result = await stage.people["moderator"].slash(stage.channel, "link add", title="map", content="text")
        await stage.env.advance_time(1.4)
        assert not result.acknowledged
        await stage.env.advance_time(0.2)
        assert result.deferred
        await stage.env.advance_time(3)
        assert answered(result).text.startswith("Added **map**")
        assert not answered(result).private
        assert answers(stage) == [("POST", "callback"), ("PATCH", "@original")]


async def test_a_slow_refusal_is_for_the_caller_alone() -> None:
    """A refusal that comes after a public deferral is a private message, and the public one goes."""
    async with timed(wrap=sleeping(4)) as stage:
        result = await slow(stage, "member", "link get", 5, title="nothing")
        said = answered(result)
        assert "`links.not_found`" in said.text
        assert said.private
        assert len(said.messages) == 1


async def test_a_fast_answer_is_not_deferred() -> None:
    """An answer within 1.5 s is the only call to Discord, also when time passes afterwards."""
    async with timed(wrap=sleeping(1.4)) as stage:
        result = await slow(stage, "moderator", "link add", 10, title="map", content="text")
        assert answered(result).text.startswith("Added")
        assert answers(stage) == [("POST", "callback")]


@pytest.mark.parametrize("seconds", [0.0, 2.0])
@pytest.mark.parametrize(("method", "path"), [("POST", CALLBACK), ("PATCH", ORIGINAL)])
@pytest.mark.parametrize("times", [1, 2])
async def test_an_answer_that_fails_is_sent_again_as_the_same_success(
    seconds: float, method: str, path: str, times: int
) -> None:
    """When Discord fails while the answer is sent, the change is made once and shown once, as the success it was."""
    async with timed(wrap=sleeping(seconds)) as stage:
        stage.env.inject_error(method, path, status=500, times=times)
        result = await slow(stage, "moderator", "link add", 5, title="map", content="text")
        await stage.env.advance_time(5)
        said = answered(result)
        assert said.text.startswith("Added **map**"), said.text
        assert len(said.messages) == 1
        assert stage.links() == [("map", "text", None, True)]
        assert stage.env.errors == []


async def test_a_private_follow_up_of_unknown_fate_is_not_sent_again() -> None:
    """A late refusal whose sending failed could be shown twice; the public placeholder stays instead."""
    async with timed(wrap=sleeping(2)) as stage:
        stage.env.inject_error("POST", FOLLOWUP, status=503)
        result = await slow(stage, "member", "link get", 5, title="nothing")
        await stage.env.advance_time(5)
        said = answered(result)
        assert [message.content for message in said.messages] == [
            "This didn't work. If you don't see why, use the command again.\n-# reference `r000000001`"
        ]
        assert answers(stage) == [("POST", "callback"), ("PATCH", "@original"), ("POST", "follow-up")]


async def test_a_private_follow_up_waits_for_the_placeholder() -> None:
    """Until the public placeholder has become a message, a follow-up would replace it; the placeholder comes first."""
    async with timed(wrap=sleeping(2)) as stage:
        stage.env.inject_error("PATCH", ORIGINAL, status=400)
        result = await slow(stage, "member", "link get", 5, title="nothing")
        assert "This didn't work, and the reason can't be shown." in answered(result).text
        wait, placeholder = ("POST", "callback"), ("PATCH", "@original")
        assert answers(stage) == [
            wait, placeholder, placeholder, ("POST", "follow-up"), ("DELETE", "@original"),
        ]  # fmt: skip


async def test_a_further_part_of_unknown_fate_is_not_sent_again() -> None:
    """A part of a long answer whose sending failed is not sent again: it could be shown twice."""

    async def answer(raw: Mapping[str, object], _: CallContext, /) -> Outcome[Message, AppError]:
        return Success(Message(escape("x" * 7_000)))

    async with timed() as stage:
        long = CommandSpec(name="long", summary="x", options=(), answer=answer)
        await mount(Host.of(stage.bot, "test"), "test", [long])
        await stage.bot.tree.sync()
        stage.env.inject_error("POST", FOLLOWUP, status=503, times=1)
        result = await slow(stage, "member", "long", 5)
        assert len(answered(result).messages) == 1
        assert [method for method, _ in answers(stage)] == ["POST", "POST"]


@pytest.mark.parametrize("code", [10062, 0])
async def test_an_interaction_that_discord_has_forgotten_is_dropped(code: int) -> None:
    """When the answer comes too late the change stands, and nothing runs again or fails."""
    async with timed() as stage:
        stage.env.inject_error("POST", CALLBACK, status=404, code=code)
        result = await slow(stage, "moderator", "link add", 5, title="map", content="text")
        assert not result.acknowledged
        assert stage.links() == [("map", "text", None, True)]
        assert stage.env.errors == []


async def test_an_answer_of_unknown_fate_is_not_shown_twice() -> None:
    """When Discord took the first answer but failed to say so, the second try edits that one."""
    async with timed() as stage:
        result = await stage.people["moderator"].slash(stage.channel, "link add", title="a", content="text")
        assert answered(result).text.startswith("Added")
        stage.env.inject_error("POST", CALLBACK, status=400, code=40060)
        late = await slow(stage, "moderator", "link add", 5, title="b", content="text")
        assert len(answered(late).messages) <= 1
        assert ("PATCH", "@original") in answers(stage)
        assert [title for title, *_ in stage.links()] == ["a", "b"]


async def test_an_answer_that_discord_refuses_is_replaced_by_a_plain_one() -> None:
    """When Discord refuses an answer as it is, the caller is shown that it worked."""
    async with timed() as stage:
        stage.env.inject_error("POST", CALLBACK, status=400, code=50035)
        result = await slow(stage, "moderator", "link add", 1, title="map", content="text")
        assert "This worked" in answered(result).text
        assert stage.links() == [("map", "text", None, True)]


@pytest.mark.parametrize("status", [500, 503])
async def test_a_written_answer_that_fails_is_sent_again(status: int) -> None:
    """A reply to a written command that fails is sent again, under the same nonce, and the command runs once."""
    async with timed() as stage:
        stage.env.inject_error("POST", MESSAGES, status=status, times=2)
        before = len(stage.env.http_requests)
        await stage.people["moderator"].send(stage.channel, "!link add map --content text")
        await stage.env.advance_time(5)
        sent = [request.json for request in stage.env.http_requests[before:] if isinstance(request.json, dict)]
        assert len({request["nonce"] for request in sent}) == 1
        assert len(sent) == 3
        assert all(request["enforce_nonce"] for request in sent)
        assert [m.content for m in stage.channel.history() if m.author.bot] == ["Added **map**\ntext\nTag: Untagged"]
        assert stage.links() == [("map", "text", None, True)]


async def test_a_channel_that_may_not_be_written_to_is_left_alone() -> None:
    """When the bot may not answer a written command nothing breaks."""
    async with timed() as stage:
        stage.env.inject_error("POST", MESSAGES, status=403, code=50013, times=None)
        await stage.people["moderator"].send(stage.channel, "!link add map --content text")
        await stage.env.advance_time(5)
        assert stage.links() == [("map", "text", None, True)]
        assert stage.env.errors == []


@pytest.mark.parametrize("way", WAYS)
async def test_a_bug_in_a_use_case_is_reported_once_without_its_details(way: Way) -> None:
    """An unexpected exception below is shown once as an internal error with a reference."""
    async with timed(wrap=first(fail)) as stage:
        said = await stage.ask("member", way, "link get", title="map")
        assert "`internal.unexpected` · reference `r0" in said.text
        assert len(said.messages) == 1
        assert "secret" not in said.text
        assert stage.env.errors == []


@pytest.mark.parametrize("seconds", [0.0, 3.0])
@pytest.mark.parametrize("way", WAYS)
async def test_a_bug_in_an_entrypoint_is_reported_once(way: Way, seconds: float) -> None:
    """An exception in a presenter, fast or after a deferral, is shown once as an internal error, to the caller only."""

    async def answer(raw: Mapping[str, object], _: CallContext, /) -> Outcome[Message, AppError]:
        await asyncio.sleep(seconds)
        raise RuntimeError("secret detail of a bug")

    async with timed() as stage:
        broken = CommandSpec(name="broken", summary="Break.", options=(), answer=answer)
        await mount(Host.of(stage.bot, "test"), "test", [broken])
        await stage.bot.tree.sync()
        if way == "slash":
            result = await slow(stage, "moderator", "broken", 8)
            texts = [message.content for message in answered(result).messages]
        else:
            await stage.people["moderator"].send(stage.channel, "!broken")
            await stage.env.advance_time(8)
            texts = [message.content for message in stage.channel.history() if message.author.bot]
        assert len(texts) == 1
        assert "`internal.unexpected`" in texts[0]
        assert "secret" not in texts[0]
        assert stage.env.errors == []


@pytest.mark.parametrize("words", ["!link add map --content text", "!link add map --bogus text", "!link nothing"])
async def test_a_call_delivered_twice_runs_once(words: str) -> None:
    """When Discord delivers a message a second time, the second is ignored, whatever the first was answered."""
    async with timed() as stage:
        await stage.write("moderator", words)
        message = next(m for m in stage.channel.history() if not m.author.bot)
        before = len(stage.channel.history())
        assert before == 2
        stage.bot.dispatch("message", message)
        await stage.env.settle()
        assert len(stage.channel.history()) == before


async def test_a_slow_deferral_is_waited_for() -> None:
    """When the answer is ready while the deferral is still under way, it waits for it and comes once."""
    async with timed(wrap=sleeping(1.6)) as stage:
        stage.env.inject_error("POST", CALLBACK, status=500)  # the deferral fails, the answer then is the first one
        result = await slow(stage, "moderator", "link add", 5, title="map", content="text")
        assert [m.content for m in answered(result).messages] == ["Added **map**\ntext\nTag: Untagged"]
