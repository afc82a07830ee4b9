"""Bound how often one caller may call."""

import math
from typing import Final, Protocol, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError, Kind, define_error
from twi_core.kernel.handling import C, Handler, V
from twi_core.kernel.outcome import Failure, Outcome
from twi_core.kernel.policy import Policy, Rate

LIMITED: Final = define_error(
    "throttling.limited",
    Kind.THROTTLED,
    message="That was too often: {amount} times in {per} seconds are allowed.",
    hint="Try again in {retry_after} seconds.",
    cause="The caller passed the limit of this command.",
)

Bucket = tuple[str, int, int]
"""Whose calls are counted together: operation, guild (0: none), caller (0: the operator)."""


class Limiter(Protocol):
    """Count calls in sliding windows."""

    async def take(self, bucket: Bucket, rate: Rate, /) -> float:
        """Count one call and give 0.0, or count nothing and give the seconds until one is allowed again."""
        ...


@final
class Throttle:
    """Refuse a call that passes its policy's limit, and say when to try again."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter

    def wrap(self, policy: Policy, inner: Handler[C, V], /) -> Handler[C, V]:
        """Wrap a handler whose policy has a limit."""
        rate = policy.limit
        if rate is None:
            return inner

        async def throttled(command: C, context: CallContext, /) -> Outcome[V, AppError]:
            wait = await self._limiter.take((policy.name, context.guild or 0, context.actor or 0), rate)
            if wait > 0:
                told = {"amount": rate.amount, "per": math.ceil(rate.per), "retry_after": math.ceil(wait)}
                return Failure(AppError(LIMITED, told))
            return await inner(command, context)

        return throttled
