"""What the authority keeps for the running call: its answers are those of the moment in which it is asked."""

from datetime import timedelta

import pytest

from tests.app import GUILD, START
from tests.unit.pipeline.stand_ins import OWN, POLICY, call
from twi_core.kernel.context import CallContext
from twi_core.kernel.ids import UserId
from twi_core.kernel.operators import Operators
from twi_core.kernel.permissions import Level, NativePermissions
from twi_core.kernel.unit import UNAUDITED
from twi_core.permissions import PERMISSIONS, Effect, Rule, RuleId, Subject, SubjectKind
from twi_core.permissions.domain import TOPIC
from twi_core.permissions.rules.authority import RuleAuthority
from twi_core.settings import SETTINGS
from twi_core.settings.rules.reading import ReadSettings
from twi_memory.ports.sources import ManualClock
from twi_memory.storage.store import MemoryStore

pytestmark = pytest.mark.asyncio

USER = UserId(1)


class Bench:
    """An authority, and everything below it."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.operators = Operators()
        invalidations, clock = self.store.invalidations, ManualClock()
        settings = ReadSettings(self.store.open(SETTINGS), invalidations, clock)
        self.authority = RuleAuthority(self.store.open(PERMISSIONS), settings, self.operators, invalidations, clock)

    async def deny(self, context: CallContext, *, announced: bool = True) -> None:
        """Take a permission away from a user."""
        rule = Rule(
            id=RuleId(1),
            guild=GUILD,
            subject=Subject(SubjectKind.USER, USER),
            pattern=OWN.name,
            effect=Effect.DENY,
            reason=None,
            set_by=None,
            set_at=START,
            expires_at=START + timedelta(days=1),
        )
        async with self.store.open(PERMISSIONS)(context) as unit:
            await unit.permission_rules.put(rule)
            if announced:
                unit.invalidate(TOPIC, GUILD)
            await unit.commit(UNAUDITED)


async def test_what_a_call_takes_away_is_taken_away_for_itself_too() -> None:
    """A rule that is set while a call runs applies to what that call asks afterwards."""
    bench, context = Bench(), call(USER)
    assert await bench.authority.refusal(POLICY, context) is None
    assert await bench.authority.holds(OWN, context)
    await bench.deny(context)
    assert not await bench.authority.holds(OWN, context)


async def test_nothing_is_kept_while_not_listening() -> None:
    """Without news from other processes each question is looked up."""
    bench, context = Bench(), call(USER)
    bench.store.invalidations.live = False
    assert await bench.authority.refusal(POLICY, context) is None
    await bench.deny(context, announced=False)
    assert not await bench.authority.holds(OWN, context)


async def test_concurrent_calls_are_kept_apart() -> None:
    """Whichever call began last, each one is answered about its caller."""
    bench = Bench()
    one, other = call(USER, native=NativePermissions.ADMINISTRATOR), call(USER)
    await bench.authority.refusal(POLICY, one)
    await bench.authority.refusal(POLICY, other)
    for _ in range(2):
        assert await bench.authority.level(one) is Level.ADMINISTRATOR
        assert await bench.authority.level(other) is Level.EVERYONE


async def test_a_program_that_keeps_a_context_learns_who_runs_the_bot_now() -> None:
    """Outside of a call, and with the next call, no earlier answer is used, though the context is the same."""
    bench, context = Bench(), call(USER)
    bench.operators.replace({USER})
    assert await bench.authority.level(context) is Level.OPERATOR
    bench.operators.replace(())
    assert await bench.authority.level(context) is Level.EVERYONE
    await bench.authority.refusal(POLICY, context)
    bench.operators.replace({USER})
    await bench.authority.refusal(POLICY, context)
    assert await bench.authority.level(context) is Level.OPERATOR
