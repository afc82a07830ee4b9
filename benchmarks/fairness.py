"""Whether one user who calls without pause slows the others down."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Final

from benchmarks.measure import percentile, table
from twi_core.application import Application
from twi_core.assembly import Ports, build_application
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.outcome import Success
from twi_core.kernel.permissions import Level
from twi_core.links.use_cases.add import AddLink
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.ports.sources import SystemClock, SystemRandom, TimeIds
from twi_memory.storage.store import MemoryStore

GUILD: Final = GuildId(346842016480755724)
ABUSER: Final = UserId(666)
ABUSE: Final = 300
"""Calls a second by the user who calls without pause."""
OTHERS: Final = 20
PAUSE: Final = 2.5
"""Seconds between two calls by each of the others, so that none of them reaches a limit."""


async def run(rounds: int, seconds: float) -> str:
    """Run alternately with and without the abuser, and return the table."""
    app = await _prepared()
    figures: dict[bool, list[list[float]]] = {False: [], True: []}
    refused = answered = 0
    for _ in range(rounds):
        for abused in (False, True):
            async with AsyncExitStack() as stack:
                if abused:
                    abuser = asyncio.create_task(_abuse(app))
                    stack.callback(abuser.cancel)
                taken = await asyncio.gather(*(_ask(app, UserId(1_000 + n), n, seconds) for n in range(OTHERS)))
            figures[abused].append([each for found, _ in taken for each in found])
            refused += sum(missed for _, missed in taken)
            answered += sum(len(found) for found, _ in taken)
    assert refused == 0, f"{refused} of {answered + refused} calls by the others were refused"
    rows = [
        [label, *(_milliseconds(figures[abused], share) for share in (0.5, 0.99))]
        for label, abused in (("alone", False), (f"next to {ABUSE} calls a second from one user", True))
    ]
    ratios = [f"{_median(figures[True], share) / _median(figures[False], share):.2f}" for share in (0.5, 0.99)]
    return table(
        f"7. `links.get` by {OTHERS} users, with and without someone who calls without a pause (none of them refused)",
        ["", "median", "99 %"],
        [*rows, ["ratio (aim: 1.2 or less)", *ratios]],
    )


async def _prepared() -> Application:
    """Return an application with the link that is requested."""
    clock, chance, store = SystemClock(), SystemRandom(), MemoryStore()
    app = build_application(
        Application,
        Ports(
            storage=store,
            limiter=MemoryLimiter(clock),
            clock=clock,
            random=chance,
            ids=TimeIds(clock, chance),
            invalidations=store.invalidations,
        ),
    )
    moderator = app.context(actor=UserId(1), guild=GUILD, asserted_level=Level.MODERATOR)
    added = await app.links.add(AddLink(title="World Map", content="https://wanderinginn.com/map"), moderator)
    assert isinstance(added, Success)
    return app


async def _abuse(app: Application) -> None:
    while True:
        await app.links.get.call({"title": "world map"}, app.context(actor=ABUSER, guild=GUILD))
        await asyncio.sleep(1 / ABUSE)


async def _ask(app: Application, user: UserId, number: int, seconds: float) -> tuple[list[float], int]:
    """Call at intervals, and return the seconds that each answer took, and how many calls were refused."""
    found: list[float] = []
    refused = 0
    end = time.perf_counter() + seconds
    await asyncio.sleep(PAUSE * number / OTHERS)
    while time.perf_counter() < end:
        began = time.perf_counter()
        outcome = await app.links.get.call({"title": "world map"}, app.context(actor=user, guild=GUILD))
        found.append(time.perf_counter() - began)
        refused += not isinstance(outcome, Success)
        await asyncio.sleep(PAUSE)
    return found, refused


def _milliseconds(rounds: Sequence[Sequence[float]], share: float) -> str:
    return f"{_median(rounds, share) * 1e3:.3f} ms"


def _median(rounds: Sequence[Sequence[float]], share: float) -> float:
    """Return the median of the rounds' percentiles."""
    return percentile([percentile(each, share) for each in rounds], 0.5)
