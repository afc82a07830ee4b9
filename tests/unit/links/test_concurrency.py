"""Concurrent calls: whatever the order of their port calls, the result is as if they had run one after another."""

import asyncio
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app import Bench, Who, build, success
from tests.unit.faults import Faults, State, Turns, bench_on, state

Call = tuple[str, dict[str, object]]

PAIRS: tuple[tuple[Call, Call], ...] = (
    (("edit", {"title": "one", "content": "first"}), ("edit", {"title": "one", "tag": "second"})),
    (("rename", {"title": "one", "new_title": "new"}), ("rename", {"title": "two", "new_title": "new"})),
    (("rename", {"title": "one", "new_title": "two"}), ("delete", {"title": "two"})),
    (("rename", {"title": "one", "new_title": "new"}), ("add", {"title": "new", "content": "text"})),
    (("add", {"title": "new", "content": "first"}), ("add", {"title": "NEW", "content": "second"})),
    (("edit", {"title": "one", "content": "first"}), ("delete", {"title": "one"})),
    (("edit", {"title": "one", "content": "first"}), ("rename", {"title": "one", "new_title": "new"})),
    (("transfer", {"title": "one", "to": "55"}), ("edit", {"title": "one", "content": "first"})),
    (("delete", {"title": "one"}), ("delete", {"title": "one"})),
    (("delete", {"title": "one"}), ("add", {"title": "one", "content": "again"})),
)
CALLS = sorted({repr(call): call for pair in PAIRS for call in pair}.items())


async def prepared(bench: Bench) -> None:
    for title in ("one", "two"):
        success(await bench.call("links.add", Who.SHELL, title=title, content="text", tag="Maps"))


async def at_once(calls: list[Call], choices: list[int]) -> tuple[list[str | None], State]:
    """Return the codes and the state after calls whose port calls alternate as chosen."""
    turns, faults = Turns(), Faults()
    bench, store = bench_on(faults)
    await prepared(bench)
    faults.before = turns.wait
    codes = await turns.run([bench.code(f"links.{name}", Who.SHELL, **raw) for name, raw in calls], choices)
    return codes, state(store)


async def in_turn(calls: list[Call]) -> tuple[list[str | None], State]:
    """Return the codes and the state after calls that come one after another."""
    bench = build()
    await prepared(bench)
    codes = [await bench.code(f"links.{name}", Who.SHELL, **raw) for name, raw in calls]
    return codes, state(bench.store)


async def check(calls: list[Call], choices: list[int]) -> None:
    codes, found = await at_once(calls, choices)
    assert set(codes) <= {None, "links.not_found", "links.title_taken", "storage.conflict"}
    done = [(call, code) for call, code in zip(calls, codes, strict=True) if code != "storage.conflict"]
    possible = []
    for order in permutations(done):
        in_order = await in_turn([call for call, _ in order])
        possible.append((list(zip([call for call, _ in order], in_order[0], strict=True)), in_order[1]))
    assert any(
        found == after and sorted(map(repr, answers)) == sorted(map(repr, done)) for answers, after in possible
    ), f"{codes} {found}"


@pytest.mark.asyncio
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0][0]}-{pair[1][0]}")
@pytest.mark.parametrize("choices", [[0], [1], [0, 1], [0, 0, 1], [0, 0, 0, 1], [1, 1, 0], [0, 0, 1, 1]], ids=str)
async def test_two_at_once(pair: tuple[Call, Call], choices: list[int]) -> None:
    """Two concurrent calls, however they alternate, end as one after the other would; nothing is lost or doubled."""
    await check(list(pair), choices)


@given(
    st.lists(st.sampled_from([call for _, call in CALLS]), min_size=2, max_size=4),
    st.lists(st.integers(0, 3), min_size=1, max_size=24),
)
@settings(max_examples=80, deadline=None)
def test_several_at_once(calls: list[Call], choices: list[int]) -> None:
    """A few concurrent calls, in any order of their port calls, end as some order of whole calls would."""
    asyncio.run(check(calls, choices))


@pytest.mark.asyncio
async def test_two_edits_of_different_things_both_hold() -> None:
    """Of two concurrent edits of different fields, neither undoes the other."""
    calls: list[Call] = list(PAIRS[0])
    codes, found = await at_once(calls, [0, 1])
    assert codes == [None, None]
    one = next(link for link in found["links"] if link["title"] == "one")
    assert (one["content"], one["tag"]) == ("first", "second")
