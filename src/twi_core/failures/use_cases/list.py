"""List recorded bugs."""

from typing import Final, final

from pydantic import Field

from twi_core.failures.domain import Bug, place_at, position
from twi_core.failures.permissions import FAILURES_MANAGE
from twi_core.failures.ports import FailuresUnit
from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.paging import INVALID_CURSOR, Cursor, Page, page, read_cursor
from twi_core.kernel.policy import Policy, Rate
from twi_core.kernel.unit import Open

PAGE_SIZE: Final = 10


class ListBugs(Command):
    """List the bot's bugs, most recently seen first."""

    resolved: bool = Field(False, description="Whether to include resolved bugs.", examples=[True])
    after: Cursor | None = None


@final
class ListBugsUseCase:
    """A listing of bugs in pages; one that is seen again meanwhile moves to the first page."""

    policy: Final = Policy(
        name="failures.list", requires=FAILURES_MANAGE, limit=Rate(60, per=60), guild=False, errors=(INVALID_CURSOR,)
    )

    def __init__(self, open_unit: Open[FailuresUnit]) -> None:
        self._open_unit = open_unit

    async def __call__(self, command: ListBugs, context: CallContext, /) -> Outcome[Page[Bug], AppError]:
        """Return a page of bugs."""
        after = read_cursor(command.after)
        if isinstance(after, Failure):
            return after
        start = after.unwrap()
        place = None if start is None else place_at(start)
        if start is not None and place is None:
            return Failure(AppError(INVALID_CURSOR))
        async with self._open_unit(context) as unit:
            found = await unit.bugs.list(resolved=command.resolved, after=place, limit=PAGE_SIZE + 1)
        return Success(page(found, PAGE_SIZE, position))
