"""Whatever port call fails, and however: nothing is half done, the code is right, and the next call works."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import pytest

from tests.app import Bench, Who, build, refusal, success
from tests.contexts import ADMIN_ROLE, OWNER, SOMEBODY, Call, Case, filled, suites
from tests.unit.faults import Faults, State, bench_on, failing_at, state
from twi_core.kernel.context import Origin
from twi_core.kernel.errors import AppError
from twi_core.kernel.faults import Conflict, CorruptData, TimedOut, Unavailable
from twi_core.kernel.ids import UserId
from twi_core.kernel.limiting import Decision, Window
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.unit import Change, Committed, unchanged
from twi_memory.storage.store import MemoryStore

CASES: Final = [case for suite in suites().values() for case in suite.faults]
OPENS_NOTHING: Final = {name for suite in suites().values() for name in suite.opens_nothing}
IDS: Final = {SOMEBODY: "2", OWNER: "55", ADMIN_ROLE: "3"}


async def prepared(faults: Faults) -> tuple[Bench, MemoryStore]:
    """Return an application with everything that the contexts' examples are about, and no failure so far."""
    before, faults.before, after, faults.after = faults.before, None, faults.after, None
    bench, store = bench_on(faults)
    for suite in suites().values():
        for each in suite.seed:
            if isinstance(each, Call):
                success(await called(bench, each))
            else:
                context = replace(bench.by(Who.SHELL), actor=UserId(int(IDS[SOMEBODY])))
                await each.into(store, context)
    bench.clock.advance(61)
    faults.before, faults.after = before, after
    faults.names.clear()
    faults.committed.clear()
    return bench, store


async def called(bench: Bench, call: Call | Case) -> Outcome[object, AppError]:
    """Call as the operator."""
    return await bench.call(call.name, Who.SHELL, **filled(call.raw, IDS))


async def code_of(bench: Bench, case: Case) -> str | None:
    """Return the code that answers a case, none where it succeeds."""
    outcome = await called(bench, case)
    return outcome.failure().code if isinstance(outcome, Failure) else None


async def sound(case: Case) -> tuple[list[str], str | None, State]:
    """Return the port calls, the code and the state after of a call during which nothing fails."""
    faults = Faults()
    bench, store = await prepared(faults)
    code = await code_of(bench, case)
    return list(faults.names), code, state(store)


def test_every_operation_has_a_case() -> None:
    """No operation is left out of this file."""
    assert {case.name for case in CASES} == {operation.name for operation in build().app.operations()}


@pytest.mark.asyncio
@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unavailable("x"), "storage.unavailable"),
        (TimedOut("x"), "storage.timed_out"),
        (CorruptData("x"), "internal.unexpected"),
        (ValueError("x"), "internal.unexpected"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_a_failure_changes_nothing(case: Case, error: Exception, code: str) -> None:
    """Whichever port call fails, it is answered with its code and changes nothing."""
    names, expected, after = await sound(case)
    for place, name in enumerate(names):
        bench, store = await prepared(Faults(before=failing_at(place, error)))
        before = state(store)
        assert refusal(await called(bench, case)).code == code, name
        if "commit" not in names[:place]:
            assert state(store) == before, name
            assert await code_of(bench, case) == expected, name
        assert state(store) == after, name


@pytest.mark.asyncio
@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("error", [Unavailable("x"), asyncio.CancelledError()], ids=["lost", "cancelled"])
async def test_a_call_that_succeeds_and_then_fails(case: Case, error: BaseException) -> None:
    """If the answer of a port call is lost, all of the call's work is stored, or nothing; only a commit stores."""
    names, _, after = await sound(case)
    for place, name in enumerate(names):
        bench, store = await prepared(Faults(after=failing_at(place, error)))
        before = state(store)
        if isinstance(error, asyncio.CancelledError):
            with pytest.raises(asyncio.CancelledError):
                await called(bench, case)
        else:
            assert refusal(await called(bench, case)).code == "storage.unavailable"
        committed = "commit" in names[: place + 1]
        assert state(store) == (after if committed else before), name


@pytest.mark.asyncio
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_cancellation_before_a_call(case: Case) -> None:
    """A call that is cancelled while it waits for the storage ends at once and changes nothing."""
    names, expected, _ = await sound(case)
    for place, name in enumerate(names):
        bench, store = await prepared(Faults(before=failing_at(place, asyncio.CancelledError())))
        before = state(store)
        with pytest.raises(asyncio.CancelledError):
            await called(bench, case)
        if "commit" not in names[:place]:
            assert state(store) == before, name
            assert await code_of(bench, case) == expected


@pytest.mark.asyncio
@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("error", [Conflict("x"), Unavailable("x", retry=True)], ids=["conflict", "disconnect"])
async def test_a_failure_that_stored_nothing_is_made_good(case: Case, error: Exception) -> None:
    """A conflict or a disconnect before the commit is not noticed: the call runs again and takes effect once."""
    names, expected, after = await sound(case)
    for place, name in enumerate(names[: names.index("commit") + 1] if case.writes else names):
        bench, store = await prepared(Faults(before=failing_at(place, error)))
        assert await code_of(bench, case) == expected, name
        assert state(store) == after, name


@pytest.mark.asyncio
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_a_second_conflict_is_reported(case: Case) -> None:
    """A repeated conflict is answered as such, after two runs and no third, and nothing is changed."""
    names, _, _ = await sound(case)
    for place, name in enumerate(names[: names.index("commit") + 1] if case.writes else names):
        faults = Faults(before=failing_at(place, Conflict("x"), times=9))
        bench, store = await prepared(faults)
        before = state(store)
        assert refusal(await called(bench, case)).code == "storage.conflict", name
        assert state(store) == before
        opened = faults.names.count("open")
        cached = not case.writes or names.count("open") > 1  # caches load again what failed, in each run
        assert opened == 2 or (cached and opened <= 6), faults.names


@pytest.mark.asyncio
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_only_a_change_is_committed(case: Case) -> None:
    """Reads and refusals commit nothing; a write commits one change, last before it closes."""
    faults = Faults()
    bench, _ = await prepared(faults)
    await called(bench, case)
    names, said = faults.names, faults.committed
    assert names[:1] == ["open"] or case.name in OPENS_NOTHING
    assert names[-2 if said else -1 :] == (["commit", "close"] if said else ["close"] if names else [])
    assert names.count("commit") == len(said) <= 1
    assert [each for each in said if each is not unchanged()] == (said if case.writes else [])
    for change in changes(said):
        assert re.fullmatch(r"[a-z_]+:[^ ]+", change.subject)
        assert change.before != change.after


def changes(said: Sequence[Committed]) -> Iterator[Change]:
    """Yield the changes that were committed."""
    for each in said:
        if isinstance(each, Change):
            yield each
        elif isinstance(each, tuple):
            yield from each


@pytest.mark.asyncio
async def test_a_limiter_that_fails() -> None:
    """If the limiter cannot be reached, the call is refused as an outage and nothing is done."""

    class Lost:
        async def acquire(self, _: Sequence[Window], /) -> Decision:
            raise Unavailable("x")

        async def peek(self, _: Sequence[Window], /) -> Decision:
            raise Unavailable("x")

    bench = build(limiter=Lost())
    assert await bench.code("links.add", title="a", content="b") == "storage.unavailable"
    assert state(bench.store) == {}
    assert isinstance(await bench.call("links.suggest", Who.SHELL), Success)


@pytest.mark.asyncio
async def test_recognising_a_token_reports_an_outage() -> None:
    """Whether a token is known is not guessed when the storage fails."""
    faults = Faults(before=failing_at(0, Unavailable("x")))
    bench, _ = await prepared(faults)
    with pytest.raises(Unavailable):
        await bench.app.authenticate("twi_x", bench.app.context(actor=None, guild=None, origin=Origin.HTTP))
