"""The one retry."""

import asyncio

import pytest

from tests.app import refusal, success
from tests.unit.pipeline.stand_ins import POLICY, REFUSED, Do, Inner, call
from twi_core.kernel.errors import AppError
from twi_core.kernel.faults import Conflict, CorruptData, PortError, TimedOut, Unavailable
from twi_core.kernel.outcome import Failure
from twi_core.pipeline.transact import Transact

RETRIED = (Conflict("x"), Unavailable("x", retry=True), TimedOut("x", retry=True), PortError("x", retry=True))
FINAL = (
    *(Conflict("x", retry=False), Unavailable("x"), TimedOut("x"), CorruptData("x"), PortError("x")),
    *(ValueError("x"), asyncio.CancelledError(), KeyboardInterrupt()),
)


@pytest.mark.asyncio
@pytest.mark.parametrize("raised", RETRIED, ids=lambda error: type(error).__name__)
async def test_once_more_where_nothing_can_be_stored(raised: PortError) -> None:
    """A failure that allows it is answered by running the whole use case once more."""
    inner = Inner(raised)
    assert success(await Transact().wrap(POLICY, inner)(Do(), call())) == "done"
    assert inner.calls == 2


@pytest.mark.asyncio
@pytest.mark.parametrize("raised", FINAL, ids=lambda error: type(error).__name__)
async def test_never_where_something_may_be_stored(raised: BaseException) -> None:
    """Any other failure passes after the first run, so that nothing is ever stored twice."""
    inner = Inner(raised)
    with pytest.raises(type(raised)):
        await Transact().wrap(POLICY, inner)(Do(), call())
    assert inner.calls == 1


@pytest.mark.asyncio
async def test_never_a_third_time() -> None:
    """A second failure of the same kind passes."""
    inner = Inner(Conflict("x"), Conflict("y"))
    with pytest.raises(Conflict, match="y"):
        await Transact().wrap(POLICY, inner)(Do(), call())
    assert inner.calls == 2


@pytest.mark.asyncio
async def test_a_refusal_is_no_failure() -> None:
    """An expected refusal, also one of the second run, is the answer."""
    refused: Failure[AppError] = Failure(AppError(REFUSED))
    inner = Inner(refused)
    assert refusal(await Transact().wrap(POLICY, inner)(Do(), call())).code == "test.refused"
    assert inner.calls == 1
    inner = Inner(Conflict("x"), refused)
    assert refusal(await Transact().wrap(POLICY, inner)(Do(), call())).code == "test.refused"
    assert inner.calls == 2
