"""The application as it is put together."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar, final

import pytest

from tests.app import GUILD, START, Who, build, refusal, success
from tests.unit.faults import Faults, bench_on, failing_at
from twi_core.application import Application
from twi_core.assembly import Ports, build_application
from twi_core.kernel.context import Origin
from twi_core.kernel.contexts import offered
from twi_core.kernel.faults import Conflict
from twi_core.kernel.handling import Factory, declared_use_cases
from twi_core.kernel.ids import ChannelId, RoleId, UserId
from twi_core.kernel.invalidations import Invalidations
from twi_core.kernel.limiting import Decision, Window
from twi_core.kernel.operators import Operators
from twi_core.kernel.outcome import Success
from twi_core.kernel.permissions import Level, NativePermissions
from twi_core.kernel.redaction import Redactor
from twi_core.kernel.wiring import by_annotation
from twi_core.pipeline.block import INVALID_REQUESTS
from twi_core.pipeline.trace import current_reference
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.ports.sources import CountingIds, ManualClock, SeededRandom
from twi_memory.storage.store import MemoryStore

T = TypeVar("T")


def test_a_context_holds_what_the_entrypoint_verified() -> None:
    """The context of a call carries the given facts, the time of receipt, and a new reference."""
    app = build().app
    context = app.context(
        actor=UserId(1),
        guild=GUILD,
        channel=ChannelId(2),
        roles={RoleId(3)},
        native=NativePermissions.ADMINISTRATOR,
        asserted_level=Level.MODERATOR,
        origin=Origin.HTTP,
    )
    assert (context.actor, context.guild) == (UserId(1), GUILD)
    assert (context.channel, context.roles) == (ChannelId(2), frozenset({RoleId(3)}))
    assert (context.native, context.asserted_level, context.origin) == (
        NativePermissions.ADMINISTRATOR,
        Level.MODERATOR,
        Origin.HTTP,
    )
    assert (context.received_at, context.correlation_id) == (START, "r000000001")


def test_a_context_has_no_rights_by_default() -> None:
    """By default, a context has no rank, no role and no channel, and comes from an embedding program."""
    context = build().app.context(actor=None, guild=None)
    assert (context.asserted_level, context.native, context.roles) == (
        Level.EVERYONE,
        NativePermissions.NONE,
        frozenset(),
    )
    assert (context.channel, context.origin) == (None, Origin.EMBEDDED)


def test_every_use_case_is_made_by_the_container() -> None:
    """The container is asked once for every use case, and knows in advance everything that it will construct."""
    asked: list[type] = []
    announced: list[type] = []

    def container(bindings: Mapping[object, object], kinds: Sequence[type], /) -> Factory:
        announced.extend(kinds)
        inner = by_annotation(bindings, kinds)

        @final
        class Asked:
            def __call__(self, kind: type[T], /) -> T:
                asked.append(kind)
                return inner(kind)

        return Asked()

    clock: Final = ManualClock(START)
    ports = Ports(
        storage=MemoryStore(),
        limiter=MemoryLimiter(clock),
        clock=clock,
        random=SeededRandom(),
        ids=CountingIds(),
    )
    build_application(Application, ports, container)
    use_cases = [kind for context in offered(Application) for _, kind in declared_use_cases(context.api)]
    assert sorted(map(str, asked)) == sorted(map(str, use_cases))
    assert set(use_cases) <= set(announced)


def test_nothing_that_the_application_is_built_on_exists_twice() -> None:
    """Classes without parameters could be built again for each dependant, and would know nothing; these never are."""
    bound: list[Mapping[object, object]] = []

    def container(bindings: Mapping[object, object], kinds: Sequence[type], /) -> Factory:
        bound.append(bindings)
        return by_annotation(bindings, kinds)

    clock: Final = ManualClock(START)
    ports = Ports(
        storage=MemoryStore(),
        limiter=MemoryLimiter(clock),
        clock=clock,
        random=SeededRandom(),
        ids=CountingIds(),
    )
    build_application(Application, ports, container)
    for bindings in bound:
        assert bindings[Invalidations] is ports.invalidations
        assert bindings[Operators] is ports.operators
        assert bindings[Redactor] is ports.redact
    assert len(bound) == len(list(offered(Application)))


@pytest.mark.asyncio
async def test_refused_callers_spend_nothing() -> None:
    """A caller who may not call is refused for that, not for calling often; so authority comes before the limit."""
    bench = build()
    codes = [await bench.code("links.add", Who.MEMBER, title="a", content="b") for _ in range(15)]
    assert set(codes) == {"permissions.denied"}


@pytest.mark.asyncio
async def test_mistakes_are_explained_so_often_and_no_more() -> None:
    """Invalid input is explained sixty times a minute to each caller, and hinders no other input."""
    bench = build()
    codes = [await bench.code("links.add") for _ in range(INVALID_REQUESTS.amount + 40)]
    assert codes == ["input.missing"] * INVALID_REQUESTS.amount + ["limits.invalid_too_often"] * 40
    assert await bench.code("links.add", title="a", content="b") is None
    assert await bench.code("links.get", Who.MEMBER) == "input.missing"
    assert [await bench.code("links.add", Who.SHELL) for _ in range(99)] == ["input.missing"] * 99
    bench.clock.advance(60)
    assert await bench.code("links.get") == "input.missing"


@pytest.mark.asyncio
async def test_the_limit_stands_before_the_storage() -> None:
    """A call too many does not touch the storage."""
    faults = Faults()
    bench, _ = bench_on(faults)
    for number in range(10):
        success(await bench.call("links.add", title=f"t{number}", content="b"))
    faults.names.clear()
    error = refusal(await bench.call("links.add", title="more", content="b"))
    assert (error.code, error.params["retry_after"]) == ("limits.limited", 60)
    assert faults.names == []
    assert await bench.code("links.get", title="t1") is None
    bench.clock.advance(60)
    assert await bench.code("links.add", title="more", content="b") is None


@pytest.mark.asyncio
async def test_a_second_run_is_not_a_second_call() -> None:
    """Running again after a conflict does not count against the limit."""
    faults = Faults()
    bench, _ = bench_on(faults)
    for number in range(10):
        faults.before = failing_at(0, Conflict("x"))
        success(await bench.call("links.add", title=f"t{number}", content="b"))
    assert await bench.code("links.add", title="more", content="b") == "limits.limited"


@pytest.mark.asyncio
async def test_the_reference_is_known_below() -> None:
    """Everything that logs within a call, down to the storage, knows the call's reference; afterwards it is gone."""
    seen: list[str] = []

    async def look(_: str) -> None:
        seen.append(current_reference.get())

    bench, _ = bench_on(Faults(before=look))
    context = bench.by(Who.MEMBER)
    found = bench.app.operation("links.suggest").unwrap()
    assert isinstance(await found.call({}, context), Success)
    assert set(seen) == {context.correlation_id}
    assert current_reference.get() == "-"


@pytest.mark.asyncio
async def test_a_bug_in_authority_or_the_limiter_is_caught_too() -> None:
    """The net is above everything but the trace, so that an entrypoint never sees an exception."""

    class Broken:
        async def acquire(self, _: Sequence[Window], /) -> Decision:
            raise RuntimeError("x")

        async def peek(self, _: Sequence[Window], /) -> Decision:
            raise RuntimeError("x")

    assert await build(limiter=Broken()).code("links.get", title="a") == "internal.unexpected"
