"""Check someone else's permission."""

from typing import Final, Literal, final

from pydantic import Field

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.directory import UNKNOWN_MEMBER
from twi_core.kernel.errors import AppError
from twi_core.kernel.ids import ChannelId, RoleId, UserId
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Policy, Rate
from twi_core.permissions.errors import UNKNOWN_PERMISSION
from twi_core.permissions.fields import OperationName
from twi_core.permissions.permissions import PERMISSIONS_VIEW
from twi_core.permissions.rules.authority import RuleAuthority
from twi_core.permissions.rules.explaining import Explainer, Explanation
from twi_core.permissions.rules.member_contexts import MemberContexts, Other, supposed


class CheckPermission(Command):
    """Show whether someone else can do something, why, and what would change that."""

    user: UserId = Field(description="The user to check.", examples=["175928847299117065"])
    operation: OperationName
    channel: ChannelId | None = Field(None, description="The channel to check.", examples=["175928847299117066"])
    level: Literal["everyone", "moderator", "administrator"] | None = Field(
        None, description="Their level, if Discord can't be asked.", examples=["moderator"]
    )
    roles: tuple[RoleId, ...] = Field(
        (), max_length=250, description="Their roles, if Discord can't be asked.", examples=[["175928847299117064"]]
    )


@final
class CheckPermissionUseCase:
    """An explanation of someone's case from what Discord reports about them, or from stated assumptions."""

    policy: Final = Policy(
        name="permissions.check",
        requires=PERMISSIONS_VIEW,
        limit=Rate(30, per=60),
        errors=(UNKNOWN_MEMBER, UNKNOWN_PERMISSION),
    )

    def __init__(self, authority: RuleAuthority, explainer: Explainer, others: MemberContexts) -> None:
        self._authority = authority
        self._explainer = explainer
        self._others = others

    async def __call__(self, command: CheckPermission, context: CallContext, /) -> Outcome[Explanation, AppError]:
        """Return the decision and its ground, with the reasons that staff recorded."""
        other = await self._other(command, context)
        if isinstance(other, Failure):
            return other
        call, unknown = other.unwrap().call, other.unwrap().supposed
        caller = await self._authority.caller(call)
        return await self._explainer.explain(command.operation, caller, call, for_staff=True, supposed=unknown)

    async def _other(self, command: CheckPermission, context: CallContext) -> Outcome[Other, AppError]:
        """Return the call in question: assumed, or as Discord reports it."""
        if command.level is None and not command.roles:
            return await self._others.call(command.user, command.channel, context)
        level = Level.EVERYONE if command.level is None else Level[command.level.upper()]
        call = supposed(context, command.user, level, command.roles)
        return Success(Other(await self._others.placed(call, command.channel), supposed=True))
