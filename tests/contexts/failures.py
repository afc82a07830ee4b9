"""What the generated suites know of failures."""

from typing import Final

from tests.contexts import MODERATOR, OPERATOR, Call, Case, ContextSuite, Row, Scope, Write
from twi_core.failures import FAILURES
from twi_core.failures.domain import Bug, Occurrence
from twi_core.failures.ports import FailuresUnit
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import Kind

REFERENCE: Final = "k3v9x0pm2a"
FINGERPRINT: Final = "0f3a9c5b7d1e2468"
"""As the examples of the operations have them."""


async def _meet_a_bug(unit: FailuresUnit, call: CallContext) -> None:
    """Store a failure of a member, and the bug behind it."""
    occurrence = Occurrence(
        reference=REFERENCE,
        at=call.received_at,
        guild=call.guild,
        actor=call.actor,
        channel=call.channel,
        origin=Origin.DISCORD,
        operation="links.get",
        code="internal.unexpected",
        kind=Kind.INTERNAL,
        fingerprint=FINGERPRINT,
    )
    bug = Bug(
        fingerprint=FINGERPRINT,
        where="links.get",
        kinds=("ValueError", "KeyError"),
        trace="ValueError: after 0\n  twi_core.links:get, line 1",
        count=1,
        first_seen_at=call.received_at,
        last_seen_at=call.received_at,
        references=(REFERENCE,),
    )
    await unit.occurrences.keep([occurrence])
    await unit.bugs.count([bug])


SUITE: Final = ContextSuite(
    rows=(
        Row(
            "failures.show",
            MODERATOR,
            scope=Scope.EITHER,
            elsewhere="failures.unknown_reference",
            commands={"error": {}},
        ),
        Row("failures.list", OPERATOR, scope=Scope.NONE, commands={"failure list": {}}),
        Row("failures.describe", OPERATOR, scope=Scope.NONE, commands={"failure describe": {}}),
        Row("failures.resolve", OPERATOR, scope=Scope.NONE, commands={"failure resolve": {}}),
    ),
    seed=(Write(FAILURES, _meet_a_bug),),
    faults=(
        Case("failures.show", {"reference": REFERENCE}, writes=False),
        Case("failures.show", {"reference": "r2"}, writes=False),
        Case("failures.list", {}, writes=False),
        Case("failures.describe", {"fingerprint": FINGERPRINT}, writes=False),
        Case("failures.resolve", {"fingerprint": FINGERPRINT}),
        Case("failures.resolve", {"fingerprint": "b2"}, writes=False),
    ),
    provoked={
        "failures.unknown_reference": Call("failures.show", "moderator", {"reference": "k3v9x0pm2b"}),
        "failures.unknown_bug": Call("failures.describe", "operator", {"fingerprint": "0f3a9c5b7d1e2469"}),
    },
)
