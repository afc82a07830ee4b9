"""Handlers and commands to wrap a middleware around."""

from collections.abc import Callable, Iterable
from typing import final

from tests.app import GUILD, START
from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import AppError, ErrorCode, Kind
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.operators import Operators
from twi_core.kernel.outcome import Outcome, Success
from twi_core.kernel.permissions import Level, NativePermissions, Permission
from twi_core.kernel.policy import Policy
from twi_core.permissions import PERMISSIONS
from twi_core.permissions.rules.authority import RuleAuthority
from twi_core.settings import SETTINGS
from twi_core.settings.rules.reading import ReadSettings
from twi_memory.ports.sources import ManualClock
from twi_memory.storage.store import MemoryStore

ANY = Permission("test.any", Level.ADMINISTRATOR, "do things to what others own")
OWN = Permission("test.own", Level.EVERYONE, "do things to what you own")
POLICY = Policy(name="test.do", requires=OWN)
REFUSED = ErrorCode("test.refused", Kind.CONFLICT, "No.", "Stop.", "Never.")


class Do(Command):
    """Do nothing."""


@final
class Inner:
    """A handler that returns or raises its given answers, call by call, and counts the calls."""

    def __init__(self, *answers: Outcome[str, AppError] | BaseException | Callable[[], object]) -> None:
        self._answers = list(answers)
        self.calls = 0

    async def __call__(self, command: Do, context: CallContext, /) -> Outcome[str, AppError]:
        self.calls += 1
        answer = self._answers.pop(0) if self._answers else Success("done")
        if callable(answer) and not isinstance(answer, BaseException):
            answer()
            return Success("done")
        if isinstance(answer, BaseException):
            raise answer
        return answer


def call(
    actor: int | None = 1,
    guild: GuildId | None = GUILD,
    native: NativePermissions = NativePermissions.NONE,
    asserted_level: Level = Level.EVERYONE,
    reference: str = "r1",
    origin: Origin = Origin.EMBEDDED,
) -> CallContext:
    return CallContext(
        actor=None if actor is None else UserId(actor),
        guild=guild,
        native=native,
        asserted_level=asserted_level,
        origin=origin,
        correlation_id=reference,
        received_at=START,
    )


def authority(operators: Iterable[UserId] = (), store: MemoryStore | None = None) -> RuleAuthority:
    """Make the authority over the rules of a storage, an empty one by default."""
    chosen, clock = store or MemoryStore(), ManualClock()
    settings = ReadSettings(chosen.open(SETTINGS), chosen.invalidations, clock)
    return RuleAuthority(chosen.open(PERMISSIONS), settings, Operators(operators), chosen.invalidations, clock)
