"""Limit how often calls are made, per operation and overall."""

import math
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final, NamedTuple, Protocol, TypeAlias, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.durations import how_often, spoken
from twi_core.kernel.errors import AppError, Kind, define_error
from twi_core.kernel.handling import C, Handler, V
from twi_core.kernel.limiting import Decision, Limiter, Window
from twi_core.kernel.outcome import Failure, Outcome
from twi_core.kernel.policy import Policy, Rate, Scope

LIMITED: Final = define_error(
    "limits.limited",
    Kind.THROTTLED,
    message="This was used too often. The limit is {often}, for {whose}.",
    hint="Try again in {wait}.",
    cause="The operation was called more often than its limit allows.",
    example={"whose": "each member", "often": "10 times a minute", "wait": "42 seconds"},
)
OVER_BUDGET: Final = define_error(
    "limits.over_budget",
    Kind.THROTTLED,
    message="The bot is being used too fast. Its limit is about {often}, for {whose}.",
    hint="Try again in {wait}.",
    cause="The calls exceed the budget that all operations share, which keeps the bot fast for everyone.",
    example={"whose": "each user", "often": "100 times in 10 seconds", "wait": "42 seconds"},
)

BUDGETS: Final = (
    Rate(100, per=10, scope=Scope.USER),
    Rate(1_000, per=10, scope=Scope.GUILD),
    Rate(4_000, per=10, scope=Scope.EVERYONE),
)
"""The budgets shared by all operations; they protect the host, and nobody reaches them by typing."""

last_decision: Final[ContextVar[Decision | None]] = ContextVar("last_decision", default=None)
"""The decision on this task's latest call; an entrypoint that reports it clears it before a call."""

_Names: TypeAlias = Mapping[Scope, str]


class Limits(Protocol):
    """The limits that apply to a caller, here and now."""

    async def rates(self, policy: Policy, context: CallContext, /) -> tuple[Rate, ...] | None:
        """Return the limits on a call besides the budgets; None if not even those apply."""
        ...


@final
class Throttle:
    """A middleware that refuses calls over a limit or budget, and says when to try again."""

    def __init__(self, limiter: Limiter, limits: Limits, budgets: tuple[Rate, ...] = BUDGETS) -> None:
        self._limiter = limiter
        self._limits = limits
        self._budgets = budgets

    def wrap(self, policy: Policy, inner: Handler[C, V], /) -> Handler[C, V]:
        """Wrap a handler.

        Raises:
            ValueError: one call costs more than a whole budget, so it could never be made.
        """
        if any(policy.cost > budget.amount for budget in self._budgets):
            raise ValueError(f"{policy.name} costs {policy.cost}, which is more than a budget allows")
        plans = _Plans(policy, self._budgets)

        async def throttled(command: C, context: CallContext, /) -> Outcome[V, AppError]:
            rates = await self._limits.rates(policy, context)
            windows = None if rates is None else plans.windows(rates, context)
            if windows:
                decision = await self._limiter.acquire(windows)
                last_decision.set(decision)
                if decision.wait > 0:
                    return Failure(refused(decision))
            return await inner(command, context)

        return throttled

    async def peek(self, policy: Policy, context: CallContext, /) -> Decision | None:
        """Return how a call would stand to its limits, without counting it; None if it isn't limited."""
        rates = await self._limits.rates(policy, context)
        windows = None if rates is None else _Plans(policy, self._budgets).windows(rates, context)
        return await self._limiter.peek(windows) if windows else None


class _Plan(NamedTuple):
    """What the windows of all calls counted by one rate have in common."""

    name: str
    in_guild: bool
    of_user: bool
    rate: Rate
    cost: int


@final
class _Plans:
    """The windows of an operation's calls; those of its own limits are planned once."""

    def __init__(self, policy: Policy, budgets: tuple[Rate, ...]) -> None:
        self._names = _names(policy.name)
        self._limits = policy.limits
        self._shared = [_plan(_SHARED, rate, policy.cost) for rate in budgets]
        self._planned = self._plans(policy.limits)

    def windows(self, rates: tuple[Rate, ...], context: CallContext) -> list[Window]:
        """Return the windows that a call is counted in; outside guilds there are none of a guild."""
        plans = self._planned if rates is self._limits else self._plans(rates)
        guild, user = context.guild or 0, context.actor or 0
        return [
            Window(name, guild if in_guild else 0, user if of_user else 0, rate, cost)
            for name, in_guild, of_user, rate, cost in plans
            if guild or rate.scope is not Scope.GUILD
        ]

    def _plans(self, rates: tuple[Rate, ...]) -> list[_Plan]:
        return [*(_plan(self._names, rate, 1) for rate in rates), *self._shared]


def refused(taken: Decision) -> AppError:
    """Return the error that says how long to wait, and for which limit."""
    window = taken.window
    facts: Mapping[str, str | int] = {
        "whose": window.rate.scope.whose,
        "amount": window.rate.amount,
        "per": math.ceil(window.rate.per),
        "retry_after": math.ceil(taken.wait),
        "often": how_often(window.rate.amount, window.rate.per),
        "wait": spoken(taken.wait),
    }
    return AppError(OVER_BUDGET if window.name == _SHARED[window.rate.scope] else LIMITED, facts)


def _names(operation: str) -> _Names:
    return {scope: f"{operation}/{scope.value}" for scope in Scope}


_SHARED: Final = _names("*")


_IN_GUILDS: Final = frozenset({Scope.MEMBER, Scope.GUILD})
_OF_USERS: Final = frozenset({Scope.MEMBER, Scope.USER})


def _plan(names: _Names, rate: Rate, cost: int) -> _Plan:
    return _Plan(names[rate.scope], rate.scope in _IN_GUILDS, rate.scope in _OF_USERS, rate, cost)
