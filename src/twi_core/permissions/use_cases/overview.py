"""Show everything that someone may do."""

from dataclasses import dataclass
from typing import Final, final

from pydantic import Field

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.directory import UNKNOWN_MEMBER
from twi_core.kernel.errors import AppError
from twi_core.kernel.ids import UserId
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.permissions import Level, declared_permissions
from twi_core.kernel.policy import Policy, Rate
from twi_core.permissions.domain import Rule
from twi_core.permissions.permissions import PERMISSIONS_VIEW
from twi_core.permissions.rules.authority import RuleAuthority
from twi_core.permissions.rules.member_contexts import MemberContexts
from twi_core.permissions.rules.resolution import Ground, decide


class OverviewPermissions(Command):
    """Show everything that a member can and can't do here."""

    user: UserId = Field(description="The member to look at.", examples=["175928847299117065"])


@final
@dataclass(frozen=True, slots=True)
class Decided:
    """Whether someone has a permission, on what ground, and by which rule if there is one."""

    permission: str
    allowed: bool
    ground: Ground
    rule: Rule | None


@final
@dataclass(frozen=True, slots=True)
class Overview:
    """Someone's level, and each permission; `supposed` if Discord couldn't be asked about them."""

    user: UserId
    level: Level
    permissions: tuple[Decided, ...]
    supposed: bool = False


@final
class OverviewPermissionsUseCase:
    """A decision on every permission for a member, regardless of channels."""

    policy: Final = Policy(
        name="permissions.overview", requires=PERMISSIONS_VIEW, limit=Rate(30, per=60), errors=(UNKNOWN_MEMBER,)
    )

    def __init__(self, authority: RuleAuthority, others: MemberContexts) -> None:
        self._authority = authority
        self._others = others

    async def __call__(self, command: OverviewPermissions, context: CallContext, /) -> Outcome[Overview, AppError]:
        """Return each permission with its ground."""
        other = await self._others.call(command.user, None, context)
        if isinstance(other, Failure):
            return other
        caller = await self._authority.caller(other.unwrap().call)
        rules = await self._authority.rules(context.in_guild)
        decided: list[Decided] = []
        for permission in declared_permissions().values():
            verdict = decide(permission, caller, context.guild, rules, context.received_at)
            decided.append(Decided(permission.name, verdict.allowed, verdict.ground, verdict.rule))
        return Success(Overview(command.user, caller.level, tuple(decided), other.unwrap().supposed))
