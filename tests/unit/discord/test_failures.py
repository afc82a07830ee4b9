"""What Discord shows of failures and bugs in cases that no call of a test reaches."""

from dataclasses import replace
from datetime import UTC, datetime

from twi_core.failures.domain import TRACE_LIMIT, Bug
from twi_core.failures.use_cases.show import FoundFailure
from twi_core.kernel.context import Origin
from twi_core.kernel.errors import Kind
from twi_discord.failures import _described, _found
from twi_discord.replies.render import layout

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def test_the_longest_trace_fits_one_message() -> None:
    """A trace is cut so that it stands in one block, with all facts, in one message."""
    bug = Bug(
        fingerprint="0" * 16,
        where="x" * 100,
        kinds=("RuntimeError",),
        trace="😀" * TRACE_LIMIT,
        count=1,
        first_seen_at=NOON,
        last_seen_at=NOON,
        references=tuple("r" * 40 for _ in range(10)),
    )
    (body,) = layout(_described(bug))
    facts, trace = body["embeds"]
    assert (trace.description or "").startswith("```\n")
    assert (trace.description or "").endswith("…\n```")
    assert len(facts.fields) == 9


def test_a_code_that_is_not_known_is_shown_without_an_explanation() -> None:
    """Where this process does not know a code, that is shown in place of its message."""
    found = FoundFailure(
        reference="r1",
        at=NOON,
        guild=None,
        actor=None,
        channel=None,
        origin=Origin.HTTP,
        operation=None,
        code="http.bad_request",
        kind=Kind.INVALID,
        message="Bad.",
        hint="Mend it.",
        cause="A client.",
        more=0,
        bug=None,
        elsewhere=False,
    )
    for shown, asks in ((found, False), (replace(found, message=None, hint=None, cause=None), True)):
        (embed,) = layout(_found(shown))[0]["embeds"]
        assert ("there's no explanation" in (embed.description or "")) is asks
        assert ("Message" in {field.name for field in embed.fields}) is not asks
        assert "Code" in {field.name for field in embed.fields}
