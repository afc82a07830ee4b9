"""Open what is configured, in order, and close it in reverse."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import final

from twi_core.application import Application
from twi_core.assembly import AppUnit, Ports, build_application
from twi_core.failures.ports import Announcer
from twi_core.kernel.announcements import Announcements
from twi_core.kernel.directory import Directory
from twi_core.kernel.limiting import Limiter
from twi_core.kernel.operators import Operators
from twi_core.kernel.policy import Rate
from twi_core.kernel.redaction import Redactor
from twi_core.kernel.sources import Clock, IdSource, RandomSource
from twi_core.kernel.unit import Open
from twi_core.pipeline.turn_away import REFUSALS
from twi_memory.limiter import MemoryLimiter
from twi_memory.sources import SystemClock, SystemRandom, TimeIds
from twi_memory.store import MemoryStore
from twi_runtime.components import Components
from twi_runtime.container import punq_container
from twi_runtime.drain import Drain
from twi_runtime.failure_writing import LateAnnouncer, writing_failures
from twi_runtime.late_directory import LateDirectory
from twi_runtime.limits import open_limiter
from twi_runtime.registry import import_every_code
from twi_runtime.settings import Settings
from twi_runtime.storage import open_storage


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """Replace adapters; none keeps what the settings ask for.

    `announcements` are those that `open_unit` publishes to; without them nothing is kept at hand from call to call.
    Without `refusals` nobody is turned away, however often they were refused.
    """

    open_unit: Open[AppUnit] | None = None
    announcements: Announcements | None = None
    limiter: Limiter | None = None
    clock: Clock | None = None
    random: RandomSource | None = None
    ids: IdSource | None = None
    directory: Directory | None = None
    announcer: Announcer | None = None
    refusals: Rate | None = REFUSALS


@final
@dataclass(frozen=True, slots=True)
class Runtime:
    """Hold what doors are opened on; what they refuse themselves counts by `refusals`, as `Overrides` has them."""

    app: Application
    settings: Settings
    drain: Drain
    operators: Operators
    directory: LateDirectory
    announcer: LateAnnouncer
    clock: Clock
    refusals: Rate | None


@asynccontextmanager
async def open_runtime(
    settings: Settings, overrides: Overrides | None = None, *, serves: bool = True
) -> AsyncIterator[Runtime]:
    """Open the storage and build the application on it.

    A process that does not serve, but makes a call and ends, needs no connection to hear of changes and opens none.
    """
    async with Components() as parts:
        yield await open_parts(parts, settings, overrides, serves=serves)


async def open_parts(
    parts: Components, settings: Settings, overrides: Overrides | None = None, *, serves: bool = True
) -> Runtime:
    """Open what the settings ask for as parts, and build the application on it."""
    given = overrides or Overrides()
    clock = given.clock or SystemClock()
    random = given.random or SystemRandom()
    directory, announcer = LateDirectory(given.directory), LateAnnouncer(given.announcer)
    announcements, operators = given.announcements or Announcements(), Operators(settings.operator_ids)
    ports = Ports(
        open_unit=given.open_unit or await open_storage(settings, parts, announcements, serves=serves),
        limiter=given.limiter or await open_limiter(settings, parts, clock),
        refusals=given.refusals,
        clock=clock,
        random=random,
        ids=given.ids or TimeIds(clock, random),
        announcements=announcements,
        operators=operators,
        directory=directory,
        redact=Redactor(settings.secrets()),
    )
    import_every_code()  # so that what other processes told can be explained here
    app = build_application(ports, punq_container)
    await parts.open("the writer of failures", writing_failures(app.failure_records, announcer))
    return Runtime(app, settings, Drain(), operators, directory, announcer, clock, given.refusals)


def application_without_storage() -> Application:
    """Build the application on an empty memory, for what needs no storage: its operations, and checking input."""
    clock, random = SystemClock(), SystemRandom()
    ports = Ports(
        open_unit=MemoryStore(),
        limiter=MemoryLimiter(clock),
        clock=clock,
        random=random,
        ids=TimeIds(clock, random),
    )
    return build_application(ports)
