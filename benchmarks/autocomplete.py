"""Autocomplete among many titles of one guild, on the embedded PostgreSQL server."""

import asyncio
import random
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from benchmarks.dispatch import LeapingClock
from benchmarks.measure import percentile, table
from benchmarks.postgres import analyse, open_migrated
from twi_core.application import Application
from twi_core.assembly import Ports, build_application
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.outcome import Success
from twi_core.kernel.unit import UNAUDITED
from twi_core.links import LINKS
from twi_core.links.domain import Link, LinkId
from twi_core.links.use_cases.suggest import SuggestLinks
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.ports.sources import SystemClock, SystemRandom, TimeIds

GUILD: Final = GuildId(346842016480755724)
SEED: Final = 20261122
TYPED: Final = ("", "m", "ma", "map", "maps", "liscor", "of the", "zzqqxx", "wolrd mpa", "chapter 9")
_WORDS: Final = (
    "map",
    "guide",
    "chapter",
    "quote",
    "wiki",
    "song",
    "theory",
    "recap",
    "index",
    "liscor",
    "izril",
    "baleros",
    "chandrar",
    "terandria",
    "rhir",
    "erin",
    "ryoka",
    "toren",
    "pisces",
    "ceria",
    "ksmvr",
    "yvlon",
    "relc",
    "klbkch",
    "selys",
    "olesm",
    "zevara",
    "lyonette",
    "mrsha",
    "numbtongue",
    "bird",
    "apista",
    "rags",
    "of",
    "the",
)


async def run(titles: int, rounds: int) -> str:
    """Run the benchmark, and return its table."""
    async with open_migrated() as (store, engine):
        clock, chance = SystemClock(), SystemRandom()
        limiter = MemoryLimiter(LeapingClock())  # one user makes all the calls
        ids = TimeIds(clock, chance)
        app = build_application(
            Application,
            Ports(
                storage=store,
                limiter=limiter,
                clock=clock,
                random=chance,
                ids=ids,
                invalidations=store.invalidations,
            ),
        )
        context = app.context(actor=UserId(1), guild=GUILD)
        dice = random.Random(SEED)  # the same titles every time
        now = clock.now()
        async with store.open(LINKS)(context) as unit:
            for number in range(titles):
                title = f"{' '.join(dice.sample(_WORDS, dice.randint(2, 5)))} {number}"
                assert await unit.links.add(_link(number + 1, title, now))
            await unit.commit(UNAUDITED)
        await analyse(engine)
        rows = []
        for typed in TYPED:
            walls, blocked = [], []
            for _ in range(rounds):
                started, busy = time.perf_counter(), time.thread_time()
                outcome = await app.links.suggest(SuggestLinks(typed=typed), context)
                walls.append((time.perf_counter() - started) * 1e3)
                blocked.append((time.thread_time() - busy) * 1e3)
                assert isinstance(outcome, Success)
                await asyncio.sleep(0)
            rows.append([f"“{typed}”", *_figures(walls), *_figures(blocked)])
    return table(
        f"4. Autocomplete among {titles:,} titles of one guild, embedded PostgreSQL (seed {SEED})",
        ["typed", "answered, median", "95 %", "loop busy, median (aim: under 2 ms)", "95 %"],
        rows,
    )


def _link(number: int, title: str, now: datetime) -> Link:
    return Link(
        id=LinkId(number),
        guild=GUILD,
        title=title,
        content="https://example.org",
        tag=None,
        preview=True,
        added_by=None,
        added_at=now,
        changed_by=None,
        changed_at=now,
    )


def _figures(milliseconds: Sequence[float]) -> list[str]:
    return [f"{percentile(milliseconds, share):.2f} ms" for share in (0.5, 0.95)]
