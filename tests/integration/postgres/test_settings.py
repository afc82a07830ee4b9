"""PostgreSQL keeps what every store of settings promises, and no concurrent change is lost or refused."""

import asyncio
import json
from collections.abc import Awaitable, Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.app import GUILD
from tests.contracts.settings import SettingsContract
from tests.contracts.values import CALL, Store
from tests.unlimited import Unlimited
from twi_core.application import Application
from twi_core.assembly import Ports, build_application
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome
from twi_core.kernel.permissions import Level
from twi_core.settings import SETTINGS
from twi_memory.ports.sources import SystemClock, SystemRandom, TimeIds
from twi_postgres.database.unit import PostgresStore

ROLES = "permissions.admin_roles"


class TestSettings(SettingsContract):
    pass


def application(engine: AsyncEngine) -> Application:
    """Build an application as another process would, over the same database."""
    clock, random = SystemClock(), SystemRandom()
    store = PostgresStore(engine)
    ports = Ports(
        storage=store,
        limiter=Unlimited(),
        clock=clock,
        random=random,
        ids=TimeIds(clock, random),
        invalidations=store.invalidations,
    )
    return build_application(Application, ports)


def by_operator(app: Application) -> CallContext:
    """Return a call of the operator."""
    return app.context(actor=None, guild=GUILD, asserted_level=Level.OPERATOR)


async def codes(calls: Sequence[Awaitable[Outcome[object, AppError]]]) -> list[str]:
    """Run calls at once and return the codes of those that were refused."""
    return [found.failure().code for found in await asyncio.gather(*calls) if isinstance(found, Failure)]


async def roles(store: Store) -> set[str]:
    """Return the stored roles; the history, followed from the beginning, must lead there."""
    async with store.open(SETTINGS)(CALL) as unit:
        found = (await unit.settings.of_guild(GUILD)).get(ROLES)
        history = await unit.settings.history(GUILD, ROLES, before=None, limit=999)
    replayed: str | None = None
    for change in reversed(history):
        assert change.before == replayed
        replayed = change.after
    assert replayed == found
    return set(found.split(",")) if found else set()


@pytest.mark.asyncio
@pytest.mark.parametrize("first", [(), ("100",)], ids=["empty", "filled"])
async def test_roles_that_administrators_add_at_once_are_all_kept(
    engine: AsyncEngine, store: Store, first: Sequence[str]
) -> None:
    """Of many who add to one list at the same moment, in two processes, nobody is refused and nothing is lost."""
    apps = [application(engine), application(engine)]
    for role in first:
        assert await codes([apps[0].settings.add.call({"key": ROLES, "value": role}, by_operator(apps[0]))]) == []
    calls = [
        app.settings.add.call({"key": ROLES, "value": str(role)}, by_operator(app))
        for role in range(1, 9)
        for app in (apps[role % 2],)
    ]
    assert await codes(calls) == []
    assert await roles(store) == {*first, *map(str, range(1, 9))}


@pytest.mark.asyncio
async def test_changes_of_every_sort_at_once_leave_one_history(engine: AsyncEngine, store: Store) -> None:
    """Sets, resets, imports, additions and removals at once: each answer starts where the one before ended."""
    app = application(engine)
    assert await codes([app.settings.set.call({"key": ROLES, "value": "1,2,3"}, by_operator(app))]) == []
    document = json.dumps({ROLES: ["7"], "links.page_size": 7})
    calls = [
        call
        for _ in range(3)
        for call in (
            app.settings.add.call({"key": ROLES, "value": "4"}, by_operator(app)),
            app.settings.remove.call({"key": ROLES, "value": "1"}, by_operator(app)),
            app.settings.set.call({"key": ROLES, "value": "5,6"}, by_operator(app)),
            app.settings.import_.call({"document": document, "apply": True}, by_operator(app)),
        )
    ]
    assert await codes(calls) == []
    assert await roles(store) <= {"2", "3", "4", "5", "6", "7"}


@pytest.mark.asyncio
async def test_two_processes_see_each_others_changes_when_they_change(engine: AsyncEngine) -> None:
    """The answer to a change names the old value, even if another process has set it a moment before."""
    one, other = application(engine), application(engine)
    await codes([one.settings.set.call({"key": "links.page_size", "value": "7"}, by_operator(one))])
    done = await other.settings.set.call({"key": "links.page_size", "value": "8"}, by_operator(other))
    assert done.unwrap().before == "7"
