"""An application on memory adapters whose time, chance and ids the test controls, and a context per kind of caller."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Final, TypeVar, final

from twi_core.application import Application
from twi_core.assembly import Ports, build_application
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.contexts import Storage
from twi_core.kernel.directory import Directory, NoDirectory
from twi_core.kernel.errors import AppError
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.limiting import Limiter
from twi_core.kernel.operators import Operators
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.permissions import Level, NativePermissions
from twi_core.kernel.wording import PLAIN, PlainWording
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.ports.sources import CountingIds, ManualClock, SeededRandom
from twi_memory.storage.store import MemoryStore

T = TypeVar("T")

GUILD: Final = GuildId(9_001)
OTHER_GUILD: Final = GuildId(9_002)
START: Final = datetime(2026, 1, 1, tzinfo=UTC)


class Who(Enum):
    """The kinds of callers; each one's value is a user id."""

    OPERATOR = 100
    """Runs the bot; holds nothing in the guild."""
    ADMINISTRATOR = 101
    MODERATOR = 102
    """May ban members."""
    AUTHOR = 103
    """May ban members too, so that this one can add links that `MODERATOR` does not own."""
    MEMBER = 104
    """Holds nothing."""
    SHELL = 0
    """The command line without an actor: no user, asserted to be the operator."""

    @property
    def actor(self) -> UserId | None:
        """Return the user, none for the command line."""
        return UserId(self.value) if self.value else None


_NATIVE: Final[Mapping[Who, NativePermissions]] = {
    Who.ADMINISTRATOR: NativePermissions.ADMINISTRATOR,
    Who.MODERATOR: NativePermissions.BAN_MEMBERS,
    Who.AUTHOR: NativePermissions.BAN_MEMBERS,
}


@final
@dataclass(frozen=True, slots=True)
class Bench:
    """An application and everything below it."""

    app: Application
    store: MemoryStore
    clock: ManualClock
    limiter: Limiter

    def by(self, who: Who, guild: GuildId | None = GUILD) -> CallContext:
        """Return a new call's context, as an entrypoint would make it for this caller."""
        shell = who is Who.SHELL
        return self.app.context(
            actor=who.actor,
            guild=guild,
            native=NativePermissions.NONE if guild is None else _NATIVE.get(who, NativePermissions.NONE),
            asserted_level=Level.OPERATOR if shell else Level.EVERYONE,
            origin=Origin.CLI if shell else Origin.DISCORD,
        )

    async def call(
        self, name: str, who: Who = Who.AUTHOR, guild: GuildId | None = GUILD, /, **raw: object
    ) -> Outcome[object, AppError]:
        """Call an operation by name with raw input, as an entrypoint that offers it does."""
        called, context = operation(self.app, name), self.by(who, guild)
        if context.origin in called.policy.closed_to:
            context = replace(context, origin=Origin.CLI)
        return await called.call(raw, context)

    async def code(
        self, name: str, who: Who = Who.AUTHOR, guild: GuildId | None = GUILD, /, **raw: object
    ) -> str | None:
        """Return the code that answers a call, none where it succeeds."""
        outcome = await self.call(name, who, guild, **raw)
        return outcome.failure().code if isinstance(outcome, Failure) else None


def build(
    *,
    storage: Storage | None = None,
    limiter: Limiter | None = None,
    store: MemoryStore | None = None,
    directory: Directory | None = None,
) -> Bench:
    """Build an application on an empty memory storage, or on `storage`, which may stand before `store`."""
    store = store or MemoryStore()
    clock = ManualClock(START)
    chosen = limiter or MemoryLimiter(clock)
    ports = Ports(
        storage=storage or store,
        limiter=chosen,
        clock=clock,
        random=SeededRandom(),
        ids=CountingIds(),
        invalidations=store.invalidations,
        operators=Operators({UserId(Who.OPERATOR.value)}),
        directory=directory or NoDirectory(),
    )
    return Bench(build_application(Application, ports), store, clock, chosen)


def operation(app: Application, name: str) -> AnyOperation:
    """Return an operation that exists."""
    return success(app.operation(name))


def success(outcome: Outcome[T, AppError]) -> T:
    """Return the value of a success, and fail with the refusal otherwise."""
    match outcome:
        case Success(value):
            return value
        case Failure(error):
            raise AssertionError(f"{error.code}: {error.message(PLAIN)} {error.hint(PLAIN)}")


def refusal(outcome: Outcome[object, AppError]) -> AppError:
    """Return the error of a refusal, its texts complete, and fail otherwise."""
    assert isinstance(outcome, Failure), outcome
    error = outcome.failure()
    assert isinstance(error, AppError)
    for text in (error.message(_CUT), error.hint(_CUT)):
        assert "{" not in text, f"{error.code} leaves a placeholder open: {text}"
        assert text.strip()
    return error


_CUT: Final = PlainWording(lambda _: "")
"""Cuts a user's text out, so that braces which are left are ours."""
