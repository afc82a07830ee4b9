"""The application's operations, for tests that hold for every one of them."""

from typing import Final

from twi_core.application import Application
from twi_core.assembly import Ports, build_application
from twi_core.kernel.handling import AnyOperation
from twi_memory.limiter import MemoryLimiter
from twi_memory.sources import SystemClock, SystemRandom, TimeIds
from twi_memory.store import MemoryStore


def application() -> Application:
    """Build the application on memory."""
    clock, random = SystemClock(), SystemRandom()
    ports = Ports(
        open_unit=MemoryStore(),
        limiter=MemoryLimiter(clock),
        clock=clock,
        random=random,
        ids=TimeIds(clock, random),
    )
    return build_application(ports)


def named(operation: AnyOperation) -> str:
    """Name a case of a parametrised test."""
    return operation.name


EVERY: Final = application().operations()
