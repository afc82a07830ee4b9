"""What a program with its own adapters may plug in. Never run."""

from typing import assert_type

import discord

from tests.unit.faults import FaultyStore
from tests.unit.pipeline.stand_ins import authority
from twi_core.application import Application
from twi_core.assembly import Ports, build_application
from twi_core.failures.ports import OperatorNotifier
from twi_core.failures.rules.recording import FailureRecorder
from twi_core.kernel.context import CallContext
from twi_core.kernel.contexts import Storage
from twi_core.kernel.ids import ChannelId
from twi_core.kernel.limiting import Limiter
from twi_core.kernel.policy import Authority, Ownership
from twi_core.kernel.redaction import Redactor
from twi_core.kernel.reporting import NoRecorder, Recorder
from twi_core.kernel.sources import Clock, IdSource, RandomSource
from twi_core.kernel.unit import UNAUDITED, Change, Open, Unit, unchanged
from twi_core.links import LINKS
from twi_core.links.ports import Links, LinksUnit
from twi_core.settings import SETTINGS
from twi_discord.connection.notifying import ChannelNotifier
from twi_memory.links import MemoryLinks, MemoryLinksUnit
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.ports.sources import CountingIds, ManualClock, SeededRandom, SystemClock, SystemRandom, TimeIds
from twi_memory.settings import MemorySettingsUnit
from twi_memory.storage.store import MemoryStore
from twi_memory.storage.unit import MemoryUnit
from twi_memory.storage.unit import Units as MemoryUnits
from twi_postgres.database.unit import PostgresStore
from twi_postgres.database.unit import Units as PostgresUnits
from twi_postgres.links import PostgresLinksUnit
from twi_postgres.settings import PostgresSettingsUnit


def the_memory_adapters_fit(store: MemoryStore, faulty: FaultyStore, links: MemoryLinks, unit: MemoryUnit) -> None:
    """Each adapter fits its port, without naming it."""
    open_all: Storage = store
    open_links: Open[LinksUnit] = store.open(LINKS)
    open_faulty: Storage = faulty
    a_unit: Unit = unit
    some_links: Links = links
    clocks: tuple[Clock, ...] = (SystemClock(), ManualClock())
    chance: tuple[RandomSource, ...] = (SystemRandom(), SeededRandom())
    ids: tuple[IdSource, ...] = (TimeIds(clocks[0], chance[0]), CountingIds())
    limiter: Limiter = MemoryLimiter(clocks[0])
    ownership: Ownership = authority()
    who_may: Authority = authority()
    recorders: tuple[Recorder, ...] = (NoRecorder(), FailureRecorder(clocks[0], Redactor()))
    notifier: OperatorNotifier = ChannelNotifier(discord.Client(intents=discord.Intents.none()), ChannelId(1))
    ports = Ports(storage=open_all, limiter=limiter, clock=clocks[0], random=chance[0], ids=ids[0])
    assert_type(build_application(Application, ports), Application)
    del open_links, open_faulty, a_unit, some_links, ownership, who_may, recorders, notifier


class HalfAUnit:
    """A unit that can only commit."""

    async def commit(self) -> None:
        """Do nothing."""


def open_half(context: CallContext, /) -> HalfAUnit:
    """Open what is no unit."""
    return HalfAUnit()


class SlowClock:
    """A clock that returns the time of day as text."""

    def now(self) -> str:
        """Return text instead of a time."""
        return "noon"

    def monotonic(self) -> float:
        """Return nothing."""
        return 0.0


def other_things_do_not_fit() -> None:
    """An adapter that lacks a method, or returns another type, is refused where it is plugged in."""
    wrong_open: Open[LinksUnit] = open_half  # type: ignore[assignment]  # must be refused
    wrong_clock: Clock = SlowClock()  # type: ignore[assignment]  # must be refused
    wrong_limiter: Limiter = MemoryStore()  # type: ignore[assignment]  # must be refused
    Ports(storage=MemoryStore(), limiter=wrong_limiter, clock=wrong_clock)  # type: ignore[call-arg]  # must be refused
    del wrong_open


class HalfALinksUnit(MemoryUnit):
    """A unit with something else in the place of links."""

    links: int = 0


def a_storage_that_does_not_fit_is_refused_in_its_own_file(store: PostgresStore) -> None:
    """A storage's unit is the one of its context; where the two are put together, another one is refused."""
    assert_type(MemoryUnits(LINKS, MemoryLinksUnit), MemoryUnits[LinksUnit])
    assert_type(PostgresUnits(LINKS, PostgresLinksUnit), PostgresUnits[LinksUnit])
    assert_type(store.open(LINKS), Open[LinksUnit])
    MemoryUnits(LINKS, MemoryUnit)  # type: ignore[arg-type]  # must be refused
    MemoryUnits(LINKS, HalfALinksUnit)  # type: ignore[arg-type]  # must be refused
    MemoryUnits(LINKS, MemorySettingsUnit)  # type: ignore[arg-type]  # must be refused
    MemoryUnits(SETTINGS, MemoryLinksUnit)  # type: ignore[arg-type]  # must be refused
    MemoryUnits(LINKS, PostgresLinksUnit)  # type: ignore[arg-type]  # must be refused
    PostgresUnits(LINKS, PostgresSettingsUnit)  # type: ignore[arg-type]  # must be refused
    PostgresUnits(LINKS, MemoryLinksUnit)  # type: ignore[arg-type]  # must be refused
    wrong: Open[LinksUnit] = store.open(SETTINGS)  # type: ignore[arg-type]  # must be refused
    del wrong


async def a_commit_says_what_was_changed(unit: LinksUnit, change: Change) -> None:
    """One change, several, none, or that nobody asks about it; what says nothing is refused."""
    await unit.commit(change)
    await unit.commit((change, change))
    await unit.commit(unchanged())
    await unit.commit(UNAUDITED)
    await unit.commit()  # type: ignore[call-arg]  # must be refused
    await unit.commit(None)  # type: ignore[arg-type]  # must be refused
    await unit.commit(unchanged)  # type: ignore[arg-type]  # must be refused
    await unit.commit([change])  # type: ignore[arg-type]  # must be refused
    unit.commit(change)  # type: ignore[unused-coroutine]  # must be refused
    Change("link:1")  # type: ignore[call-arg]  # must be refused
    change.after = None  # type: ignore[misc]  # must be refused
