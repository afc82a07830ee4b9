"""PostgreSQL keeps what every store of permission rules promises, and never guesses at what it cannot read."""

import psycopg
import pytest

from tests.contracts.permissions import SOMEBODY, PermissionRulesContract, put, rule, rules
from tests.contracts.values import CALL, GUILD, OTHER_GUILD, Store
from tests.integration.postgres_server import libpq
from twi_core.kernel.faults import CorruptData, PortError
from twi_core.permissions import PERMISSIONS
from twi_postgres.database.engine import open_engine
from twi_postgres.database.unit import PostgresStore

UNBIND = """
ALTER TABLE twi.permission_rules DROP CONSTRAINT permission_rules_subject_kind_check;
ALTER TABLE twi.permission_rules DROP CONSTRAINT permission_rules_effect_check;
"""


class TestPermissionRules(PermissionRulesContract):
    pass


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "change",
    [
        "subject_kind = 'guild'",
        "subject_kind = 'USER'",
        "effect = 'perhaps'",
        "effect = ''",
        "id = 0",
        "id = -1",
        "subject_id = 0",
        "set_by = 0",
        "set_at = '20000-01-01'",
        "set_at = '-infinity'",
        "expires_at = 'infinity'",
        "expires_at = '0044-03-15 BC'",
    ],
)
async def test_a_rule_that_cannot_be_read_is_corrupt(postgres_url: str, change: str) -> None:
    """When one rule of a guild cannot be read, none of its rules is used; another guild is not affected."""
    async with open_engine(postgres_url) as engine:
        store = PostgresStore(engine)
        await put(store, rule(1), rule(2, pattern="links.*"), rule(3, guild=OTHER_GUILD))
        async with await psycopg.AsyncConnection.connect(libpq(postgres_url)) as other:
            await other.execute(UNBIND)
            await other.execute(f"UPDATE twi.permission_rules SET {change} WHERE id = 1".encode())
        with pytest.raises(CorruptData) as caught:
            await rules(store)
        assert not caught.value.retry
        assert len(await rules(store, OTHER_GUILD)) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "change",
    [
        {"pattern": ""},
        {"pattern": "x" * 101},
        {"reason": ""},
        {"reason": "x" * 201},
        {"reason": "a\x00b"},
        {"pattern": "\ud800"},
    ],
    ids=repr,
)
async def test_what_passes_the_limits_of_the_columns_is_refused(store: Store, change: dict[str, str]) -> None:
    """The database has the limits too; what the core never lets through is a fault, and not stored."""
    wrong = rule(1)
    for name, value in change.items():
        object.__setattr__(wrong, name, value)
    with pytest.raises(PortError) as caught:
        await put(store, wrong)
    assert not caught.value.retry
    assert await rules(store) == []


@pytest.mark.asyncio
async def test_a_naive_time_is_refused(store: Store) -> None:
    """A time without a zone is a bug; the server would assume its zone."""
    wrong = rule(1)
    object.__setattr__(wrong, "set_at", wrong.set_at.replace(tzinfo=None))
    with pytest.raises(CorruptData):
        await put(store, wrong)
    async with store.open(PERMISSIONS)(CALL) as unit:
        with pytest.raises(CorruptData):
            await unit.permission_rules.remove_ended(GUILD, wrong.set_at)
    assert SOMEBODY not in [each.subject for each in await rules(store)]
