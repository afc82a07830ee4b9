"""Whatever port call fails, and however: nothing is half done, the code is right, and the next call works."""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import final

import pytest
from typing_extensions import override

from tests.app import Bench, Who, build, refusal, success
from tests.contracts.values import CALL, bug, occurrence
from tests.unit.faults import Faults, bench_on, failing_at, state
from twi_core.failures import FAILURES
from twi_core.kernel.context import Origin
from twi_core.kernel.faults import Conflict, CorruptData, TimedOut, Unavailable
from twi_core.kernel.limiting import Decision, Window
from twi_core.kernel.outcome import Success
from twi_core.kernel.unit import UNAUDITED, Change, Committed, unchanged
from twi_memory.storage.store import MemoryStore


@final
@dataclass(frozen=True, slots=True)
class Case:
    name: str
    raw: Mapping[str, object]
    writes: bool = True

    @override
    def __str__(self) -> str:
        return self.name


DOCUMENT = '{"links.page_size": 9, "permissions.quiet_refusals": true}'

CASES = (
    Case("links.get", {"title": "one"}, writes=False),
    Case("links.get", {"title": "oen"}, writes=False),
    Case("links.info", {"title": "one"}, writes=False),
    Case("links.tags", {}, writes=False),
    Case("links.list", {"tag": "Maps"}, writes=False),
    Case("links.search", {"query": "text"}, writes=False),
    Case("links.suggest", {"typed": "on"}, writes=False),
    Case("links.suggest_tags", {"typed": "m"}, writes=False),
    Case("links.add", {"title": "new", "content": "text"}),
    Case("links.add", {"title": "one", "content": "text"}, writes=False),
    Case("links.edit", {"title": "one", "content": "other"}),
    Case("links.rename", {"title": "one", "new_title": "uno"}),
    Case("links.rename", {"title": "one", "new_title": "two"}, writes=False),
    Case("links.transfer", {"title": "one", "to": "55"}),
    Case("links.delete", {"title": "one"}),
    Case("links.delete", {"title": "nothing"}, writes=False),
    Case("tokens.create", {"name": "new", "actor": "1", "guilds": ["9001"]}),
    Case("tokens.list", {}, writes=False),
    Case("permissions.list", {}, writes=False),
    Case("permissions.show", {}, writes=False),
    Case("permissions.explain", {"operation": "links.add"}, writes=False),
    Case("permissions.check", {"user": "1", "operation": "links.add", "level": "everyone"}, writes=False),
    Case("permissions.overview", {"user": "1"}, writes=False),
    Case("permissions.simulate", {"change": "grant", "permission": "links.add", "user": "1"}, writes=False),
    Case("permissions.suggest", {"typed": "l"}, writes=False),
    Case("permissions.grant", {"permission": "links.add", "user": "1"}),
    Case("permissions.deny", {"permission": "links.add", "user": "2"}),
    Case("permissions.revoke", {"permission": "links.*", "user": "2"}),
    Case("limits.show", {"operation": "links.add"}, writes=False),
    Case("limits.rules", {}, writes=False),
    Case("limits.set", {"operation": "links.add", "amount": 3, "seconds": 60}),
    Case("limits.set", {"operation": "links.*", "amount": 3, "seconds": 60}),
    Case("limits.exempt", {"operation": "*", "user": "2"}),
    Case("limits.reset", {"operation": "links.*"}),
    Case("limits.reset", {"operation": "links.add"}, writes=False),
    Case("settings.list", {}, writes=False),
    Case("settings.show", {"key": "links.page_size"}, writes=False),
    Case("settings.history", {}, writes=False),
    Case("settings.export", {}, writes=False),
    Case("settings.suggest", {}, writes=False),
    Case("settings.set", {"key": "links.page_size", "value": "8"}),
    Case("settings.set", {"key": "links.page_size", "value": "7"}, writes=False),
    Case("settings.set", {"key": "permissions.quiet_refusals", "value": "yes"}),
    Case("settings.reset", {"key": "links.page_size"}),
    Case("settings.add", {"key": "permissions.admin_roles", "value": "4"}),
    Case("settings.remove", {"key": "permissions.admin_roles", "value": "4"}, writes=False),
    Case("settings.remove", {"key": "permissions.admin_roles", "value": "3"}),
    Case("settings.import", {"document": DOCUMENT}, writes=False),
    Case("settings.import", {"document": DOCUMENT, "apply": True, "replace": True}),
    Case("tokens.revoke", {"name": "old"}),
    Case("failures.show", {"reference": "r1"}, writes=False),
    Case("failures.show", {"reference": "r2"}, writes=False),
    Case("failures.list", {}, writes=False),
    Case("failures.describe", {"fingerprint": "b1"}, writes=False),
    Case("failures.resolve", {"fingerprint": "b1"}),
    Case("failures.resolve", {"fingerprint": "b2"}, writes=False),
)

STORES_NOTHING = {"permissions.list", "permissions.suggest", "settings.suggest", "limits.show"}
"""What is answered from what the code declares, or for whom the guild's rules are of no matter."""


async def prepared(faults: Faults) -> tuple[Bench, MemoryStore]:
    """Give an application that holds some of everything, and has made no failure yet."""
    before, faults.before, after, faults.after = faults.before, None, faults.after, None
    bench, store = bench_on(faults)
    for title in ("one", "two"):
        success(await bench.call("links.add", Who.SHELL, title=title, content="text", tag="Maps"))
    success(await bench.call("tokens.create", Who.SHELL, name="old", actor="1", guilds=["9001"]))
    success(await bench.call("permissions.deny", Who.SHELL, permission="links.*", user="2"))
    success(await bench.call("limits.set", Who.SHELL, operation="links.*", amount=5, seconds=60))
    success(await bench.call("settings.set", Who.SHELL, key="links.page_size", value="7"))
    success(await bench.call("settings.add", Who.SHELL, key="permissions.admin_roles", value="3"))
    async with store.open(FAILURES)(CALL) as unit:
        await unit.occurrences.keep([replace(occurrence("r1"), fingerprint="b1")])
        await unit.bugs.count([bug("b1", "r1")])
        await unit.commit(UNAUDITED)
    bench.clock.advance(61)
    faults.before, faults.after = before, after
    faults.names.clear()
    faults.committed.clear()
    return bench, store


async def sound(case: Case) -> tuple[list[str], str | None, Mapping[str, object]]:
    """Give the port calls, the code and the state after of a call during which nothing fails."""
    faults = Faults()
    bench, store = await prepared(faults)
    code = await bench.code(case.name, Who.SHELL, **case.raw)
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
    """A port call that fails, whichever one it is, is answered with its code and changes nothing."""
    names, expected, after = await sound(case)
    for place, name in enumerate(names):
        bench, store = await prepared(Faults(before=failing_at(place, error)))
        before = state(store)
        assert refusal(await bench.call(case.name, Who.SHELL, **case.raw)).code == code, name
        if "commit" not in names[:place]:
            assert state(store) == before, name
            assert await bench.code(case.name, Who.SHELL, **case.raw) == expected, name
        assert state(store) == after, name


@pytest.mark.asyncio
@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("error", [Unavailable("x"), asyncio.CancelledError()], ids=["lost", "cancelled"])
async def test_a_call_that_succeeds_and_then_fails(case: Case, error: BaseException) -> None:
    """If the answer of a port call is lost, all is stored that the call asked for, or nothing; only a commit stores."""
    names, _, after = await sound(case)
    for place, name in enumerate(names):
        bench, store = await prepared(Faults(after=failing_at(place, error)))
        before = state(store)
        if isinstance(error, asyncio.CancelledError):
            with pytest.raises(asyncio.CancelledError):
                await bench.call(case.name, Who.SHELL, **case.raw)
        else:
            assert refusal(await bench.call(case.name, Who.SHELL, **case.raw)).code == "storage.unavailable"
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
            await bench.call(case.name, Who.SHELL, **case.raw)
        if "commit" not in names[:place]:
            assert state(store) == before, name
            assert await bench.code(case.name, Who.SHELL, **case.raw) == expected


@pytest.mark.asyncio
@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("error", [Conflict("x"), Unavailable("x", retry=True)], ids=["conflict", "disconnect"])
async def test_a_failure_that_stored_nothing_is_made_good(case: Case, error: Exception) -> None:
    """A conflict or a disconnect before the commit is not noticed: the call runs again and takes effect once."""
    names, expected, after = await sound(case)
    for place, name in enumerate(names[: names.index("commit") + 1] if case.writes else names):
        bench, store = await prepared(Faults(before=failing_at(place, error)))
        assert await bench.code(case.name, Who.SHELL, **case.raw) == expected, name
        assert state(store) == after, name


@pytest.mark.asyncio
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_a_second_conflict_is_told(case: Case) -> None:
    """A conflict that comes again is answered as such, after two runs and no third, and nothing is changed."""
    names, _, _ = await sound(case)
    for place, name in enumerate(names[: names.index("commit") + 1] if case.writes else names):
        faults = Faults(before=failing_at(place, Conflict("x"), times=9))
        bench, store = await prepared(faults)
        before = state(store)
        assert refusal(await bench.call(case.name, Who.SHELL, **case.raw)).code == "storage.conflict", name
        assert state(store) == before
        opened = faults.names.count("open")
        assert opened == 2 or (not case.writes and opened <= 6)  # what is kept at hand is tried twice in each run


@pytest.mark.asyncio
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_only_a_change_is_committed(case: Case) -> None:
    """What reads, and what refuses, commits nothing; what writes commits one change, last before it closes."""
    faults = Faults()
    bench, _ = await prepared(faults)
    await bench.code(case.name, Who.SHELL, **case.raw)
    names, said = faults.names, faults.committed
    assert names[:1] == ["open"] or case.name in STORES_NOTHING
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
async def test_recognising_a_token_tells_an_outage() -> None:
    """Whether a token is known is not guessed when the storage cannot tell."""
    faults = Faults(before=failing_at(0, Unavailable("x")))
    bench, _ = await prepared(faults)
    with pytest.raises(Unavailable):
        await bench.app.authenticate("twi_x", bench.app.context(actor=None, guild=None, origin=Origin.HTTP))
