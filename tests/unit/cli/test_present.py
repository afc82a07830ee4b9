"""How an answer becomes text: by its facts, by what its context says of it, and without either."""

from dataclasses import dataclass, replace
from enum import Enum

import pytest

from tests.contracts.values import START, link
from twi_cli.output.present import as_text
from twi_cli.output.presenters import Presenters, Rows
from twi_cli.output.table import table
from twi_core.kernel.facts import ContextFacts, Prose
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.paging import Page
from twi_core.kernel.policy import Scope
from twi_core.limits.domain import LimitRule, LimitRuleId, everyone
from twi_core.limits.rules.resolution import Ground
from twi_core.limits.use_cases.show import HeldLimits
from twi_runtime import contexts


class Mood(Enum):
    GOOD = "very good"


@dataclass(frozen=True)
class Inner:
    name: str
    note: str | None


@dataclass(frozen=True)
class Unknown:
    """What a foreign context answers, which describes no facts."""

    kind: Mood
    added_by: UserId
    names: tuple[str, ...]
    counts: dict[str, int]
    inner: Inner


UNKNOWN = Unknown(Mood.GOOD, UserId(7), ("a\x1b", "b"), {"x": 1}, Inner("n", None))


def test_what_no_context_describes_is_shown_as_its_fields() -> None:
    """A value of a foreign context is a row or lines of its fields, every text harmless."""
    assert as_text("karma.show", UNKNOWN).splitlines() == [
        "kind      very good",
        "added by  7",
        "names     a\\x1b, b",
        "counts    x=1",
        "inner     name n",
    ]
    assert as_text("karma.list", Page((UNKNOWN,), None)).splitlines()[0].split("  ")[0] == "KIND"
    assert as_text("karma.names", ("a", "b\n")) == "VALUE\na\nb\\n"
    assert as_text("karma.list", ()) == "Nothing was found."


def test_a_page_says_how_to_go_on() -> None:
    """The cursor of the page that follows stands below the table."""
    assert as_text("karma.names", Page(("a",), "c1")).endswith("\nMore follows: --after=c1")


def test_what_is_not_brief_stands_in_details_alone() -> None:
    """A row of a table is brief and has one line; details have every fact, and all lines of a text."""
    saved = link(1, "map", content="a\nb")
    row = as_text("links.list", (saved,))
    details = as_text("links.get", saved)
    assert row.splitlines()[0].split() == ["TITLE", "TAG", "CONTENT"]
    assert "a\\nb" in row
    assert "\n         b\n" in details
    assert "preview  yes" in details


def test_a_context_says_more_of_an_answer_where_facts_are_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts stand one below the other; a text of one is harmless, a table of another is made from facts."""
    presenters = Presenters({"karma.list": "Nobody has any\x1b."})
    presenters.show(Inner, lambda inner: ("first\x1b", Rows((UNKNOWN.inner, UNKNOWN.inner)), Prose("a\nb")))
    monkeypatch.setattr(
        "twi_cli.output.present.find",
        lambda package, context, name, kind: presenters if kind is Presenters else None,
    )
    assert as_text("karma.show", UNKNOWN.inner).splitlines() == [
        "first\\x1b",
        "NAME  NOTE",
        *["n     none"] * 2,
        "a",
        "b",
    ]
    assert as_text("karma.list", Page((), None)) == "Nobody has any\\x1b."


def test_rows_need_not_have_the_same_labels() -> None:
    """What a row does not have stays blank, wherever the row stands."""
    assert table([{"a": "1"}, {"a": "2", "b": "3"}, {"a": "4"}]).splitlines() == ["A  B", "1", "2  3", "4"]


def test_a_module_of_the_name_must_keep_what_is_looked_for() -> None:
    """A module without it is a mistake that is named; no module at all means that there is nothing."""
    assert contexts.find("twi_cli", "karma", "PRESENTERS", Presenters) is None
    assert contexts.find("twi_cli", "links", "PRESENTERS", Presenters) is not None
    for name, kind in (("NOTHING", Presenters), ("PRESENTERS", ContextFacts)):
        with pytest.raises(LookupError, match=f"twi_cli.links must define {name}, a {kind.__name__}"):
            contexts.find("twi_cli", "links", name, kind)


def test_limits_are_a_table_whatever_holds() -> None:
    """A list of limits is one line an operation, also where somebody must wait and several rules take part."""
    rule = LimitRule(
        id=LimitRuleId(1),
        guild=GuildId(9001),
        subject=everyone(GuildId(9001)),
        pattern="links.add",
        scope=Scope.MEMBER,
        amount=None,
        seconds=None,
        set_by=None,
        set_at=START,
    )
    free = HeldLimits(
        operation="links.get", limits=(), ground=Ground.RULE, rules=(rule,) * 2, remaining=1, retry_after=0
    )
    header, *lines = as_text("limits.show", (free, replace(free, operation="links.add", retry_after=60))).splitlines()
    assert header.split("  ")[0] == "OPERATION"
    assert [line.split()[0] for line in lines] == ["links.get", "links.add"]
    assert lines[1].endswith("a minute")
