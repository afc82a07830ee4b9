"""Refuse calls that may not be made: at a closed entrypoint, without a guild, or by a caller who isn't allowed."""

from typing import Final, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError, Kind, define_error
from twi_core.kernel.handling import C, Handler, V
from twi_core.kernel.language import translated
from twi_core.kernel.outcome import Failure, Outcome
from twi_core.kernel.policy import Authority, Policy

NO_GUILD: Final = define_error(
    "guild.required",
    Kind.INVALID,
    message="This only works in a server that the bot has joined.",
    hint="Use it in a channel of such a server.",
    cause="The call came from a direct message, from a server that the bot isn't in, or without a server.",
)
CLOSED_HERE: Final = define_error(
    "permissions.closed_here",
    Kind.FORBIDDEN,
    message="This can't be done here: {reason}.",
    hint="Ask the bot's operators to do it on the command line.",
    cause="The operation isn't available here, for the reason in the message.",
    example={"reason": "secrets don't belong in a chat"},
)


def closed(policy: Policy, context: CallContext) -> AppError | None:
    """Refuse what nobody may do: a call at an entrypoint that the policy closes, or without the guild it needs."""
    if context.origin in policy.closed_to:
        return AppError(CLOSED_HERE, {"reason": translated(policy.closed_to[context.origin])})
    if policy.guild and not policy.anywhere and context.guild is None:
        return AppError(NO_GUILD)
    return None


@final
class Authorise:
    """A middleware that asks the authority before anything else is done."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def wrap(self, policy: Policy, inner: Handler[C, V], /) -> Handler[C, V]:
        """Wrap a handler."""

        async def authorised(command: C, context: CallContext, /) -> Outcome[V, AppError]:
            refusal = closed(policy, context) or await self._authority.refusal(policy, context)
            return await inner(command, context) if refusal is None else Failure(refusal)

        return authorised
