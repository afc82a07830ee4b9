"""Concurrent changes: nothing is lost, and the history leads to the stored values."""

import asyncio
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.app import GUILD, OTHER_GUILD, Bench, Who, build
from tests.unit.faults import Faults, Turns, bench_on
from tests.unit.settings.values import SETTINGS, values
from twi_core.kernel.ids import GuildId
from twi_core.kernel.settings import SettingKind
from twi_core.settings.rules.values import written
from twi_memory.settings import SETTING_CHANGE_ROWS, SETTING_ROWS
from twi_memory.storage.store import MemoryStore

Call = tuple[str, dict[str, object]]
ROLES: dict[str, object] = {"key": "permissions.admin_roles"}
SIZE: dict[str, object] = {"key": "links.page_size"}

CALLS: tuple[Call, ...] = (
    ("add", ROLES | {"value": "1"}),
    ("add", ROLES | {"value": "2"}),
    ("remove", ROLES | {"value": "1"}),
    ("remove", ROLES | {"value": "9"}),
    ("set", ROLES | {"value": "7"}),
    ("reset", ROLES),
    ("set", SIZE | {"value": "6"}),
    ("set", SIZE | {"value": "8"}),
    ("reset", SIZE),
    ("import", {"document": '{"links.page_size": 9, "permissions.admin_roles": ["3"]}', "apply": True}),
    ("import", {"document": "{}", "apply": True, "replace": True}),
)


def held(store: MemoryStore, guild: GuildId = GUILD) -> dict[str, str]:
    return {row.key: row.value for row in store.table(SETTING_ROWS).rows.values() if row.guild == guild}


def replayed(store: MemoryStore, guild: GuildId = GUILD) -> dict[str, str]:
    """Follow the history from the beginning; each change must start from what the one before left."""
    found: dict[str, str] = {}
    changes = [change for change in store.table(SETTING_CHANGE_ROWS).rows.values() if change.guild == guild]
    for change in sorted(changes, key=lambda change: change.id):
        assert found.get(change.key) == change.before
        assert change.before != change.after
        found.pop(change.key, None)
        if change.after is not None:
            found[change.key] = change.after
    return found


async def prepared(bench: Bench) -> None:
    await bench.call("settings.set", Who.SHELL, **ROLES, value="5,9")
    await bench.call("settings.set", Who.SHELL, **SIZE, value="5")


async def at_once(calls: list[Call], choices: list[int]) -> tuple[list[str | None], MemoryStore]:
    """Return the codes and the storage after calls whose port calls alternate as chosen."""
    turns, faults = Turns(), Faults()
    bench, store = bench_on(faults)
    await prepared(bench)
    faults.before = turns.wait
    codes = await turns.run([bench.code(f"settings.{name}", Who.SHELL, **raw) for name, raw in calls], choices)
    return codes, store


async def in_turn(calls: list[Call]) -> dict[str, str]:
    bench = build()
    await prepared(bench)
    for name, raw in calls:
        assert await bench.code(f"settings.{name}", Who.SHELL, **raw) is None
    return held(bench.store)


async def check(calls: list[Call], choices: list[int]) -> None:
    codes, store = await at_once(calls, choices)
    assert set(codes) <= {None, "storage.conflict"}
    done = [call for call, code in zip(calls, codes, strict=True) if code is None]
    possible = [await in_turn(list(order)) for order in permutations(done)]
    assert held(store) in possible, f"{codes} {held(store)}"
    assert replayed(store) == held(store)


@pytest.mark.asyncio
@pytest.mark.parametrize("one", CALLS, ids=str)
@pytest.mark.parametrize("other", CALLS, ids=str)
async def test_two_at_once(one: Call, other: Call) -> None:
    """Two concurrent changes, however they alternate, end as one after the other would; a confirmed change is there."""
    for choices in ([0], [1], [0, 1], [0, 0, 1], [0, 0, 0, 1], [1, 1, 0], [0, 0, 1, 1]):
        await check([one, other], choices)


@given(st.lists(st.sampled_from(CALLS), min_size=3, max_size=4), st.lists(st.integers(0, 3), min_size=1, max_size=24))
@hypothesis_settings(max_examples=60, deadline=None)
def test_several_at_once(calls: list[Call], choices: list[int]) -> None:
    """A few concurrent changes, in any order of their port calls, end as some order of whole changes would."""
    asyncio.run(check(calls, choices))


@given(st.data())
@hypothesis_settings(max_examples=60, deadline=None)
def test_the_history_leads_to_the_stored_values(data: Any) -> None:
    """After any calls in two servers, each one's history, followed from the beginning, ends at its values."""

    async def play() -> None:
        bench = build()
        for _ in range(data.draw(st.integers(1, 12))):
            setting = data.draw(st.sampled_from(SETTINGS))
            verbs = ("set", "reset", *(("add", "remove") if setting.kind is SettingKind.ROLES else ()))
            verb, guild = data.draw(st.sampled_from(verbs)), data.draw(st.sampled_from((GUILD, OTHER_GUILD)))
            before = held(bench.store, OTHER_GUILD if guild == GUILD else GUILD)
            raw = {"key": setting.key}
            if verb != "reset":
                raw["value"] = written(data.draw(values(setting))) or "1"
            bench.clock.advance(61)
            await bench.call(f"settings.{verb}", Who.SHELL, guild, **raw)
            assert held(bench.store, OTHER_GUILD if guild == GUILD else GUILD) == before
        for guild in (GUILD, OTHER_GUILD):
            assert replayed(bench.store, guild) == held(bench.store, guild)

    asyncio.run(play())
