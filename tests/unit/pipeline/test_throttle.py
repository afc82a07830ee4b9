"""How often one caller may call."""

from typing import final

import pytest

from tests.app import GUILD, OTHER_GUILD, START, refusal, success
from tests.unit.pipeline.stand_ins import OWN, POLICY, REFUSED, Do, Inner, call
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError, Kind
from twi_core.kernel.limiting import Decision
from twi_core.kernel.outcome import Failure
from twi_core.kernel.policy import Policy, Rate, Scope
from twi_core.pipeline.throttle import BUDGETS, Throttle, last_decision
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.ports.sources import ManualClock

LIMITED = Policy(name="test.do", requires=OWN, limit=Rate(2, per=10))
SCOPED = {scope: Policy(name=f"test.{scope.value}", requires=OWN, limit=Rate(1, 10, scope)) for scope in Scope}
ROOMY = tuple(Rate(10_000, per=10, scope=budget.scope) for budget in BUDGETS)


@final
class AsDeclared:
    """Limits as policies declare them; `nothing` limits nobody."""

    def __init__(self, *, nothing: bool = False) -> None:
        self._nothing = nothing

    async def rates(self, policy: Policy, context: CallContext, /) -> tuple[Rate, ...] | None:
        return None if self._nothing else policy.limits


def throttle(clock: ManualClock | None = None, *, budgets: tuple[Rate, ...] = ROOMY, free: bool = False) -> Throttle:
    return Throttle(MemoryLimiter(clock or ManualClock(START)), AsDeclared(nothing=free), budgets)


@pytest.mark.asyncio
async def test_a_refusal_says_when_to_try_again() -> None:
    """The third call within the window is refused unrun, and allowed after exactly the reported seconds."""
    clock, inner = ManualClock(START), Inner()
    throttled = throttle(clock).wrap(LIMITED, inner)
    success(await throttled(Do(), call()))
    clock.advance(3.5)
    success(await throttled(Do(), call()))
    error = refusal(await throttled(Do(), call()))
    assert (error.code, error.kind, inner.calls) == ("limits.limited", Kind.THROTTLED, 2)
    assert error.params == {
        "whose": "each member",
        "amount": 2,
        "per": 10,
        "retry_after": 7,
        "often": "2 times in 10 seconds",
        "wait": "7 seconds",
    }
    clock.advance(6)
    refusal(await throttled(Do(), call()))
    clock.advance(1)
    success(await throttled(Do(), call()))


@pytest.mark.asyncio
async def test_callers_guilds_and_operations_are_counted_apart() -> None:
    """A caller at the limit hinders neither another one, nor themselves elsewhere or in another operation."""
    limits = throttle()
    throttled = limits.wrap(LIMITED, Inner())
    other = limits.wrap(Policy(name="test.other", requires=OWN, limit=Rate(2, per=10)), Inner())
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
@pytest.mark.parametrize(
    ("scope", "hindered"),
    [
        (Scope.MEMBER, {(1, GUILD)}),
        (Scope.USER, {(1, GUILD), (1, OTHER_GUILD), (1, None)}),
        (Scope.GUILD, {(1, GUILD), (2, GUILD)}),
        (Scope.EVERYONE, {(1, GUILD), (1, OTHER_GUILD), (1, None), (2, GUILD), (2, OTHER_GUILD), (2, None)}),
    ],
)
async def test_whose_calls_are_counted_together(scope: Scope, hindered: set[tuple[int, int | None]]) -> None:
    """A limit of each scope hinders exactly those whose calls it counts together, and the refusal says who they are."""
    for user in (1, 2):
        for guild in (GUILD, OTHER_GUILD, None):
            throttled = throttle().wrap(SCOPED[scope], Inner())
            success(await throttled(Do(), call(1, GUILD)))
            outcome = await throttled(Do(), call(user, guild))
            assert isinstance(outcome, Failure) == ((user, guild) in hindered), (user, guild)
            if isinstance(outcome, Failure):
                assert refusal(outcome).params["whose"] == scope.whose


@pytest.mark.asyncio
async def test_several_limits_hold_together() -> None:
    """A call that one limit refuses counts in none of the others."""
    clock = ManualClock(START)
    policy = Policy(name="test.do", requires=OWN, limit=Rate(1, per=1), more_limits=(Rate(3, per=60),))
    throttled = throttle(clock).wrap(policy, Inner())
    for _ in range(3):
        success(await throttled(Do(), call()))
        assert refusal(await throttled(Do(), call())).params["per"] == (60 if _ == 2 else 1)
        clock.advance(1)
    assert refusal(await throttled(Do(), call())).params["retry_after"] == 57


def test_a_cost_that_no_budget_holds_is_refused_when_assembled() -> None:
    """An operation that could never be called is a mistake of the one who sets the budgets."""
    dear = Policy(name="test.do", requires=OWN, cost=6)
    budgets = (Rate(5, per=10, scope=Scope.USER), Rate(100, per=10, scope=Scope.EVERYONE))
    with pytest.raises(ValueError, match=r"test\.do costs 6"):
        throttle(budgets=budgets).wrap(dear, Inner())


@pytest.mark.asyncio
async def test_a_use_case_that_refuses_has_been_called() -> None:
    """Expected refusals count too, so that nobody probes without a limit."""
    throttled = throttle().wrap(LIMITED, Inner(*[Failure(AppError(REFUSED))] * 5))
    codes = [refusal(await throttled(Do(), call())).code for _ in range(3)]
    assert codes == ["test.refused", "test.refused", "limits.limited"]


@pytest.mark.asyncio
async def test_a_wait_is_never_reported_as_nothing() -> None:
    """However short the wait, at least one second is reported; fractions are rounded up."""
    clock = ManualClock(START)
    throttled = throttle(clock).wrap(Policy(name="t.t", requires=OWN, limit=Rate(1, per=0.5)), Inner())
    success(await throttled(Do(), call()))
    clock.advance(0.4999)
    params = refusal(await throttled(Do(), call())).params
    assert (params["per"], params["retry_after"]) == (1, 1)


@pytest.mark.asyncio
async def test_all_operations_share_a_budget() -> None:
    """A call without any other limit is bounded with everything else, by its cost, and the refusal says so."""
    clock = ManualClock(START)
    limits = throttle(clock, budgets=(Rate(10, per=10, scope=Scope.USER),))
    cheap = limits.wrap(POLICY, Inner())
    dear = limits.wrap(Policy(name="test.dear", requires=OWN, cost=4), Inner())
    success(await dear(Do(), call()))
    success(await dear(Do(), call(guild=OTHER_GUILD)))
    clock.advance(4)
    success(await cheap(Do(), call()))
    error = refusal(await dear(Do(), call()))
    assert (error.code, error.kind) == ("limits.over_budget", Kind.THROTTLED)
    assert error.params == {
        "whose": "each user",
        "amount": 10,
        "per": 10,
        "retry_after": 6,
        "often": "10 times in 10 seconds",
        "wait": "6 seconds",
    }
    success(await cheap(Do(), call()))
    refusal(await cheap(Do(), call()))
    success(await cheap(Do(), call(2)))


@pytest.mark.asyncio
async def test_a_flooding_member_takes_nothing_from_the_others() -> None:
    """A caller who calls without a pause is bound by their own limits, and never uses up the server's or the bot's."""
    clock = ManualClock(START)
    limits = throttle(clock, budgets=BUDGETS)
    abused = limits.wrap(POLICY, Inner())
    others = limits.wrap(LIMITED, Inner())
    for tick in range(30_000):  # 300 calls a second for 100 seconds
        clock.advance(1 / 300)
        await abused(Do(), call(666))
        if tick % 100 == 0:
            success(await others(Do(), call(tick + 1_000)))
    assert refusal(await abused(Do(), call(666))).params["whose"] == "each user"


@pytest.mark.asyncio
async def test_nobody_who_types_meets_the_budgets() -> None:
    """Nineteen members of a server who each call five times a second endlessly are never refused."""
    clock, inner = ManualClock(START), Inner()
    throttled = throttle(clock, budgets=BUDGETS).wrap(POLICY, inner)
    for _ in range(500):
        clock.advance(0.2)
        for member in range(19):
            success(await throttled(Do(), call(member + 1)))
    assert inner.calls == 9_500


@pytest.mark.asyncio
async def test_who_is_not_limited_is_not_counted() -> None:
    """An operator is bound by nothing, not even by the budgets, and takes nothing from them."""
    limits = throttle(budgets=(Rate(1, per=10, scope=Scope.EVERYONE),), free=True)
    throttled = limits.wrap(LIMITED, Inner())
    for _ in range(9):
        success(await throttled(Do(), call()))
    assert await limits.peek(LIMITED, call()) is None
    assert last_decision.get() is None


@pytest.mark.asyncio
async def test_what_remains_can_be_read() -> None:
    """After a call its entrypoint can read what remains; a look returns the same without counting."""
    limits = throttle()
    throttled = limits.wrap(LIMITED, Inner())
    success(await throttled(Do(), call()))
    taken = last_decision.get()
    assert taken is not None
    assert (taken.remaining, taken.wait, taken.window.rate) == (1, 0.0, LIMITED.limit)
    for _ in range(3):
        seen = await limits.peek(LIMITED, call())
        assert isinstance(seen, Decision)
        assert (seen.remaining, seen.wait) == (1, 0.0)
    success(await throttled(Do(), call()))
    refusal(await throttled(Do(), call()))
    taken = last_decision.get()
    assert taken is not None
    assert (taken.remaining, taken.wait) == (0, 10.0)
