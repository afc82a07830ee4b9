"""How often one caller may call."""

import pytest

from tests.app import GUILD, OTHER_GUILD, START, refusal, success
from tests.unit.pipeline.stand_ins import OWN, POLICY, REFUSED, Do, Inner, call
from twi_core.kernel.errors import AppError, Kind
from twi_core.kernel.outcome import Failure
from twi_core.kernel.policy import Policy, Rate
from twi_core.pipeline.throttle import Throttle
from twi_memory.limiter import MemoryLimiter
from twi_memory.sources import ManualClock

LIMITED = Policy(name="test.do", requires=OWN, limit=Rate(2, per=10))


def test_a_policy_without_a_limit_is_left_alone() -> None:
    """What asks for no limit is not even wrapped."""
    inner = Inner()
    assert Throttle(MemoryLimiter(ManualClock(START))).wrap(POLICY, inner) is inner


@pytest.mark.asyncio
async def test_a_refusal_tells_when_to_try_again() -> None:
    """The third call within the window is refused unrun, and allowed after exactly the seconds that it was told."""
    clock, inner = ManualClock(START), Inner()
    throttled = Throttle(MemoryLimiter(clock)).wrap(LIMITED, inner)
    success(await throttled(Do(), call()))
    clock.advance(3.5)
    success(await throttled(Do(), call()))
    error = refusal(await throttled(Do(), call()))
    assert (error.code, error.kind, inner.calls) == ("throttling.limited", Kind.THROTTLED, 2)
    assert error.params == {"amount": 2, "per": 10, "retry_after": 7}
    clock.advance(6)
    refusal(await throttled(Do(), call()))
    clock.advance(1)
    success(await throttled(Do(), call()))


@pytest.mark.asyncio
async def test_callers_guilds_and_operations_are_counted_apart() -> None:
    """One caller at the limit hinders neither another one, nor themselves elsewhere or at something else."""
    throttle = Throttle(MemoryLimiter(ManualClock(START)))
    throttled = throttle.wrap(LIMITED, Inner())
    other = throttle.wrap(Policy(name="test.other", requires=OWN, limit=Rate(2, per=10)), Inner())
    for _ in range(2):
        success(await throttled(Do(), call(1)))
    refusal(await throttled(Do(), call(1)))
    success(await throttled(Do(), call(2)))
    success(await throttled(Do(), call(1, OTHER_GUILD)))
    success(await throttled(Do(), call(1, None)))
    success(await throttled(Do(), call(None)))
    success(await other(Do(), call(1)))
    assert GUILD != OTHER_GUILD


@pytest.mark.asyncio
async def test_a_use_case_that_refuses_has_been_called() -> None:
    """Expected refusals count too, so that nobody probes without a limit."""
    throttled = Throttle(MemoryLimiter(ManualClock(START))).wrap(LIMITED, Inner(*[Failure(AppError(REFUSED))] * 5))
    codes = [refusal(await throttled(Do(), call())).code for _ in range(3)]
    assert codes == ["test.refused", "test.refused", "throttling.limited"]


@pytest.mark.asyncio
async def test_a_wait_is_never_told_as_nothing() -> None:
    """However short the wait, at least one second is told; fractions are rounded up."""
    clock = ManualClock(START)
    throttled = Throttle(MemoryLimiter(clock)).wrap(Policy(name="t.t", requires=OWN, limit=Rate(1, per=0.5)), Inner())
    success(await throttled(Do(), call()))
    clock.advance(0.4999)
    assert refusal(await throttled(Do(), call())).params == {"amount": 1, "per": 1, "retry_after": 1}
