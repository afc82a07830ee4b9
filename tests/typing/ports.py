"""What a program that brings its own adapters may plug in. Never run."""

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
from twi_core.kernel.unit import Open, Unit
from twi_core.links import LINKS
from twi_core.links.ports import Links, LinksUnit
from twi_discord.connection.notifying import ChannelNotifier
from twi_memory.links import MemoryLinks
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.ports.sources import CountingIds, ManualClock, SeededRandom, SystemClock, SystemRandom, TimeIds
from twi_memory.storage.store import MemoryStore
from twi_memory.storage.unit import MemoryUnit


def the_memory_adapters_fit(store: MemoryStore, faulty: FaultyStore, links: MemoryLinks, unit: MemoryUnit) -> None:
    """Each adapter is what its port asks for, without saying so."""
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
    """Commit, and nothing else."""

    async def commit(self) -> None:
        """Do nothing."""


def open_half(context: CallContext, /) -> HalfAUnit:
    """Open what is no unit."""
    return HalfAUnit()


class SlowClock:
    """Tell the time of day as text."""

    def now(self) -> str:
        """Tell it wrongly."""
        return "noon"

    def monotonic(self) -> float:
        """Tell nothing."""
        return 0.0


def other_things_do_not_fit() -> None:
    """What lacks a method, or answers another type, is refused where it is plugged in."""
    wrong_open: Open[LinksUnit] = open_half  # type: ignore[assignment]  # must be refused
    wrong_clock: Clock = SlowClock()  # type: ignore[assignment]  # must be refused
    wrong_limiter: Limiter = MemoryStore()  # type: ignore[assignment]  # must be refused
    Ports(storage=MemoryStore(), limiter=wrong_limiter, clock=wrong_clock)  # type: ignore[call-arg]  # must be refused
    del wrong_open
