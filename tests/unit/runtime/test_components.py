"""The parts of a process: opened in order, closed in reverse, and none of them can hang it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.waiting import PATIENCE
from twi_runtime.process.components import Components
from twi_runtime.process.exits import RuntimeFailure

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def part(name: str, events: list[str]) -> AsyncIterator[str]:
    events.append(f"open {name}")
    try:
        yield name
    finally:
        events.append(f"close {name}")


@asynccontextmanager
async def broken(*, at_start: bool) -> AsyncIterator[None]:
    if at_start:
        raise LookupError("no such thing")
    yield
    raise LookupError("gone")


@asynccontextmanager
async def slow_to_close(events: list[str], *, stubborn: bool = False) -> AsyncIterator[None]:
    yield
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            events.append("cancelled")
            if not stubborn:
                raise
            stubborn = False


async def test_parts_close_in_reverse() -> None:
    """What was opened last is closed first, and each part's value arrives."""
    events: list[str] = []
    async with Components() as parts:
        assert [await parts.open(name, part(name, events)) for name in "abc"] == ["a", "b", "c"]
    assert events == ["open a", "open b", "open c", "close c", "close b", "close a"]


async def test_a_part_that_fails_to_open_closes_those_before_it() -> None:
    """The failure is the part's, and nothing stays open."""
    events: list[str] = []
    parts = Components()
    await parts.open("a", part("a", events))
    with pytest.raises(LookupError):
        await parts.open("b", broken(at_start=True))
    await parts.close()
    assert events == ["open a", "close a"]


async def test_a_part_that_hangs_while_opening_is_given_up() -> None:
    """A start that takes too long is a failure with a code that names the part."""

    @asynccontextmanager
    async def hanging() -> AsyncIterator[None]:
        await asyncio.Event().wait()
        yield

    async with Components() as parts:
        with pytest.raises(RuntimeFailure) as caught:
            await parts.open("the slow one", hanging(), start_timeout=0.01)
    assert caught.value.error.code == "runtime.start_timed_out"
    assert "the slow one" in str(caught.value)


async def test_a_part_that_hangs_while_closing_is_named_and_the_rest_still_closes() -> None:
    """One part that does not close in time is cancelled, reported, and keeps nobody from closing."""
    events: list[str] = []
    parts = Components()
    await parts.open("a", part("a", events))
    await parts.open("b", slow_to_close(events), stop_timeout=0.01)
    await parts.close()
    assert events == ["open a", "cancelled", "close a"]
    assert parts.failed == ["b"]
    assert parts.abandoned == []


async def test_a_part_that_cannot_even_be_cancelled_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others close all the same, and the process knows that it must not wait for its tasks."""
    monkeypatch.setattr("twi_runtime.process.components.LAST_GRACE", 0.01)
    events: list[str] = []
    parts = Components()
    await parts.open("a", part("a", events))
    await parts.open("b", slow_to_close(events, stubborn=True), stop_timeout=0.01)
    await parts.close()
    assert events[-1] == "close a"
    assert parts.abandoned == ["b"]


async def test_a_part_that_fails_while_closing_is_named_and_the_rest_still_closes() -> None:
    """An error of one part is reported and keeps nobody from closing."""
    events: list[str] = []
    parts = Components()
    await parts.open("a", part("a", events))
    await parts.open("b", broken(at_start=False))
    await parts.close()
    assert events == ["open a", "close a"]
    assert parts.failed == ["b"]


async def test_hurrying_cuts_a_long_closing_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once hurried, parts get a moment instead of their whole time."""
    monkeypatch.setattr("twi_runtime.process.components.LAST_GRACE", 0.05)
    events: list[str] = []
    parts = Components()
    await parts.open("a", slow_to_close(events), stop_timeout=600)
    parts.hurry()
    async with asyncio.timeout(PATIENCE):
        await parts.close()
    assert events == ["cancelled"]


async def test_a_cancelled_opening_closes_what_is_half_open() -> None:
    """Cancelling the task that opens a part undoes the opening."""
    events: list[str] = []
    entered = asyncio.Event()

    @asynccontextmanager
    async def half() -> AsyncIterator[None]:
        try:
            entered.set()
            await asyncio.Event().wait()
            yield
        finally:
            events.append("undone")

    parts = Components()
    opening = asyncio.create_task(parts.open("a", half()))
    await entered.wait()
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert events == ["undone"]


async def test_a_part_that_enters_after_it_was_given_up_is_left_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that swallows its cancellation and starts late does not stay open with nobody to close it."""
    monkeypatch.setattr("twi_runtime.process.components.LAST_GRACE", 0.01)
    late, left = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def stubborn() -> AsyncIterator[None]:
        while not late.is_set():
            with suppress(asyncio.CancelledError):
                await late.wait()
        yield
        left.set()

    async with Components() as parts:
        with pytest.raises(RuntimeFailure):
            await parts.open("a", stubborn(), start_timeout=0.01)
    assert parts.abandoned == ["a"]
    late.set()
    async with asyncio.timeout(PATIENCE):
        await left.wait()
