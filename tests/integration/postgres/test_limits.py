"""PostgreSQL keeps what every store of limit rules promises, and refuses impossible rules."""

import psycopg
import pytest

from tests.contracts.limits import OF_ROLE, OF_USER, LimitRulesContract, keep, rule
from tests.contracts.values import CALL, GUILD, Store
from tests.integration.postgres_server import libpq
from twi_core.kernel.faults import CorruptData
from twi_core.kernel.policy import Scope
from twi_core.limits import LIMITS
from twi_core.limits.domain import LimitRule


class TestLimitRules(LimitRulesContract):
    pass


@pytest.mark.parametrize(
    "impossible",
    [
        rule(1, often=(0, 60)),
        rule(1, often=(1_001, 60)),
        rule(1, often=(1, 0)),
        rule(1, often=(1, 86_401)),
        rule(1, pattern=""),
        rule(1, pattern="x" * 101),
        rule(1, OF_ROLE, scope=Scope.GUILD),
        rule(1, OF_USER, scope=Scope.GUILD, often=None),
        rule(1, scope=Scope.USER),
    ],
)
@pytest.mark.asyncio
async def test_the_database_refuses_impossible_rules(store: Store, impossible: LimitRule) -> None:
    """A rule out of bounds, or of a scope that guilds do not change, cannot be stored by mistake."""
    with pytest.raises(CorruptData):
        await keep(store, impossible)
    await keep(store, rule(1))


@pytest.mark.asyncio
async def test_half_an_exemption_is_refused(store: Store, database_url: str) -> None:
    """Amount and seconds are both set or both unset; what is written by hand is read as it is or not at all."""
    await keep(store, rule(1))
    with psycopg.connect(libpq(database_url), autocommit=True) as connection:
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("UPDATE twi.limit_rules SET amount = NULL")
        connection.execute("UPDATE twi.limit_rules SET amount = NULL, seconds = NULL")
    async with store.open(LIMITS)(CALL) as unit:
        assert [each.rate for each in await unit.limit_rules.of_guild(GUILD)] == [None]
