"""The matrix: each kind of entry, each way of failing, early and after a deferral, answered exactly once."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from tests.integration.discord.entries import KINDS, OLD_PAGE, Kind
from tests.integration.discord.stage import Said, Stage, timed
from tests.integration.discord.test_replies import CALLBACK, FOLLOWUP, MESSAGES, ORIGINAL
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError, ErrorCode
from twi_core.kernel.faults import Conflict, CorruptData, TimedOut, Unavailable
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.pipeline.guard import CONFLICT, TIMED_OUT, UNAVAILABLE, UNEXPECTED
from twi_discord.calls.host import LIMIT, Host
from twi_discord.errors import EXPIRED, INTERRUPTED, TOO_SLOW
from twi_discord.replies.deferral import DEFER_AFTER
from twi_discord.replies.markup import say
from twi_discord.replies.message import Answer, Message, refusal_text
from twi_runtime.process.drain import STOPPING

pytestmark = pytest.mark.asyncio

SECRET = "secret detail of a bug"
REFUSED = AppError(EXPIRED)
IT_WORKED: Outcome[Message, AppError] = Success(Message(say("It worked.")))

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name.replace(" ", "_"))
early_and_late = pytest.mark.parametrize("after", [0.0, 2.0])
"""Seconds before the failure: at 1.5 the interaction is deferred."""


def failing(error: BaseException, after: float) -> Answer:
    """Answer with an exception."""

    async def answer(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
        await asyncio.sleep(after)
        raise error

    return answer


def saying(outcome: Outcome[Message, AppError], after: float = 0.0) -> Answer:
    """Answer with an outcome."""

    async def answer(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
        await asyncio.sleep(after)
        return outcome

    return answer


def reported_once(stage: Stage, kind: Kind, said: Said, error: AppError) -> None:
    """Check that a refusal was shown once, in the same words as everywhere, privately if possible."""
    texts = [message.content for message in said.messages]
    assert len(texts) == 1, texts
    assert said.stable == refusal_text(error, "r").partition(" · reference")[0]
    assert said.private is kind.private
    assert SECRET not in said.text
    assert stage.env.errors == []
    others = [m.content for m in stage.channel.history() if m.author.bot and m.content not in (*texts, OLD_PAGE)]
    assert others == []


FAILURES: tuple[tuple[BaseException, ErrorCode], ...] = (
    (RuntimeError(SECRET), UNEXPECTED),
    (Unavailable(SECRET), UNAVAILABLE),
    (TimedOut(SECRET), TIMED_OUT),
    (Conflict(SECRET), CONFLICT),
    (CorruptData(SECRET), UNEXPECTED),
    (TimeoutError(SECRET), UNEXPECTED),
    (asyncio.CancelledError(SECRET), UNEXPECTED),
)


@early_and_late
@pytest.mark.parametrize(("error", "code"), FAILURES, ids=lambda value: type(value).__name__)
@each_kind
async def test_an_exception_is_reported_once(kind: Kind, error: BaseException, code: ErrorCode, after: float) -> None:
    """Whatever an answer or its presenter raises, its caller gets one reply, with the same code and words."""
    async with timed() as stage:
        use = await kind.arm(stage, failing(error, after))
        reported_once(stage, kind, await use(after), AppError(code))


@early_and_late
@each_kind
async def test_a_refusal_is_shown_once(kind: Kind, after: float) -> None:
    """A refusal is shown once, in the same words everywhere."""
    async with timed() as stage:
        use = await kind.arm(stage, saying(Failure(REFUSED), after))
        reported_once(stage, kind, await use(after), REFUSED)


@early_and_late
@each_kind
async def test_a_success_is_shown_once(kind: Kind, after: float) -> None:
    """A success is one message, or one changed message."""
    async with timed() as stage:
        use = await kind.arm(stage, saying(IT_WORKED, after))
        said = await use(after)
        assert [message.content for message in said.messages] == ["It worked."]


@each_kind
async def test_a_call_that_hangs_is_cancelled_and_reported(kind: Kind) -> None:
    """A call that never ends is reported to have taken too long while Discord still takes an answer."""
    async with timed() as stage:
        use = await kind.arm(stage, failing(RuntimeError(SECRET), LIMIT * 2))
        reported_once(stage, kind, await use(LIMIT + DEFER_AFTER + 1), AppError(TOO_SLOW))
        assert LIMIT + DEFER_AFTER < 15 * 60


@early_and_late
@each_kind
async def test_a_call_that_is_cut_short_at_the_end_is_reported(kind: Kind, after: float) -> None:
    """A call that still runs when the host goes is cancelled, and its caller is asked to check whether it was done."""
    going: list[asyncio.Task[None]] = []

    async with timed() as stage:
        host = Host.of(stage.bot, "test")

        async def answer(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
            await asyncio.sleep(after)
            going.append(asyncio.create_task(host.cog_unload()))
            await asyncio.sleep(LIMIT)
            raise RuntimeError(SECRET)

        use = await kind.arm(stage, answer)
        reported_once(stage, kind, await use(after + 1), AppError(INTERRUPTED))
        assert [task.done() for task in going] == [True]


@pytest.mark.parametrize("alien", [False, True])
@each_kind
async def test_an_answer_that_was_begun_is_not_contradicted(kind: Kind, alien: bool) -> None:
    """At the end, an answer that Discord has failed to take so far is still delivered; no other one follows it."""
    ending: list[asyncio.Task[None]] = []

    async with timed() as stage:
        host = Host.of(stage.bot, "test")

        async def end(call: "asyncio.Task[Any] | None") -> None:
            await asyncio.sleep(0.2)
            if not alien:
                await host.cog_unload()
            elif call is not None:
                call.cancel()

        async def answer(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
            ending.append(asyncio.create_task(end(asyncio.current_task())))
            return IT_WORKED

        use = await kind.arm(stage, answer)
        for path in (CALLBACK, MESSAGES):
            stage.env.inject_error("POST", path, status=500)
        texts = [message.content for message in (await use(3)).messages]
        assert texts == ([] if alien else ["It worked."])
        assert [task.done() for task in ending] == [True]


@each_kind
async def test_while_stopping_nothing_runs(kind: Kind) -> None:
    """Once the process is draining, every kind of entry says so and its answer is not called."""
    ran: list[str] = []

    async def answer(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
        ran.append("once")
        return IT_WORKED

    async with timed() as stage:
        use = await kind.arm(stage, answer)
        await stage.drain.close(1)
        reported_once(stage, kind, await use(0), AppError(STOPPING))
        assert ran == []


REPEATED = (("POST", CALLBACK), ("PATCH", ORIGINAL), ("POST", MESSAGES))
"""What can be sent again: Discord recognises the second one, or it changes nothing more."""


@pytest.mark.parametrize("works", [True, False])
@early_and_late
@each_kind
async def test_an_answer_that_discord_fails_to_take_is_shown_once(kind: Kind, after: float, works: bool) -> None:
    """When Discord fails for a moment, in any request, the answer is shown once, as it was meant."""
    async with timed() as stage:
        use = await kind.arm(stage, saying(IT_WORKED if works else Failure(REFUSED), after))
        for method, path in REPEATED:
            stage.env.inject_error(method, path, status=500)
        said = await use(after + 10)
        if works:
            assert [message.content for message in said.messages] == ["It worked."]
        else:
            reported_once(stage, kind, said, REFUSED)
        assert stage.env.errors == []


def carrier(kind: Kind, after: float, works: bool) -> tuple[str, str]:
    """Return the request that delivers an answer."""
    if kind.name == "written":
        return "POST", MESSAGES
    if not after:
        return "POST", CALLBACK
    return ("PATCH", ORIGINAL) if works or kind.name == "private user menu" else ("POST", FOLLOWUP)


@pytest.mark.parametrize("works", [True, False])
@early_and_late
@each_kind
async def test_an_answer_that_discord_refuses_is_replaced_by_a_plain_one(kind: Kind, after: float, works: bool) -> None:
    """When Discord refuses an answer as it is, one plain message says whether it worked, with the reference."""
    async with timed() as stage:
        use = await kind.arm(stage, saying(IT_WORKED if works else Failure(REFUSED), after))
        method, path = carrier(kind, after, works)
        stage.env.inject_error(method, path, status=400, code=50035)
        said = await use(after + 10)
        assert len(said.messages) == 1, [message.content for message in said.messages]
        assert ("This worked, but the answer" if works else "This didn't work, and the reason") in said.text
        assert "reference `r" in said.text
        assert works or said.private is kind.private
        assert stage.env.errors == []


@pytest.mark.parametrize("works", [True, False])
@each_kind
async def test_an_answer_that_is_too_late_is_dropped(kind: Kind, works: bool) -> None:
    """When Discord has forgotten the interaction, it is asked once and nothing breaks."""
    async with timed() as stage:
        use = await kind.arm(stage, saying(IT_WORKED if works else Failure(REFUSED)))
        for path in (CALLBACK, MESSAGES):
            stage.env.inject_error("POST", path, status=404, code=10062)
        before = len(stage.env.http_requests)
        said = await use(10)
        assert said.messages == ()
        assert len(stage.env.http_requests) == before + 1
        assert stage.env.errors == []
