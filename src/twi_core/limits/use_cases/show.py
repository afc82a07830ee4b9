"""Show the limits that apply to the caller."""

import math
from dataclasses import dataclass
from typing import Final, final

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.paging import INVALID_CURSOR, Cursor, Page, page, read_cursor
from twi_core.kernel.permissions import EVERYTHING, patterns
from twi_core.kernel.policy import Policies, Policy, Rate
from twi_core.limits.domain import LimitRule
from twi_core.limits.errors import UNKNOWN_OPERATION
from twi_core.limits.fields import OperationPattern
from twi_core.limits.permissions import LIMITS_SHOW
from twi_core.limits.rules.enforcement import RuleLimits
from twi_core.limits.rules.planning import LimitPlanner
from twi_core.limits.rules.resolution import Ground
from twi_core.pipeline.throttle import Throttle

PAGE_SIZE: Final = 15


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLimits:
    """The limits of an operation as they apply to the caller, the reason, and the rules behind them.

    `remaining` is how often the caller may do it right now, None if nothing limits them; `retry_after` is the number of
    seconds until they may do it again, 0 if they may now.
    """

    operation: str
    limits: tuple[Rate, ...]
    ground: Ground
    rules: tuple[LimitRule, ...]
    remaining: int | None
    retry_after: int


class ShowLimits(Command):
    """Show how often you can use commands here, and how many uses you have left."""

    operation: OperationPattern = EVERYTHING
    after: Cursor | None = None


@final
class ShowLimitsUseCase:
    """A look at the limits of operations as the pipeline will apply them, without counting."""

    policy: Final = Policy(
        name="limits.show",
        requires=LIMITS_SHOW,
        limit=Rate(20, per=60),
        anywhere=True,
        errors=(INVALID_CURSOR, UNKNOWN_OPERATION),
    )

    def __init__(self, limits: RuleLimits, throttle: Throttle, planner: LimitPlanner, policies: Policies) -> None:
        self._limits = limits
        self._throttle = throttle
        self._planner = planner
        self._policies = policies

    async def __call__(self, command: ShowLimits, context: CallContext, /) -> Outcome[Page[HeldLimits], AppError]:
        """Return a page of operations, by name."""
        after = read_cursor(command.after)
        if isinstance(after, Failure):
            return after
        unknown = self._planner.unknown(command.operation)
        if unknown is not None:
            return Failure(unknown)
        start = after.unwrap()
        names = [name for name in self._policies.names() if command.operation in patterns(name)]
        following = [name for name in names if start is None or name > start[0]]
        found = page(following, PAGE_SIZE, lambda name: (name, 0))
        return Success(Page([await self._held(name, context) for name in found.items], found.next))

    async def _held(self, name: str, context: CallContext) -> HeldLimits:
        policy = self._policies.of(name)
        held = await self._limits.held(policy, context)
        taken = await self._throttle.peek(policy, context)
        return HeldLimits(
            operation=name,
            limits=held.rates,
            ground=held.ground,
            rules=held.rules,
            remaining=None if taken is None else taken.remaining,
            retry_after=0 if taken is None else math.ceil(taken.wait),
        )
