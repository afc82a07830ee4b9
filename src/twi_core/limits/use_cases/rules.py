"""List the limit rules."""

from typing import Final, final

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.paging import INVALID_CURSOR, Cursor, Page, page, read_cursor
from twi_core.kernel.policy import Policy, Rate
from twi_core.kernel.unit import Open
from twi_core.limits.domain import LimitRule
from twi_core.limits.permissions import LIMITS_VIEW
from twi_core.limits.ports import LimitsUnit

PAGE_SIZE: Final = 10


class ListLimitRules(Command):
    """List the limits and exemptions set in this server, and who set them."""

    after: Cursor | None = None


@final
class ListLimitRulesUseCase:
    """A listing of the rules of a guild."""

    policy: Final = Policy(name="limits.rules", requires=LIMITS_VIEW, limit=Rate(30, per=60), errors=(INVALID_CURSOR,))

    def __init__(self, open_unit: Open[LimitsUnit]) -> None:
        self._open_unit = open_unit

    async def __call__(self, command: ListLimitRules, context: CallContext, /) -> Outcome[Page[LimitRule], AppError]:
        """Return a page of rules, by pattern."""
        after = read_cursor(command.after)
        if isinstance(after, Failure):
            return after
        start = after.unwrap()
        async with self._open_unit(context) as unit:
            rules = await unit.limit_rules.of_guild(context.in_guild)
        found = sorted(rules, key=lambda rule: (rule.pattern, rule.id))
        following = [rule for rule in found if start is None or (rule.pattern, rule.id) > start]
        return Success(page(following, PAGE_SIZE, lambda rule: (rule.pattern, rule.id)))
