"""A guild's cached value is loaded rarely, and is never older than what was announced."""

import asyncio
import traceback
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TypeVar, final

import pytest

from twi_core.kernel import guild_cache
from twi_core.kernel.faults import PortError, Unavailable
from twi_core.kernel.guild_cache import GUILDS_LIMIT, MAX_AGE, GuildCache
from twi_core.kernel.ids import GuildId
from twi_core.kernel.invalidations import Invalidations
from twi_memory.ports.sources import ManualClock

T = TypeVar("T")

GUILD, OTHER = GuildId(1), GuildId(2)
TOPIC = "things"
PATIENCE = 60.0
"""Seconds after which what should have ended counts as hanging."""

pytestmark = pytest.mark.asyncio


@final
@dataclass
class Source:
    """A source of values; a load reads when it begins, and ends when a test lets it.

    Attributes:
        version: The current value of every guild.
        loads: The guilds that were loaded so far.
        held: Whether a load waits for `let_go`.
        fails: What loads end with, if anything.
    """

    version: int = 0
    loads: list[GuildId] = field(default_factory=list)
    held: bool = False
    fails: list[Exception] = field(default_factory=list)
    _waiting: list[asyncio.Event] = field(default_factory=list)

    async def load(self, guild: GuildId) -> int:
        """Return what is stored as the load begins."""
        self.loads.append(guild)
        found = self.version
        if self.held:
            self._waiting.append(asyncio.Event())
            await asyncio.wait_for(self._waiting[-1].wait(), PATIENCE)
        if self.fails:
            raise self.fails.pop(0)
        return found

    async def let_go(self) -> None:
        """End the loads that wait."""
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            each.set()
        await settled()


@final
class Stage:
    """A cache over a source, with invalidations that are live."""

    def __init__(self) -> None:
        self.source = Source()
        self.clock = ManualClock()
        self.invalidations = Invalidations()
        self.invalidations.live = True
        self.cache = GuildCache(TOPIC, self.source.load, self.invalidations, self.clock)

    def change(self, guild: GuildId = GUILD) -> None:
        """Store something new, and announce it."""
        self.source.version += 1
        self.invalidations.publish(TOPIC, guild)

    async def asked(self, guild: GuildId = GUILD) -> "asyncio.Task[int]":
        """Begin a call, and let it run as far as it can."""
        return await begun(self.cache.get(guild))


async def settled() -> None:
    """Run every task as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def begun(work: Coroutine[object, object, T]) -> "asyncio.Task[T]":
    """Start a task, and let it run as far as it can."""
    task = asyncio.ensure_future(work)
    await settled()
    return task


async def ended(*tasks: "asyncio.Task[T]") -> list[T | BaseException]:
    """Return what each task returned or raised."""
    return await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), PATIENCE)


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def test_a_value_is_loaded_once_for_each_guild(stage: Stage) -> None:
    """A second call gets what the first one loaded; another guild has a separate value."""
    assert [await stage.cache.get(guild) for guild in (GUILD, GUILD, OTHER, GUILD, OTHER)] == [0, 0, 0, 0, 0]
    assert stage.source.loads == [GUILD, OTHER]


async def test_a_change_is_seen_at_once(stage: Stage) -> None:
    """The call after an announcement gets the new value; other guilds and topics are not loaded again for it."""
    assert await stage.cache.get(GUILD) == 0
    assert await stage.cache.get(OTHER) == 0
    stage.change()
    assert await stage.cache.get(GUILD) == 1
    stage.invalidations.publish("another topic", GUILD)
    assert await stage.cache.get(GUILD) == 1
    assert await stage.cache.get(OTHER) == 0
    assert stage.source.loads == [GUILD, OTHER, GUILD]


async def test_everything_may_have_changed(stage: Stage) -> None:
    """After a time without listening, every guild is loaded again, also one whose load was running."""
    assert await stage.cache.get(OTHER) == 0
    stage.source.held = True
    early = await stage.asked()
    stage.source.version = 1
    stage.invalidations.publish_everything()
    stage.source.held = False
    await stage.source.let_go()
    assert await early == 0
    assert await stage.cache.get(GUILD) == 1
    assert await stage.cache.get(OTHER) == 1


async def test_callers_share_one_load(stage: Stage) -> None:
    """A hundred callers who arrive while a value is loaded cause no second load."""
    stage.source.held = True
    tasks = [await stage.asked() for _ in range(100)]
    await stage.source.let_go()
    assert await ended(*tasks) == [0] * 100
    assert stage.source.loads == [GUILD]


async def test_guilds_do_not_wait_for_one_another(stage: Stage) -> None:
    """A load that hangs holds up its own guild only."""
    stage.source.held = True
    hanging = await stage.asked(OTHER)
    stage.source.held = False
    assert await stage.cache.get(GUILD) == 0
    assert not hanging.done()
    await stage.source.let_go()
    assert await hanging == 0


async def test_what_changed_while_it_was_loaded_is_not_kept(stage: Stage) -> None:
    """A value that was read before a change, and arrives after its announcement, serves no later call."""
    stage.source.held = True
    early = await stage.asked()
    stage.change()
    late = await stage.asked()
    stage.source.held = False
    await stage.source.let_go()
    assert await early == 0
    assert await late == 1
    assert await stage.cache.get(GUILD) == 1
    assert stage.source.loads == [GUILD, GUILD]


async def test_a_change_elsewhere_costs_no_load(stage: Stage) -> None:
    """A value is kept although another guild's changed while it was loaded."""
    stage.source.held = True
    task = await stage.asked()
    stage.change(OTHER)
    await stage.source.let_go()
    await task
    await stage.cache.get(GUILD)
    assert stage.source.loads == [GUILD]


async def test_nothing_is_kept_while_not_listening(stage: Stage) -> None:
    """While invalidations are not live every call sees the stored value, although nobody announces it."""
    assert await stage.cache.get(GUILD) == 0
    stage.invalidations.live = False
    for version in (1, 2, 3):
        stage.source.version = version
        assert await stage.cache.get(GUILD) == version
    stage.invalidations.publish_everything()
    stage.invalidations.live = True
    assert await stage.cache.get(GUILD) == 3
    assert await stage.cache.get(GUILD) == 3
    assert len(stage.source.loads) == 5


async def test_missed_changes_are_seen_by_callers_who_had_to_wait(stage: Stage) -> None:
    """Callers who arrive while an older load runs, and cannot know what changed since, share one new load."""
    stage.invalidations.live = False
    stage.source.held = True
    early = await stage.asked()
    stage.source.version = 1
    late = [await stage.asked() for _ in range(100)]
    await stage.source.let_go()
    await stage.source.let_go()
    assert await early == 0
    assert await ended(*late) == [1] * 100
    assert stage.source.loads == [GUILD, GUILD]


async def test_what_was_loaded_before_the_connection_was_lost_serves_nobody_after(stage: Stage) -> None:
    """A value that arrives while not listening is not kept, although its load began before."""
    stage.source.held = True
    task = await stage.asked()
    stage.invalidations.live = False
    await stage.source.let_go()
    await task
    stage.source.held = False
    stage.invalidations.live = True
    stage.source.version = 1
    assert await stage.cache.get(GUILD) == 1


async def test_an_outage_is_reported_to_all_who_wait_at_once(stage: Stage) -> None:
    """Callers do not retry one after another what has just failed for all of them; the next call tries again."""
    stage.source.held = True
    tasks = [await stage.asked() for _ in range(100)]
    stage.source.fails = [Unavailable("gone")]
    await stage.source.let_go()
    found = await ended(*tasks)
    assert {type(each) for each in found} == {Unavailable}
    assert stage.source.loads == [GUILD]
    assert isinstance(found[0], Unavailable)
    assert len(traceback.extract_tb(found[0].__traceback__)) < 20, "every waiting caller made it longer"
    stage.source.held = False
    assert await stage.cache.get(GUILD) == 0


async def test_a_bug_is_reported_to_all_who_wait_too(stage: Stage) -> None:
    """An exception that no port promises hangs nobody, and the next call tries again."""
    stage.source.held = True
    tasks = [await stage.asked() for _ in range(3)]
    stage.source.fails = [ZeroDivisionError()]
    await stage.source.let_go()
    assert {type(each) for each in await ended(*tasks)} == {ZeroDivisionError}
    stage.source.held = False
    assert await stage.cache.get(GUILD) == 0


async def test_a_load_is_tried_once_more_where_that_may_help(stage: Stage) -> None:
    """A fault that allows it is tried once more, and no more; another one is not."""
    stage.source.fails = [Unavailable("lost", retry=True)]
    assert await stage.cache.get(GUILD) == 0
    for fails, loads in (
        ([Unavailable("lost", retry=True), Unavailable("lost", retry=True)], 2),
        ([Unavailable("no", retry=False)], 1),
    ):
        stage.change()
        stage.source.loads.clear()
        stage.source.fails = list(fails)
        with pytest.raises(PortError):
            await stage.cache.get(GUILD)
        assert len(stage.source.loads) == loads


async def test_a_caller_who_gives_up_takes_nobody_along(stage: Stage) -> None:
    """When the loading caller is cancelled, another takes over; when a waiting one is, nothing happens."""
    stage.source.held = True
    tasks = [await stage.asked() for _ in range(5)]
    tasks[0].cancel()
    tasks[3].cancel()
    await settled()
    await stage.source.let_go()
    assert await ended(tasks[1], tasks[2], tasks[4]) == [0, 0, 0]
    assert tasks[0].cancelled()
    assert tasks[3].cancelled()
    assert stage.source.loads == [GUILD, GUILD]


async def test_calls_that_were_all_given_up_leave_nothing(stage: Stage) -> None:
    """After every caller was cancelled no load runs or is waited for, and the next call loads."""
    stage.source.held = True
    tasks = [await stage.asked() for _ in range(3)]
    for task in tasks:
        task.cancel()
    await settled()
    assert all(task.cancelled() for task in tasks)
    stage.source.held = False
    assert await asyncio.wait_for(stage.cache.get(GUILD), PATIENCE) == 0
    assert stage.cache._loading == {}


async def test_a_value_is_not_kept_forever(stage: Stage) -> None:
    """After `MAX_AGE`, counted from the start of the load, it is loaded again although nothing was announced."""
    stage.source.held = True
    task = await stage.asked()
    stage.clock.advance(10)
    stage.source.held = False
    await stage.source.let_go()
    assert await task == 0
    stage.source.version = 1
    stage.clock.advance(MAX_AGE - 10)
    assert await stage.cache.get(GUILD) == 0
    stage.clock.advance(0.1)
    assert await stage.cache.get(GUILD) == 1


async def test_the_number_of_guilds_is_bounded(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many guilds the one loaded longest ago makes room; loading one again makes it the latest."""
    monkeypatch.setattr(guild_cache, "GUILDS_LIMIT", 3)
    assert GUILDS_LIMIT >= 1_000
    for number in (1, 2):
        await stage.cache.get(GuildId(number))
    stage.clock.advance(MAX_AGE + 1)
    for number in (2, 1, 3, 4):
        await stage.cache.get(GuildId(number))
    assert len(stage.cache._kept) == 3
    stage.source.loads.clear()
    for number in (1, 3, 4):
        await stage.cache.get(GuildId(number))
    assert stage.source.loads == []
    await stage.cache.get(GuildId(2))
    assert stage.source.loads == [2]
