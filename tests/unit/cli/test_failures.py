"""`twi failures`: what went wrong, as people and programs read it in a terminal."""

from dataclasses import replace

import pytest

from tests.contracts.values import START, bug, occurrence
from tests.unit.cli.conftest import Twi
from twi_cli.output.present import as_text
from twi_core.failures import FAILURES
from twi_core.failures.use_cases.show import FoundFailure
from twi_core.kernel.context import Origin
from twi_core.kernel.ids import UserId
from twi_core.kernel.paging import Page
from twi_memory.failures import BUG_ROWS
from twi_memory.storage.store import MemoryStore
from twi_runtime.opening.lifecycle import Overrides, open_runtime
from twi_runtime.process.exits import Exit

SEEN = replace(bug("0f3a9c5b7d1e2468", "r2", "r1", count=3), reopened=1)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    """Make commands share a storage."""
    kept = MemoryStore()
    monkeypatch.setattr(
        "twi_cli.commands.calling.open_runtime",
        lambda settings, **given: open_runtime(settings, Overrides(storage=kept)),
    )
    return kept


def found_failure(**given: object) -> FoundFailure:
    found = occurrence("k3v9x0pm2a")
    facts = {name: getattr(found, name) for name in FoundFailure.__dataclass_fields__ if hasattr(found, name)}
    texts = {"message": "There is no link.", "hint": "Look.", "cause": "None.", "bug": None, "elsewhere": False}
    return FoundFailure(**{**facts, **texts, **given})


def test_a_refused_command_is_found_by_its_reference(twi: Twi, store: MemoryStore) -> None:
    """What one command was refused, the next one looks up, with the code's texts and without the input."""
    reference = twi("links", "get", "a-private-title", "--guild=9001", "--output=json").error["reference"]
    shown = twi("failures", "show", reference)
    assert shown.code == Exit.OK
    for part in (
        "links.get",
        "links.not_found (not found)",
        "the operator",
        "command line, server 9001",
        "No link of this server has that title",
    ):
        assert part in shown.out
    assert "private" not in shown.out
    found = twi("failures", "show", reference, "--output=json").result
    assert (found["code"], found["operation"], found["guild"], found["bug"]) == (
        "links.not_found",
        "links.get",
        "9001",
        None,
    )
    assert twi("failures", "show", "neverneve1").code == Exit.NOT_FOUND


def test_bugs_are_listed_described_and_resolved(twi: Twi, store: MemoryStore) -> None:
    """One line each in the list, the whole trace in the description, and resolved ones only where asked for."""
    store.table(BUG_ROWS).put(SEEN)
    listed = twi("failures", "list").out.splitlines()
    assert [line.split()[0] for line in listed] == ["fingerprint", SEEN.fingerprint]
    described = twi("failures", "describe", SEEN.fingerprint).out
    for part in ("links.get", "ValueError", "open, came back once", "r2, r1", "twi_core.links:get, line 1"):
        assert part in described
    assert twi("failures", "resolve", SEEN.fingerprint, "--output=json").result["resolved_by"] is None
    assert twi("failures", "list").out == "No such bugs. See resolved ones too: twi failures list --resolved\n"
    assert "by the operator" in twi("failures", "list", "--resolved").out
    assert twi("failures", "resolve", "0" * 16).code == Exit.NOT_FOUND


def test_only_an_operator_sees_bugs(twi: Twi, store: MemoryStore) -> None:
    """A caller with an actor needs the permission."""
    assert twi("failures", "list", "--actor=7", "--as=administrator").code == Exit.FORBIDDEN


def test_everything_is_shown_safely_in_a_terminal() -> None:
    """Nothing in a trace moves, colours or hides, and what is not known is said to be unknown."""
    evil = replace(SEEN, trace="ValueError: \x1b[31mred\x1b[0m\n  x:y, line 1", where="a\x1bb")
    text = as_text(FAILURES, found_failure(bug=evil, more=4))
    assert "\x1b" not in text
    assert "\\x1b[31mred" in text
    assert "4 in the same minute" in text
    assert "resolved 2026-01-02 03:04 UTC by 9" in as_text(
        FAILURES, Page((replace(SEEN, resolved_at=START, resolved_by=UserId(9)),), None)
    )
    unknown = as_text(
        FAILURES, found_failure(message=None, hint=None, cause=None, operation=None, actor=None, origin=Origin.HTTP)
    )
    assert "not known to this version" in unknown
    assert "it was refused before reaching the bot's operations" in unknown
