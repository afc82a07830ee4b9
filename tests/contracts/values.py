"""What the suites of promises store, and how they open units."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from twi_core.failures.domain import Bug, Occurrence
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.contexts import Storage
from twi_core.kernel.errors import Kind
from twi_core.kernel.faults import PortError
from twi_core.kernel.ids import ChannelId, GuildId, UserId
from twi_core.kernel.permissions import Level
from twi_core.kernel.unit import UNAUDITED, Open, Unit
from twi_core.links import LINKS, LinksUnit
from twi_core.links.domain import Link, LinkId
from twi_core.tokens.domain import ApiToken, TokenId

T = TypeVar("T")
U = TypeVar("U", bound=Unit)
Store = Storage

GUILD: Final = GuildId(71)
OTHER_GUILD: Final = GuildId(72)
START: Final = datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC)
CALL: Final = CallContext(
    actor=UserId(5), guild=GUILD, origin=Origin.EMBEDDED, correlation_id="0000000000", received_at=START
)


def link(
    number: int,
    title: str,
    *,
    guild: GuildId = GUILD,
    content: str = "https://example.org",
    tag: str | None = None,
    seconds: float = 0,
) -> Link:
    """Make a link that was last changed some seconds after `START`."""
    return Link(
        id=LinkId(number),
        guild=guild,
        title=title,
        content=content,
        tag=tag,
        preview=True,
        added_by=UserId(5),
        added_at=START,
        changed_by=UserId(6),
        changed_at=START + timedelta(seconds=seconds),
    )


def token(number: int, name: str) -> ApiToken:
    """Make a token."""
    return ApiToken(
        id=TokenId(number),
        name=name,
        actor=UserId(9),
        level=Level.MODERATOR,
        guilds=(GUILD, OTHER_GUILD),
        created_at=START,
    )


def occurrence(reference: str, *, seconds: float = 0, guild: GuildId | None = GUILD) -> Occurrence:
    """Make an occurrence of some seconds after `START`."""
    return Occurrence(
        reference=reference,
        at=START + timedelta(seconds=seconds),
        guild=guild,
        actor=UserId(5),
        channel=ChannelId(6),
        origin=Origin.DISCORD,
        operation="links.get",
        code="links.not_found",
        kind=Kind.NOT_FOUND,
    )


def bug(fingerprint: str, *references: str, count: int = 1, seconds: float = 0) -> Bug:
    """Make a bug that was first and last seen some seconds after `START`."""
    at = START + timedelta(seconds=seconds)
    return Bug(
        fingerprint=fingerprint,
        where="links.get",
        kinds=("ValueError", "KeyError"),
        trace=f"ValueError: after {seconds}\n  twi_core.links:get, line 1",
        count=count,
        first_seen_at=at,
        last_seen_at=at,
        references=references,
    )


async def committed(open_unit: Open[U], work: Callable[[U], Awaitable[T]]) -> T:
    """Run work in a separate unit and commit it."""
    async with open_unit(CALL) as unit:
        result = await work(unit)
        await unit.commit(UNAUDITED)
    return result


async def insisted(open_unit: Open[U], work: Callable[[U], Awaitable[T]], times: int = 50) -> T:
    """Run work in a separate unit until it is stored, as a caller may where a fault allows it."""
    for _ in range(times):
        try:
            return await committed(open_unit, work)
        except PortError as error:
            if not error.retry:
                raise
    raise AssertionError(f"in conflict {times} times")


async def added_within(
    most: int,
    open_unit: Open[U],
    count: Callable[[U], Awaitable[int]],
    put: Callable[[U, int], Awaitable[object]],
) -> int:
    """Run eight concurrent units that each count and add one thing if there are fewer; return how many added one.

    Each must see what it has added.
    """

    def adding(number: int) -> Callable[[U], Awaitable[bool]]:
        async def work(unit: U) -> bool:
            counted = await count(unit)
            if counted == most:
                return False
            await asyncio.sleep(0)
            await put(unit, number)
            assert await count(unit) == counted + 1
            await asyncio.sleep(0)
            return True

        return work

    return sum(await asyncio.gather(*(insisted(open_unit, adding(number)) for number in range(1, 9))))


async def keep(store: Store, *links: Link) -> None:
    """Store links, and check that each one was accepted."""

    async def add(unit: LinksUnit) -> None:
        for each in links:
            assert await unit.links.add(each), each.title

    await committed(store.open(LINKS), add)


async def begun(task: "asyncio.Task[object]") -> None:
    """Run a task until it waits for somebody, or ends."""
    for _ in range(100):  # turns, not time: what waits for nobody then ends, however busy the machine is
        await asyncio.sleep(0)
    await asyncio.wait({task}, timeout=0.05)
