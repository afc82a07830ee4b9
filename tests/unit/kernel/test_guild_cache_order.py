"""In any order of calls, changes, loads, failures and losses, no call gets a value older than itself."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from typing_extensions import override

from twi_core.kernel.faults import Unavailable
from twi_core.kernel.guild_cache import MAX_AGE, GuildCache
from twi_core.kernel.ids import GuildId
from twi_core.kernel.invalidations import Invalidations
from twi_memory.ports.sources import ManualClock

GUILDS = (GuildId(1), GuildId(2))
SOME = st.integers(0, 7)


@final
@dataclass
class Loading:
    """A running load: what it read as it began, and how it ends."""

    guild: GuildId
    version: int
    ends: "asyncio.Future[None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


@final
class Life(RuleBasedStateMachine):
    """A cache over a source whose every step is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.versions = dict.fromkeys(GUILDS, 0)
        self.loads: list[Loading] = []
        self.calls: list[tuple[asyncio.Task[int], int]] = []
        self.clock = ManualClock()
        self.invalidations = Invalidations()
        self.cache = GuildCache("things", self.load, self.invalidations, self.clock)

    async def load(self, guild: GuildId) -> int:
        """Return what is stored as the load begins, once it may end."""
        loading = Loading(guild, self.versions[guild])
        self.loads.append(loading)
        try:
            await loading.ends
        finally:
            self.loads.remove(loading)
        return loading.version

    def settle(self) -> None:
        """Run every task as far as it can."""

        async def settled() -> None:
            for _ in range(12):
                await asyncio.sleep(0)

        self.loop.run_until_complete(settled())

    @rule(guild=st.sampled_from(GUILDS))
    def call(self, guild: GuildId) -> None:
        """Call; the answer must not be older than the stored value."""
        self.calls.append((self.loop.create_task(self.cache.get(guild)), self.versions[guild]))
        self.settle()

    @rule(guild=st.sampled_from(GUILDS))
    def change(self, guild: GuildId) -> None:
        """Store something; it is announced if invalidations are live at all."""
        self.versions[guild] += 1
        if self.invalidations.live:
            self.invalidations.publish("things", guild)

    @rule()
    def lose(self) -> None:
        """Stop listening."""
        self.invalidations.live = False

    @rule()
    def regain(self) -> None:
        """Listen again."""
        self.invalidations.publish_everything()
        self.invalidations.live = True

    @rule(which=SOME, fails=st.sampled_from([None, None, Unavailable("gone"), Unavailable("lost", retry=True)]))
    def end(self, which: int, fails: Unavailable | None) -> None:
        """End a load that runs."""
        if self.loads:
            ends = self.loads[which % len(self.loads)].ends
            if fails is None:
                ends.set_result(None)
            else:
                ends.set_exception(fails)
            self.settle()

    @rule(which=SOME)
    def give_up(self, which: int) -> None:
        """Cancel a call that waits."""
        waiting = [task for task, _ in self.calls if not task.done()]
        if waiting:
            waiting[which % len(waiting)].cancel()
            self.settle()

    @rule(share=st.floats(0, 1))
    def age(self, share: float) -> None:
        """Advance the clock."""
        self.clock.advance(share * MAX_AGE)

    @invariant()
    def no_answer_is_older_than_its_call(self) -> None:
        """Each call that was answered saw what was stored before it, or failed with an outage."""
        for task, floor in self.calls:
            if task.done() and not task.cancelled() and task.exception() is None:
                assert task.result() >= floor
            elif task.done() and not task.cancelled():
                assert isinstance(task.exception(), Unavailable)

    @invariant()
    def a_guild_is_loaded_once_at_a_time(self) -> None:
        """No storage is asked twice at once for the same guild."""
        assert max(Counter(loading.guild for loading in self.loads).values(), default=0) <= 1

    @override
    def teardown(self) -> None:
        """Check that every call ends, without more loads than they can need, and with nothing left behind."""
        for _ in range(4):
            for loading in self.loads:
                loading.ends.set_result(None)
            self.settle()
        self.no_answer_is_older_than_its_call()
        assert all(task.done() for task, _ in self.calls)
        assert self.cache._loading == {}
        self.loop.close()


TestLife = Life.TestCase
