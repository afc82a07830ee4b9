"""The memory storage keeps what every storage promises about invalidations."""

import pytest

from tests.app import GUILD
from tests.contracts.invalidating import AnnouncingContract, AnnouncingStore
from twi_core.application import Application
from twi_core.assembly import Ports, build_application
from twi_core.kernel.ids import UserId
from twi_core.kernel.invalidations import Invalidations
from twi_core.kernel.outcome import Success
from twi_core.kernel.permissions import Level
from twi_core.links.permissions import LINKS_ADD
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.ports.sources import CountingIds, ManualClock, SeededRandom
from twi_memory.storage.store import MemoryStore


@pytest.fixture
def store() -> AnnouncingStore:
    return MemoryStore()


class TestAnnouncing(AnnouncingContract):
    pass


def test_nothing_is_missed_where_one_process_has_all() -> None:
    """Invalidations of a memory storage are live from the start, built-in and given ones alike."""
    given = Invalidations()
    assert MemoryStore(given).invalidations is given
    assert given.live
    assert MemoryStore().invalidations.live


@pytest.mark.asyncio
async def test_changes_hold_at_once_where_nobody_connected_the_announcements() -> None:
    """An application that was given a storage without its invalidations is slower, but never out of date."""
    clock = ManualClock()
    app = build_application(
        Application,
        Ports(
            storage=MemoryStore(),
            limiter=MemoryLimiter(clock),
            clock=clock,
            random=SeededRandom(),
            ids=CountingIds(),
        ),
    )
    member = app.context(actor=UserId(5), guild=GUILD)
    assert await app.authority.holds(LINKS_ADD, member) is False
    shell = app.context(actor=None, guild=GUILD, asserted_level=Level.OPERATOR)
    granted = await app.permissions.grant.call({"permission": "links.add", "user": "5"}, shell)
    assert isinstance(granted, Success)
    assert await app.authority.holds(LINKS_ADD, member) is True
