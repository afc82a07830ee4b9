"""Decide who may call: levels from verified facts, and ownership."""

from collections.abc import Set as AbstractSet
from typing import Final, final

from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import AppError, Kind, define_error
from twi_core.kernel.handling import C, Handler, V
from twi_core.kernel.ids import UserId
from twi_core.kernel.outcome import Failure, Outcome
from twi_core.kernel.permissions import Level, NativePermissions, Permission
from twi_core.kernel.policy import Policy

DENIED: Final = define_error(
    "permissions.denied",
    Kind.FORBIDDEN,
    message="You may not {action}.",
    hint="This takes the permission {permission}, which {holders} have. Ask one of them.",
    cause="The caller does not hold the permission, or does not own the thing.",
)
NO_GUILD: Final = define_error(
    "guild.required",
    Kind.INVALID,
    message="This works only within a server that the bot has joined.",
    hint="Use it in a channel of such a server, or name the server where the door allows it.",
    cause="The call came from a direct message, from a server where the bot is not a member, or without a guild.",
)


CLOSED_HERE: Final = define_error(
    "permissions.closed_here",
    Kind.FORBIDDEN,
    message="This cannot be done here: {reason}.",
    hint="Use the command line on the machine that runs the bot, or ask whoever runs it.",
    cause="The operation is not offered through this door, for the reason that its policy gives.",
)


@final
class Authority:
    """Know what a caller may do; it is the middleware and the `Ownership` port in one.

    `operators` are the users who run the bot.
    """

    def __init__(self, operators: AbstractSet[UserId] = frozenset()) -> None:
        self._operators = frozenset(operators)

    def level(self, context: CallContext, /) -> Level:
        """Give the highest level that the facts of a call support; an API token's level is also a ceiling."""
        if context.origin is Origin.HTTP:
            return context.vouched
        if context.actor in self._operators:
            return Level.OPERATOR
        if context.guild is None:
            return context.vouched
        if NativePermissions.ADMINISTRATOR in context.native:
            return max(context.vouched, Level.ADMINISTRATOR)
        if NativePermissions.BAN_MEMBERS in context.native:
            return max(context.vouched, Level.MODERATOR)
        return context.vouched

    def holds(self, permission: Permission, context: CallContext, /) -> bool:
        """Say whether the caller has a permission."""
        return self.level(context) >= permission.default

    async def refusal(self, policy: Policy, owner: UserId | None, context: CallContext, /) -> AppError | None:
        """Decide once the owner is known; see `Ownership`."""
        if self.holds(policy.requires, context):
            return None
        owns = owner is not None and owner == context.actor
        if owns and policy.own is not None and self.holds(policy.own, context):
            return None
        return _denied(policy.requires)

    def wrap(self, policy: Policy, inner: Handler[C, V], /) -> Handler[C, V]:
        """Refuse who cannot be allowed whatever they own, a closed door, and a call without the guild it takes."""

        async def authorised(command: C, context: CallContext, /) -> Outcome[V, AppError]:
            if context.origin in policy.closed_to:
                return Failure(AppError(CLOSED_HERE, {"reason": policy.closed_to[context.origin]}))
            if policy.guild and context.guild is None:
                return Failure(AppError(NO_GUILD))
            if not self.holds(policy.requires, context) and not (policy.own and self.holds(policy.own, context)):
                return Failure(_denied(policy.requires))
            return await inner(command, context)

        return authorised


def _denied(permission: Permission) -> AppError:
    return AppError(
        DENIED,
        {"action": permission.summary, "permission": permission.name, "holders": permission.default.holders},
    )
