"""Refuse callers cheaply who keep making calls that are refused."""

import math
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import Final, Generic, TypeAlias, TypeVar, final

from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.durations import spoken
from twi_core.kernel.errors import AppError, ErrorCode, Kind, define_error
from twi_core.kernel.handling import C, Handler, V
from twi_core.kernel.ids import UserId
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.policy import Policy, Rate, Scope
from twi_core.kernel.reporting import silent
from twi_core.kernel.sources import Clock

REFUSED_TOO_OFTEN: Final = define_error(
    "limits.refused_too_often",
    Kind.THROTTLED,
    message="You were refused {amount} times in {span}, so the bot ignores your commands for now.",
    hint="Try again in {wait}. The earlier answers say why.",
    cause="The caller kept using commands that they aren't allowed to use, or used them too often.",
    example={"amount": 10, "span": "a minute", "wait": "42 seconds"},
)
INVALID_TOO_OFTEN: Final = define_error(
    "limits.invalid_too_often",
    Kind.THROTTLED,
    message="You sent invalid input {amount} times in {span}, so mistakes aren't explained for now.",
    hint="Check the help or the documentation, and try again in {wait}.",
    cause="Someone, or their program, kept sending invalid input.",
    example={"amount": 10, "span": "a minute", "wait": "42 seconds"},
)
BLOCKED: Final = frozenset({REFUSED_TOO_OFTEN, INVALID_TOO_OFTEN})
"""The answers to callers who are blocked for a while."""

REFUSALS: Final = Rate(20, per=60, scope=Scope.USER)
"""How many refused calls of one caller at one entrypoint are processed; later ones are blocked."""
INVALID_REQUESTS: Final = Rate(60, per=60, scope=Scope.USER)
"""How many invalid inputs of one caller at one entrypoint are explained; later ones aren't."""
CALLERS_LIMIT: Final = 10_000
"""How many refused callers are remembered; beyond that, the one refused longest ago is evicted."""

_COUNTED: Final = frozenset({Kind.FORBIDDEN, Kind.THROTTLED})

K = TypeVar("K", bound=Hashable)

_Caller: TypeAlias = tuple[Origin, UserId, bool]
"""Whose refusals are counted together; those during autocompletion, which nobody sees, are counted separately."""


@final
class _Refusals:
    """The refusals of one caller, oldest first, how often they were blocked since, and the error they are shown.

    None stands for the default error.
    """

    __slots__ = ("blocked", "error", "times")

    def __init__(self) -> None:
        self.error: AppError | None = None
        self.times: list[float] = []
        self.blocked = 0


@final
class RefusedCallers(Generic[K]):
    """The recently refused callers, by key, and which of them to block; being blocked doesn't prolong it."""

    def __init__(self, clock: Clock, rate: Rate = REFUSALS, code: ErrorCode = REFUSED_TOO_OFTEN) -> None:
        self._clock = clock
        self._rate = rate
        self._code = code
        self._refused: OrderedDict[K, _Refusals] = OrderedDict()

    @property
    def kept(self) -> int:
        """Return the number of callers who are remembered."""
        return len(self._refused)

    def blocked(self, caller: K) -> AppError | None:
        """Return the error for a blocked caller, or None if the call is to be processed."""
        refusals = self._refused.get(caller)
        if refusals is None or len(refusals.times) < self._rate.amount:
            return None
        wait = refusals.times[0] + self._rate.per - self._clock.monotonic()
        if wait <= 0:
            refusals.blocked, refusals.error = 0, None
            return None
        refusals.blocked += 1
        error = refusals.error or self._too_often()
        now: Mapping[str, str | int] = {
            "retry_after": math.ceil(wait),
            "wait": spoken(wait),
            "blocked": refusals.blocked,
        }
        return AppError(error.definition, {**error.params, **now})

    def _too_often(self) -> AppError:
        rate = self._rate
        return AppError(self._code, {"amount": rate.amount, "per": math.ceil(rate.per), "span": spoken(rate.per)})

    def note(self, caller: K) -> None:
        """Count a refusal; each caller's newest ones are kept, and callers refused long ago are dropped."""
        self._note([self._clock.monotonic()], caller)

    def block(self, caller: K, error: AppError, seconds: float) -> None:
        """Block a caller for some seconds, with the same error each time."""
        self._note([self._clock.monotonic() + seconds - self._rate.per] * self._rate.amount, caller)
        self._refused[caller].error = error

    def _note(self, times: list[float], caller: K) -> None:
        now = self._clock.monotonic()
        refusals = self._refused.pop(caller, None) or _Refusals()
        refusals.times = [*refusals.times, *times][-self._rate.amount :]
        while self._refused and (len(self._refused) >= CALLERS_LIMIT or self._first_refused() + self._rate.per <= now):
            self._refused.popitem(last=False)
        self._refused[caller] = refusals

    def _first_refused(self) -> float:
        return next(iter(self._refused.values())).times[-1]


@final
class BlockCallers:
    """A middleware that refuses blocked callers without storage or limiter; a blocked call doesn't prolong it."""

    def __init__(self, clock: Clock, refusals: Rate = REFUSALS) -> None:
        self._refused: RefusedCallers[_Caller] = RefusedCallers(clock, refusals)

    def wrap(self, _: Policy, inner: Handler[C, V], /) -> Handler[C, V]:
        """Wrap a handler."""

        async def unblocked(command: C, context: CallContext, /) -> Outcome[V, AppError]:
            if context.actor is None:  # the bot's operator, or the bot itself
                return await inner(command, context)
            caller = (context.origin, context.actor, silent.get())
            error = self._refused.blocked(caller)
            if error is not None:
                return Failure(error)
            outcome = await inner(command, context)
            if not isinstance(outcome, Success) and outcome.failure().kind in _COUNTED:
                self._refused.note(caller)
            return outcome

        return unblocked

    @property
    def kept(self) -> int:
        """Return the number of callers who are remembered."""
        return self._refused.kept


@final
class CountedInvalidRequests:
    """A counter that explains invalid input as often as a person mistypes, and after that only refuses."""

    def __init__(self, clock: Clock, invalid_requests: Rate = INVALID_REQUESTS) -> None:
        self._refused: RefusedCallers[_Caller] = RefusedCallers(clock, invalid_requests, INVALID_TOO_OFTEN)

    def counted(self, error: AppError, context: CallContext, /) -> AppError:
        """See `InvalidRequests`."""
        if context.actor is None:
            return error
        caller = (context.origin, context.actor, silent.get())
        blocked = self._refused.blocked(caller)
        if blocked is None:
            self._refused.note(caller)
        return blocked or error


def already_shown(error: AppError) -> bool:
    """Return whether this refusal was already shown to the caller, so that a written command needs no answer."""
    blocked = error.params.get("blocked", 0)
    return error.definition in BLOCKED and isinstance(blocked, int) and blocked > 1
