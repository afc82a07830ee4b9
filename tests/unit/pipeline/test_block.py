"""Callers who keep calling what they are refused."""

import pytest

from tests.app import START, refusal, success
from tests.unit.pipeline.stand_ins import POLICY, Do, Inner, call
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import AppError, ErrorCode, Kind
from twi_core.kernel.handling import Handler
from twi_core.kernel.outcome import Failure
from twi_core.kernel.reporting import silent
from twi_core.pipeline.block import (
    CALLERS_LIMIT,
    INVALID_TOO_OFTEN,
    REFUSALS,
    BlockCallers,
    RefusedCallers,
    already_shown,
)
from twi_memory.ports.sources import ManualClock

COUNTED = (Kind.FORBIDDEN, Kind.THROTTLED)


def error(kind: Kind) -> AppError:
    return AppError(ErrorCode(f"test.{kind.value}", kind, "No.", "Stop.", "Never."))


def refusing(kind: Kind = Kind.FORBIDDEN) -> Inner:
    return Inner(*[Failure(error(kind))] * 1_000)


async def spend(handler: Handler[Do, str], context: CallContext, times: int = REFUSALS.amount) -> None:
    for _ in range(times):
        assert refusal(await handler(Do(), context)).code != "limits.refused_too_often"


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", COUNTED)
async def test_a_caller_refused_too_often_is_not_checked(kind: Kind) -> None:
    """After so many refusals every call is refused unchecked, an allowed one too, with the time to wait."""
    clock, inner = ManualClock(START), refusing(kind)
    gate = BlockCallers(clock)
    refused, allowed = gate.wrap(POLICY, inner), gate.wrap(POLICY, Inner())
    await spend(refused, call())
    for handler in (refused, allowed):
        error = refusal(await handler(Do(), call()))
        assert (error.code, error.kind) == ("limits.refused_too_often", Kind.THROTTLED)
        assert (error.params["amount"], error.params["per"], error.params["retry_after"]) == (20, 60, 60)
    assert inner.calls == REFUSALS.amount


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in COUNTED])
async def test_other_refusals_do_not_count(kind: Kind) -> None:
    """A caller who mistypes, misses or meets an outage any number of times is answered as ever."""
    inner = refusing(kind)
    refused = BlockCallers(ManualClock(START)).wrap(POLICY, inner)
    await spend(refused, call(), 200)
    assert inner.calls == 200


@pytest.mark.asyncio
async def test_blocked_calls_do_not_prolong_the_block() -> None:
    """However often a caller tries in the meantime, the block ends when the first refusals are a minute old."""
    clock, inner = ManualClock(START), refusing()
    refused = BlockCallers(clock).wrap(POLICY, inner)
    for _ in range(REFUSALS.amount):
        await refused(Do(), call())
        clock.advance(1)
    for _ in range(40):
        assert refusal(await refused(Do(), call())).code == "limits.refused_too_often"
        clock.advance(1)
    for _ in range(REFUSALS.amount):
        assert refusal(await refused(Do(), call())).code == "test.forbidden"
        assert refusal(await refused(Do(), call())).code == "limits.refused_too_often"
        clock.advance(1)
    assert inner.calls == 2 * REFUSALS.amount


@pytest.mark.asyncio
async def test_refusals_that_are_checked_are_bounded() -> None:
    """Three hundred calls a second for five minutes cost the bot no more than twenty refusals a minute."""
    clock, inner = ManualClock(START), Inner(*[Failure(error(Kind.FORBIDDEN))] * 90_000)
    refused = BlockCallers(clock).wrap(POLICY, inner)
    for _ in range(90_000):
        await refused(Do(), call())
        clock.advance(1 / 300)
    assert REFUSALS.amount * 4 <= inner.calls <= REFUSALS.amount * 5 + 1


@pytest.mark.asyncio
async def test_callers_and_entrypoints_are_counted_separately() -> None:
    """Other members, the same user through another entrypoint, and the operator are checked as ever."""
    gate = BlockCallers(ManualClock(START))
    refused, allowed = gate.wrap(POLICY, refusing()), gate.wrap(POLICY, Inner())
    await spend(refused, call(1, origin=Origin.HTTP))
    assert refusal(await allowed(Do(), call(1, origin=Origin.HTTP))).code == "limits.refused_too_often"
    success(await allowed(Do(), call(2, origin=Origin.HTTP)))
    success(await allowed(Do(), call(1, origin=Origin.DISCORD)))
    await spend(refused, call(None), 100)
    success(await allowed(Do(), call(None)))


@pytest.mark.asyncio
async def test_typing_takes_nothing_from_commands() -> None:
    """Invisible refusals, as while people type, count towards more of their kind and towards nothing else."""
    gate = BlockCallers(ManualClock(START))
    refused, allowed = gate.wrap(POLICY, refusing()), gate.wrap(POLICY, Inner())
    token = silent.set(True)
    await spend(refused, call())
    assert refusal(await allowed(Do(), call())).code == "limits.refused_too_often"
    silent.reset(token)
    success(await allowed(Do(), call()))


@pytest.mark.asyncio
async def test_what_needs_no_second_answer() -> None:
    """The first blocked call is answered, the ones after it need no answer; a later block starts over."""
    clock = ManualClock(START)
    refused = BlockCallers(clock).wrap(POLICY, refusing())
    for _ in range(2):
        for _ in range(REFUSALS.amount):
            assert not already_shown(refusal(await refused(Do(), call())))
        silent = [already_shown(refusal(await refused(Do(), call()))) for _ in range(5)]
        assert silent == [False, True, True, True, True]
        clock.advance(61)


@pytest.mark.asyncio
async def test_few_callers_are_remembered() -> None:
    """Endless refused callers are remembered up to a limit, and none whose refusals are a minute old."""
    clock = ManualClock(START)
    gate = BlockCallers(clock)
    refused = gate.wrap(POLICY, Inner(*[Failure(error(Kind.FORBIDDEN))] * 30_100))
    for caller in range(1, 30_001):
        await refused(Do(), call(caller))
    assert gate.kept == CALLERS_LIMIT
    clock.advance(60)
    await refused(Do(), call(1))
    assert gate.kept == 1


def test_a_caller_blocked_elsewhere_is_blocked_here() -> None:
    """They are blocked here just as long with the same answer, and then need as many refusals as anybody."""
    clock = ManualClock(START)
    refused: RefusedCallers[str] = RefusedCallers(clock)
    refused.block("one", AppError(INVALID_TOO_OFTEN, {"amount": 60, "retry_after": 30}), 30)
    clock.advance(29)
    error = refused.blocked("one")
    assert error is not None
    assert (error.definition, error.params["amount"], error.params["retry_after"]) == (INVALID_TOO_OFTEN, 60, 1)
    assert refused.blocked("other") is None
    clock.advance(1)
    for _ in range(REFUSALS.amount):
        assert refused.blocked("one") is None
        refused.note("one")
    error = refused.blocked("one")
    assert error is not None
    assert (error.code, error.params["amount"]) == ("limits.refused_too_often", REFUSALS.amount)
