"""Look up a reference."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, final

from twi_core.failures.domain import Bug, Occurrence
from twi_core.failures.errors import UNKNOWN_REFERENCE
from twi_core.failures.fields import Reference
from twi_core.failures.permissions import FAILURES_VIEW
from twi_core.failures.ports import FailuresUnit
from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import AppError, ErrorCode, Kind, lacks_facts, registered_errors
from twi_core.kernel.ids import ChannelId, GuildId, UserId
from twi_core.kernel.language import translated
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Authority, Policy, Rate
from twi_core.kernel.unit import Open
from twi_core.kernel.wording import NO_COMMANDS


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFailure:
    """What happened under a reference; see `Occurrence`.

    `message`, `hint` and `cause` are those of the code. The facts of the case aren't kept, so a message or a hint with
    facts in it is None. All are None if this process doesn't know the code, for instance an entrypoint's that it
    doesn't run. `bug` is only shown to operators. `elsewhere` says that it happened outside the server where it is
    looked up, so it doesn't concern that server's members.
    """

    reference: str
    at: datetime
    guild: GuildId | None
    actor: UserId | None
    channel: ChannelId | None
    origin: Origin
    operation: str | None
    code: str
    kind: Kind
    message: str | None
    hint: str | None
    cause: str | None
    more: int
    bug: Bug | None
    elsewhere: bool


class ShowFailure(Command):
    """Look up a failure by its reference."""

    reference: Reference


@final
class ShowFailureUseCase:
    """The lookup of an occurrence in the caller's own server; operators can find any."""

    policy: Final = Policy(
        name="failures.show",
        requires=FAILURES_VIEW,
        limit=Rate(30, per=60),
        anywhere=True,
        errors=(UNKNOWN_REFERENCE,),
    )

    def __init__(self, open_unit: Open[FailuresUnit], authority: Authority) -> None:
        self._open_unit = open_unit
        self._authority = authority

    async def __call__(self, command: ShowFailure, context: CallContext, /) -> Outcome[FoundFailure, AppError]:
        """Return what happened; a reference from another server is answered like an unknown one."""
        operator = await self._authority.level(context) is Level.OPERATOR
        async with self._open_unit(context) as unit:
            found = await unit.occurrences.find(command.reference)
            if found is None or not (operator or _in_own_guild(found, context)):
                return Failure(AppError(UNKNOWN_REFERENCE, {"reference": command.reference}))
            bug = await unit.bugs.find(found.fingerprint) if operator and found.fingerprint else None
        return Success(_described(found, bug, elsewhere=not _in_own_guild(found, context)))


def _in_own_guild(found: Occurrence, context: CallContext) -> bool:
    return context.guild is not None and found.guild == context.guild


def _described(found: Occurrence, bug: Bug | None, *, elsewhere: bool) -> FoundFailure:
    code = registered_errors().get(found.code)
    message, hint = (None, None) if code is None else _general(code)
    return FoundFailure(
        reference=found.reference,
        at=found.at,
        guild=found.guild,
        actor=found.actor,
        channel=found.channel,
        origin=found.origin,
        operation=found.operation,
        code=found.code,
        kind=found.kind,
        message=message,
        hint=hint,
        cause=None if code is None else translated(code.cause),
        more=found.more,
        bug=bug,
        elsewhere=elsewhere,
    )


def _general(code: ErrorCode) -> tuple[str | None, str | None]:
    """Return the message and the hint of a code; None for one that makes no sense without the facts of a case."""
    outline = AppError(code)
    message, hint = outline.message(NO_COMMANDS), outline.hint(NO_COMMANDS)
    return None if lacks_facts(message) else message, None if lacks_facts(hint) else hint
