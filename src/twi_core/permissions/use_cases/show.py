"""Show the rules of a guild."""

from dataclasses import dataclass
from typing import Final, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.paging import INVALID_CURSOR, Cursor, Page, page, read_cursor
from twi_core.kernel.permissions import patterns
from twi_core.kernel.policy import Policy, Rate
from twi_core.kernel.unit import Open
from twi_core.permissions.domain import Rule
from twi_core.permissions.errors import NOT_GRANTABLE, UNKNOWN_PERMISSION
from twi_core.permissions.fields import OfSubject, PermissionPattern
from twi_core.permissions.permissions import PERMISSIONS_VIEW
from twi_core.permissions.ports import PermissionsUnit
from twi_core.permissions.rules.planning import pattern_refusal, subject_of
from twi_core.permissions.rules.subjects import SubjectCheck

PAGE_SIZE: Final = 10


@final
@dataclass(frozen=True, slots=True)
class ListedRule:
    """A rule, and whether its role or channel no longer exists."""

    rule: Rule
    gone: bool


class ShowPermissions(OfSubject):
    """Show this server's rules; narrow them down by role, user, channel or permission."""

    permission: PermissionPattern | None = None
    after: Cursor | None = None


@final
class ShowPermissionsUseCase:
    """A listing of rules by permission, including recently expired ones."""

    policy: Final = Policy(
        name="permissions.show",
        requires=PERMISSIONS_VIEW,
        limit=Rate(30, per=60),
        errors=(INVALID_CURSOR, NOT_GRANTABLE, UNKNOWN_PERMISSION),
    )

    def __init__(self, open_unit: Open[PermissionsUnit], presence: SubjectCheck) -> None:
        self._open_unit = open_unit
        self._presence = presence

    async def __call__(self, command: ShowPermissions, context: CallContext, /) -> Outcome[Page[ListedRule], AppError]:
        """Return a page of rules; a name that no rule can have is refused, unless an older version left one there."""
        after = read_cursor(command.after)
        if isinstance(after, Failure):
            return after
        wanted = command.permission
        subject, start = subject_of(command), after.unwrap()
        async with self._open_unit(context) as unit:
            rules = await unit.permission_rules.of_guild(context.in_guild)
        left = any(rule.pattern == wanted for rule in rules)
        refusal = None if wanted is None or left else pattern_refusal(wanted)
        if refusal is not None:
            return Failure(refusal)
        found = sorted(
            (
                rule
                for rule in rules
                if (subject is None or rule.subject == subject) and (wanted is None or rule.pattern in patterns(wanted))
            ),
            key=lambda rule: (rule.pattern, rule.id),
        )
        following = [rule for rule in found if start is None or (rule.pattern, rule.id) > start]
        shown = page(following, PAGE_SIZE, lambda rule: (rule.pattern, rule.id))
        listed = [ListedRule(rule, await self._presence.gone(rule)) for rule in shown.items]
        return Success(Page(listed, shown.next))
