"""Opening of the configured parts in order, and closing in reverse."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import final

from twi_core.application import Application
from twi_core.assembly import Ports, build_application
from twi_core.failures.ports import OperatorNotifier
from twi_core.kernel.contexts import Storage
from twi_core.kernel.directory import Directory
from twi_core.kernel.invalidations import Invalidations
from twi_core.kernel.language import EnglishOnly, Languages
from twi_core.kernel.limiting import Limiter
from twi_core.kernel.operators import Operators
from twi_core.kernel.policy import Rate
from twi_core.kernel.redaction import Redactor
from twi_core.kernel.sources import Clock, IdSource, RandomSource
from twi_core.pipeline.block import REFUSALS
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.ports.sources import SystemClock, SystemRandom, TimeIds
from twi_memory.storage.store import MemoryStore
from twi_runtime.configuration.settings import Settings
from twi_runtime.languages import Catalogues
from twi_runtime.opening.container import punq_container
from twi_runtime.opening.failure_writing import LateNotifier, writing_failures
from twi_runtime.opening.late_directory import LateDirectory
from twi_runtime.opening.limiter import open_limiter
from twi_runtime.opening.storage import open_storage
from twi_runtime.process.components import Components
from twi_runtime.process.drain import Drain
from twi_runtime.registry import import_every_code


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """Adapters that replace those of the settings; None keeps the configured one.

    `invalidations` are those that `storage` publishes to; without them nothing is cached between calls. Without
    `refusals` nobody is blocked, however often they are refused.
    """

    storage: Storage | None = None
    invalidations: Invalidations | None = None
    limiter: Limiter | None = None
    clock: Clock | None = None
    random: RandomSource | None = None
    ids: IdSource | None = None
    directory: Directory | None = None
    notifier: OperatorNotifier | None = None
    languages: Languages | None = None
    refusals: Rate | None = REFUSALS


@final
@dataclass(frozen=True, slots=True)
class Runtime:
    """What entrypoints run on; their own refusals count towards `refusals`, as in `Overrides`."""

    app: Application
    settings: Settings
    drain: Drain
    operators: Operators
    directory: LateDirectory
    notifier: LateNotifier
    clock: Clock
    refusals: Rate | None


@asynccontextmanager
async def open_runtime(
    settings: Settings, overrides: Overrides | None = None, *, serves: bool = True
) -> AsyncIterator[Runtime]:
    """Open the storage and build the application on it.

    A process that makes one call and ends, instead of serving, opens no connection to listen for changes, and no
    catalogues: it speaks the language of its terminal.
    """
    async with Components() as parts:
        yield await open_parts(parts, settings, overrides, serves=serves)


async def open_parts(
    parts: Components, settings: Settings, overrides: Overrides | None = None, *, serves: bool = True
) -> Runtime:
    """Open the configured parts, and build the application on them."""
    chosen = overrides or Overrides()
    clock = chosen.clock or SystemClock()
    random = chosen.random or SystemRandom()
    directory, notifier = LateDirectory(chosen.directory), LateNotifier(chosen.notifier)
    invalidations, operators = chosen.invalidations or Invalidations(), Operators(settings.operator_ids)
    ports = Ports(
        languages=chosen.languages or (open_languages(settings) if serves else EnglishOnly()),
        storage=chosen.storage or await open_storage(settings, parts, invalidations, serves=serves),
        limiter=chosen.limiter or await open_limiter(settings, parts, clock),
        refusals=chosen.refusals,
        clock=clock,
        random=random,
        ids=chosen.ids or TimeIds(clock, random),
        invalidations=invalidations,
        operators=operators,
        directory=directory,
        redact=Redactor(settings.secrets()),
    )
    import_every_code()  # so that codes that other processes reported can be explained here
    app = build_application(Application, ports, punq_container, lazily=not serves)
    await parts.open("the writer of failures", writing_failures(app.failure_records, notifier))
    return Runtime(app, settings, Drain(), operators, directory, notifier, clock, chosen.refusals)


def open_languages(settings: Settings) -> Languages:
    """Return the languages that the settings name a folder of.

    Raises:
        RuntimeFailure: a catalogue can't be read.
    """
    return EnglishOnly() if settings.catalogues is None else Catalogues.read(settings.catalogues)


def application_without_storage() -> Application:
    """Build the application on empty storage in memory, for uses that need no data: its operations, checking input."""
    clock, random = SystemClock(), SystemRandom()
    ports = Ports(
        storage=MemoryStore(),
        limiter=MemoryLimiter(clock),
        clock=clock,
        random=random,
        ids=TimeIds(clock, random),
    )
    return build_application(Application, ports, lazily=True)
