"""The cost of deciding whether a call is allowed, and how often: in memory, through Redis, and among many rules."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from benchmarks.dispatch import LeapingClock
from benchmarks.measure import Work, interleaved, ratio, summary, table
from twi_cache.limiter import RedisLimiter
from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import AppError
from twi_core.kernel.ids import GuildId, RoleId, Snowflake, UserId
from twi_core.kernel.limiting import Limiter, Window
from twi_core.kernel.operators import Operators
from twi_core.kernel.outcome import Outcome, Success
from twi_core.kernel.policy import Rate, Scope
from twi_core.kernel.unit import UNAUDITED
from twi_core.limits import LIMITS
from twi_core.limits import domain as limits
from twi_core.limits.rules.enforcement import RuleLimits
from twi_core.links.use_cases.get import GetLinkUseCase
from twi_core.permissions import PERMISSIONS
from twi_core.permissions.domain import Effect, Rule, RuleId, Subject, SubjectKind
from twi_core.permissions.rules.authority import RuleAuthority
from twi_core.pipeline.authorise import Authorise
from twi_core.pipeline.throttle import Throttle
from twi_core.settings import SETTINGS
from twi_core.settings.rules.reading import ReadSettings
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.ports.sources import SystemClock
from twi_memory.storage.store import MemoryStore

QUIET: Final = GuildId(7)
RULED: Final = GuildId(8)
"""A guild with a thousand permission rules and a thousand limit rules."""
ROLES: Final = tuple(RoleId(number) for number in range(101, 109))
PATTERNS: Final = ("links.view", "links.get", "links.*", "*")
LEAP: Final = 2.1
"""Seconds between readings, so that the window of `links.get` (30 a minute) is nearly full and no call is refused."""
POLICY: Final = GetLinkUseCase.policy


class _Nothing(Command):
    """A command without fields."""


async def _inner(_: _Nothing, __: CallContext, /) -> Outcome[None, AppError]:
    return Success(None)


async def _filled(now: datetime) -> MemoryStore:
    """Return a storage with a guild whose rules are about roles and patterns of the call, and about others."""
    store = MemoryStore()
    call = _call(RULED, now)
    async with store.open(PERMISSIONS)(call) as unit, store.open(LIMITS)(call) as limiting:
        for number in range(1, 1_001):
            role, pattern = Snowflake(100 + number // len(PATTERNS)), PATTERNS[number % len(PATTERNS)]
            await unit.permission_rules.put(
                Rule(
                    id=RuleId(number),
                    guild=RULED,
                    subject=Subject(SubjectKind.ROLE, role),
                    pattern=pattern,
                    effect=Effect.ALLOW,
                    reason=None,
                    set_by=None,
                    set_at=now,
                    expires_at=None,
                )
            )
            await limiting.limit_rules.put(
                limits.LimitRule(
                    id=limits.LimitRuleId(number),
                    guild=RULED,
                    subject=limits.Subject(limits.SubjectKind.ROLE, role),
                    pattern=pattern,
                    scope=Scope.MEMBER,
                    amount=30,
                    seconds=60,
                    set_by=None,
                    set_at=now,
                )
            )
        await unit.commit(UNAUDITED)
        await limiting.commit(UNAUDITED)
    return store


def _call(guild: GuildId, now: datetime) -> CallContext:
    return CallContext(
        actor=UserId(5),
        guild=guild,
        roles=frozenset(ROLES),
        origin=Origin.DISCORD,
        correlation_id="0123456789",
        received_at=now,
    )


@asynccontextmanager
async def _redis() -> AsyncIterator[Limiter | None]:
    """Run a Redis on a separate socket; yield None if the program is missing."""
    program = shutil.which("redis-server")
    if program is None:
        yield None
        return
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="twi-bench-")))
        socket = folder / "redis.sock"
        process = await asyncio.create_subprocess_exec(
            *(program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)),
            stdout=asyncio.subprocess.DEVNULL,
        )
        stack.push_async_callback(process.wait)
        stack.callback(process.kill)
        client = await stack.enter_async_context(Redis(unix_socket_path=str(socket), protocol=2))
        await _answering(client)
        yield RedisLimiter(client)


async def _answering(client: Redis) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                await client.ping()
            except RedisError:
                await asyncio.sleep(0.05)
            else:
                return


async def run(rounds: int, calls: int) -> str:
    """Run the benchmark, and return its table."""
    clock = SystemClock()
    store = await _filled(clock.now())
    settings = ReadSettings(store.open(SETTINGS), store.invalidations, clock)
    authority = RuleAuthority(store.open(PERMISSIONS), settings, Operators(), store.invalidations, clock)
    rules = RuleLimits(store.open(LIMITS), authority, store.invalidations, clock)
    authorise = Authorise(authority)

    def work(limiter: Limiter, guild: GuildId, *, authorised: bool = True) -> Work:
        throttled = Throttle(limiter, rules).wrap(POLICY, _inner)
        handler = authorise.wrap(POLICY, throttled) if authorised else throttled
        context = _call(guild, clock.now())

        async def call() -> None:
            assert isinstance(await handler(_Nothing(), context), Success)

        return call

    def memory() -> Limiter:
        return MemoryLimiter(LeapingClock(LEAP))

    alone = authorise.wrap(POLICY, _inner)
    quiet = _call(QUIET, clock.now())

    async def authorise_only() -> None:
        assert isinstance(await alone(_Nothing(), quiet), Success)

    async with _redis() as shared:
        works: dict[str, Work] = {
            "authorise and throttle, memory": work(memory(), QUIET),
            "authorise": authorise_only,
            "throttle, memory": work(memory(), QUIET, authorised=False),
            "authorise and throttle, memory, 1,000 rules of each sort": work(memory(), RULED),
        }
        if shared is not None:
            works["throttle, Redis"] = _roomy(shared)
        figures = await interleaved(works, rounds=rounds, calls=calls)
    first = figures["authorise and throttle, memory"]
    rows = [[name, summary(found), ratio(found, first)] for name, found in figures.items()]
    if shared is None:
        rows.append(["throttle, Redis", "redis-server is missing", ""])
    return table(
        "6. Deciding whether a call is allowed, and how often; caches warm, eight roles, four windows",
        ["", "µs per call: median (min to max; aim for the first: 30 or less)", "ratio to the first"],
        rows,
    )


def _roomy(limiter: Limiter) -> Work:
    """Count a call in four windows with room for every call, by the server's real clock."""
    rates = [Rate(10**7, per=10 + number) for number in range(4)]
    windows = [Window(f"bench.{number}", 7, 5, rate) for number, rate in enumerate(rates)]

    async def call() -> None:
        assert (await limiter.acquire(windows)).wait == 0.0

    return call
