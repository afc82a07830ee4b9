"""What the recorder notes, merges, counts and drops; it never raises."""

from dataclasses import replace
from typing import Any, Final, NoReturn, final

import pytest
from typing_extensions import override

from tests.app import GUILD, START
from tests.unit.pipeline.stand_ins import REFUSED, call
from twi_core.failures.domain import REFERENCES_LIMIT, Bug, Occurrence
from twi_core.failures.rules.recording import (
    BATCH,
    BUGS_LIMIT,
    PER_MINUTE,
    REMEMBERED,
    WAITING_LIMIT,
    FailureRecorder,
)
from twi_core.kernel.context import Origin
from twi_core.kernel.errors import AppError, Kind
from twi_core.kernel.ids import ChannelId, UserId
from twi_core.kernel.redaction import Redactor
from twi_core.kernel.reporting import silent
from twi_memory.ports.sources import ManualClock

REFUSAL: Final = AppError(REFUSED, {"title": "what a user typed"})
SECRET: Final = "hunter2-hunter2"


@final
class Desk:
    """A recorder, its clock, and the notes taken so far."""

    def __init__(self) -> None:
        self.clock = ManualClock(START)
        self.recorder = FailureRecorder(self.clock, Redactor([SECRET]))

    def all(self) -> tuple[list[Occurrence], list[Bug]]:
        """Take everything."""
        occurrences, bugs = self.recorder.take()
        while self.recorder.waiting:
            more, further = self.recorder.take()
            occurrences += more
            bugs += further
        return occurrences, bugs


@pytest.fixture
def desk() -> Desk:
    return Desk()


def raised(message: str = "x") -> Exception:
    def fail() -> NoReturn:
        raise ValueError(message)

    with pytest.raises(ValueError, match=message) as found:
        fail()
    return found.value


def separate_type(number: int) -> Exception:
    kind: type[Exception] = type(f"Own{number}", (ValueError,), {})
    return kind("x")


def test_a_refusal_is_noted_with_the_facts_of_its_call(desk: Desk) -> None:
    """Who, where, when, through which entrypoint, what and why; nothing of the caller's input."""
    context = replace(call(actor=7, origin=Origin.DISCORD, reference="K3v9x0pm2a"), channel=ChannelId(8))
    desk.recorder.refused(REFUSAL, "links.get", context)
    expected = Occurrence(
        reference="k3v9x0pm2a",
        at=START,
        guild=GUILD,
        actor=UserId(7),
        channel=ChannelId(8),
        origin=Origin.DISCORD,
        operation="links.get",
        code="test.refused",
        kind=Kind.CONFLICT,
    )
    assert desk.all() == ([expected], [])
    assert "typed" not in repr(expected)


def test_several_notes_of_one_call_are_one(desk: Desk) -> None:
    """An entrypoint that reports what the pipeline refused adds nothing, and what the pipeline knew stays."""
    desk.recorder.refused(REFUSAL, "links.get", call())
    desk.recorder.refused(REFUSAL, None, replace(call(), actor=None, guild=None))
    ((noted,), _) = desk.all()
    assert (noted.operation, noted.actor, noted.guild) == ("links.get", UserId(1), GUILD)
    desk.recorder.refused(REFUSAL, None, call())
    assert not desk.recorder.waiting, "after it was written too"


def test_the_code_that_an_entrypoint_finally_reported_counts(desk: Desk) -> None:
    """When an entrypoint reports another code than the pipeline, that one is noted, with the operation."""
    desk.recorder.refused(REFUSAL, "links.get", call())
    desk.clock.advance(5)
    desk.all()
    desk.recorder.refused(replace(REFUSAL, definition=replace(REFUSED, code="test.slow")), None, call())
    ((noted,), _) = desk.all()
    assert (noted.code, noted.operation) == ("test.slow", "links.get")


def test_what_nobody_is_shown_is_not_noted(desk: Desk) -> None:
    """Refusals while people type are not noted; bugs are."""
    token = silent.set(True)
    desk.recorder.refused(REFUSAL, "links.suggest", call())
    desk.recorder.failed(raised(), "links.suggest", call(reference="r2"))
    silent.reset(token)
    occurrences, bugs = desk.all()
    assert [each.reference for each in occurrences] == ["r2"]
    assert [bug.references for bug in bugs] == [("r2",)]


@pytest.mark.parametrize("reference", ["-", "", "a b", "x" * 41, "\x00\x00", "ä" * 10, "../../etc", "'; --"])
def test_a_reference_that_is_none_is_not_noted(desk: Desk, reference: str) -> None:
    """What the bot does by itself has no reference, and no embedding program can put other texts there."""
    desk.recorder.refused(REFUSAL, "links.get", call(reference=reference))
    assert desk.all() == ([], [])
    desk.recorder.failed(raised(), "links.get", call(reference=reference))
    occurrences, (bug,) = desk.all()
    assert occurrences == []
    assert (bug.count, bug.references) == (1, ())


def test_a_bug_is_noted_with_its_call(desk: Desk) -> None:
    """Its occurrence has the code `internal.unexpected` and its fingerprint; it holds no secret."""
    desk.recorder.failed(raised(f"with {SECRET}"), "links.get", call())
    ((noted,), (bug,)) = desk.all()
    assert (noted.code, noted.kind, noted.operation) == ("internal.unexpected", Kind.INTERNAL, "links.get")
    assert noted.fingerprint == bug.fingerprint
    assert (bug.where, bug.kinds, bug.count, bug.references) == ("links.get", ("ValueError",), 1, ("r1",))
    assert bug.trace.startswith("ValueError: with [secret]\n")
    assert (bug.first_seen_at, bug.last_seen_at) == (START, START)


def test_bugs_add_up(desk: Desk) -> None:
    """The same bug counts up and keeps the last references."""
    for number in range(20):
        desk.recorder.failed(raised(f"message {number}"), "links.get", call(actor=number + 1, reference=f"r{number}"))
        desk.clock.advance(1)
    _, (bug,) = desk.all()
    assert bug.count == 20
    assert bug.references == tuple(f"r{number}" for number in range(19, 19 - REFERENCES_LIMIT, -1))
    assert (bug.last_seen_at - bug.first_seen_at).total_seconds() == 19


def test_a_caller_who_is_refused_too_often_is_counted(desk: Desk) -> None:
    """More than so many in a minute are counted with the last that is kept; others, and later ones, are kept."""
    for number in range(PER_MINUTE + 1):
        desk.recorder.refused(REFUSAL, "links.get", call(reference=f"a{number}"))
    noted, _ = desk.all()
    assert len(noted) == PER_MINUTE
    for number in range(4):
        desk.recorder.refused(REFUSAL, "links.get", call(reference=f"b{number}"))
    desk.recorder.refused(REFUSAL, "links.get", call(actor=2, reference="other"))
    desk.recorder.refused(REFUSAL, "links.get", call(origin=Origin.HTTP, reference="elsewhere"))
    counted, other, elsewhere = desk.all()[0]
    assert (counted.reference, noted[-1].reference) == (f"a{PER_MINUTE - 1}", f"a{PER_MINUTE - 1}")
    assert noted[-1].more + counted.more == 5
    assert (other.more, elsewhere.more) == (0, 0)
    desk.clock.advance(60)
    desk.recorder.refused(REFUSAL, "links.get", call(reference="later"))
    assert [(each.reference, each.more) for each in desk.all()[0]] == [("later", 0)]


def test_a_storm_of_one_bug_is_counted_in_full(desk: Desk) -> None:
    """A bug that one caller triggers again and again fills no table and loses no count."""
    for number in range(1_000):
        desk.recorder.failed(raised(), "links.get", call(reference=f"a{number}"))
    occurrences, (bug,) = desk.all()
    assert len(occurrences) == PER_MINUTE
    assert bug.count == 1_000
    assert set(bug.references) <= {each.reference for each in occurrences}, "each can be looked up"


def test_what_waits_is_bounded(desk: Desk) -> None:
    """While nothing can be written, the newest are dropped and counted, and memory stays bounded."""
    for number in range(WAITING_LIMIT + 7):
        desk.recorder.refused(REFUSAL, "links.get", call(actor=number + 1, reference=f"a{number}"))
    for number in range(BUGS_LIMIT + 3):
        desk.recorder.failed(separate_type(number), "links.get", call(reference="-"))
    assert desk.recorder.take_dropped() == 10
    assert desk.recorder.take_dropped() == 0
    occurrences, bugs = desk.all()
    assert [each.reference for each in occurrences] == [f"a{number}" for number in range(WAITING_LIMIT)]
    assert len(bugs) == BUGS_LIMIT
    desk.recorder.refused(REFUSAL, "links.get", call(actor=9_999, reference=f"a{WAITING_LIMIT + 1}"))
    assert len(desk.all()[0]) == 1, "what was dropped is noted when it comes again"


def test_what_is_remembered_is_bounded(desk: Desk) -> None:
    """Neither many callers nor many calls make it grow."""
    for number in range(REMEMBERED + 50):
        desk.recorder.refused(REFUSAL, "links.get", call(actor=number + 1, reference=f"a{number}"))
        if number % 500 == 0:
            desk.all()
    sizes = [len(each) for each in vars(desk.recorder).values() if isinstance(each, dict)]
    assert max(sizes) <= REMEMBERED


def test_it_is_handed_out_in_batches(desk: Desk) -> None:
    """A batch is bounded, and everything is handed out once, in order of arrival."""
    for number in range(2 * BATCH + 1):
        desk.recorder.refused(REFUSAL, "links.get", call(actor=number + 1, reference=f"a{number}"))
    sizes = []
    while desk.recorder.waiting:
        sizes.append(len(desk.recorder.take()[0]))
    assert sizes == [BATCH, BATCH, 1]


class Evil(Exception):
    """An exception whose every attribute fails."""

    @override
    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(f"no {name}")


def test_it_never_raises(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """An exception whose attributes fail is not noted, and harms neither the call nor the next note."""
    desk.recorder.failed(Evil(), "links.get", call())
    assert [record.getMessage() for record in caplog.records] == ["a bug could not be recorded"]
    desk.recorder.failed(raised(), "\x00" * 500, call(reference="r2"))
    occurrences, (bug,) = desk.all()
    assert [each.reference for each in occurrences] == ["r2"]
    assert bug.where == "\ufffd" * 100
