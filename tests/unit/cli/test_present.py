"""How an answer becomes text: by its facts, by its context's presenter, and without either."""

import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest
from rich.cells import cell_len

from tests.contracts.values import START, link
from twi_cli.output.present import as_text
from twi_cli.output.presenters import Presenters
from twi_cli.output.table import labelled, table
from twi_cli.output.typed import shell_line
from twi_cli.output.wording import LONGEST, Given, ShellWording, operation_called
from twi_core.kernel.contexts import AnyContext, Context
from twi_core.kernel.facts import ContextFacts
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.paging import Page
from twi_core.kernel.policy import Scope
from twi_core.limits import LIMITS
from twi_core.limits.domain import LimitRule, LimitRuleId, everyone
from twi_core.limits.rules.resolution import Ground
from twi_core.limits.use_cases.show import HeldLimits
from twi_core.links import LINKS


class Mood(Enum):
    GOOD = "very good"


@dataclass(frozen=True)
class Inner:
    name: str
    note: str | None


@dataclass(frozen=True)
class Unknown:
    """A foreign context's answer, which describes no facts."""

    kind: Mood
    added_by: UserId
    names: tuple[str, ...]
    counts: dict[str, int]
    inner: Inner


KARMA: AnyContext = Context("karma")
"""A context of which no package keeps anything."""
UNKNOWN = Unknown(Mood.GOOD, UserId(7), ("a\x1b", "b"), {"x": 1}, Inner("n", None))


def test_what_no_context_describes_is_shown_as_its_fields() -> None:
    """A value of a foreign context is shown as a row or lines of its fields, every text harmless."""
    assert as_text(KARMA, UNKNOWN).splitlines() == [
        "kind      very good",
        "added by  7",
        "names     a\\x1b, b",
        "counts    x=1",
        "inner     name n",
    ]
    assert as_text(KARMA, Page((UNKNOWN,), None)).splitlines()[0].split("  ")[0] == "kind"
    assert as_text(KARMA, ("a", "b\n")) == "value\na\nb\\n"
    assert as_text(KARMA, ()) == "Nothing found."


def test_a_page_says_how_to_go_on() -> None:
    """The line that repeats the call, with the cursor of the next page, is below the table."""
    found = offered_operation("links.list")
    moderator = {"as_": ("--as", "moderator")}
    for fields, caller, line in (
        ({"tag": "maps"}, {}, "twi links list maps --after c1 --guild 1"),
        ({"tag": "-x y", "after": "c0"}, {}, "twi links list '--tag=-x y' --after c1 --guild 1"),
        ({"tag": "a\nb"}, moderator, "twi links list $'a\\nb' --after c1 --as moderator --guild 1"),
    ):
        wording = ShellWording(GuildId(1), found, Given(fields, caller, as_json=True))
        assert as_text(LINKS, Page(("a",), "c1"), wording=wording).endswith(f"\nMore follows: {line}")


def test_a_line_that_is_too_long_is_not_shown() -> None:
    """What is added to the call is shown instead, as the call was typed."""
    found = offered_operation("links.list")
    for by_json, added in ((False, "--after=c1"), (True, '"after": "c1"')):
        wording = ShellWording(GuildId(1), found, Given({"tag": "x" * LONGEST}, {}, as_json=by_json))
        shown = as_text(LINKS, Page(("a",), "c1"), wording=wording)
        assert shown.endswith(f"\nMore follows. To see it, repeat the command with: {added}")


def offered_operation(name: str) -> AnyOperation:
    """Return an operation of the command line."""
    found = operation_called(name)
    assert found is not None
    return found


def test_what_is_not_brief_is_shown_in_details_only() -> None:
    """A row of a table is brief and has one line; details have every fact, and all lines of a text."""
    saved = link(1, "map", content="a\nb")
    row = as_text(LINKS, (saved,))
    details = as_text(LINKS, saved)
    assert row.splitlines()[0].split() == ["title", "tag", "content"]
    assert "a\\nb" in row
    assert "\n         b\n" in details
    assert "preview  yes" in details


FOREIGN = {
    "__init__.py": """
        from twi_core.kernel.contexts import Context

        KARMA = Context(__name__)
    """,
    "domain.py": """
        from dataclasses import dataclass

        @dataclass(frozen=True)
        class Karma:
            who: str
            points: int

        class Praise(tuple):
            pass
    """,
    "facts.py": """
        from karma_of_tests.domain import Karma
        from twi_core.kernel.facts import ContextFacts, Fact

        FACTS = ContextFacts()
        FACTS.show(Karma, lambda karma: (Fact("name", karma.who), Fact("karma", karma.points)))
    """,
    "twi_cli.py": """
        from karma_of_tests.domain import Praise
        from twi_cli.output.presenters import Presenters, Rows
        from twi_core.kernel.facts import Prose

        PRESENTERS = Presenters({"karma_of_tests.list": lambda _: "Nobody has any\\x1b."})
        PRESENTERS.show(Praise, lambda praise, _: ("first\\x1b", Rows(praise), Prose("a\\nb")))
    """,
}
"""A context that is not ours: its own folder holds what packages of ours would hold for it."""


@pytest.fixture
def karma(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Yield the package of a foreign context."""
    (tmp_path / "karma_of_tests").mkdir()
    for name, text in FOREIGN.items():
        (tmp_path / "karma_of_tests" / name).write_text(dedent(text))
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("karma_of_tests")
    for name in [name for name in sys.modules if name.startswith("karma_of_tests")]:
        del sys.modules[name]


def test_a_context_adds_to_an_answer_where_facts_are_not_enough(karma: ModuleType) -> None:
    """Parts are listed one below the other; a text of one is harmless, a table of another is made from facts."""
    domain = importlib.import_module("karma_of_tests.domain")
    max_ = domain.Karma("Max", 7)
    assert as_text(karma.KARMA, max_).splitlines() == ["name   Max", "karma  7"]
    shown = as_text(karma.KARMA, domain.Praise([max_])).splitlines()
    assert shown == ["first\\x1b", "name  karma", "Max   7", "a", "b"]
    assert as_text(karma.KARMA, (), "karma_of_tests.list") == "Nobody has any\\x1b."


def test_rows_need_not_have_the_same_labels() -> None:
    """What a row lacks stays blank, in any row."""
    assert table([{"a": "1"}, {"a": "2", "b": "3"}, {"a": "4"}]).splitlines() == ["a  b", "1", "2  3", "4"]


@pytest.mark.parametrize("label", ["Größe", "ad ve değişiklik", "ŉ", "名前"])
def test_labels_are_shown_as_they_are_translated(label: str) -> None:
    """Other letters are another word in some languages; values line up behind labels of any width."""
    assert table([{label: "1"}]).splitlines() == [label, "1"]
    one, other = labelled({label: "1", "x" * 20: "2"}).splitlines()
    assert one.startswith(f"{label} ")
    assert cell_len(one) == cell_len(other)


def test_a_word_that_zsh_would_replace_is_quoted() -> None:
    """Zsh puts the path of a command in place of `=command`; within a word the sign means nothing."""
    assert (
        shell_line(["twi", "=ls", "==", "a=b", "--tag==x", "= 'a'"])
        == """twi '=ls' '==' a=b --tag==x '= '"'"'a'"'"''"""
    )


def test_a_module_of_the_name_must_keep_what_is_looked_for() -> None:
    """A module without it is a mistake that is named; a missing module means that there is nothing to add."""
    assert KARMA.find("twi_cli", "PRESENTERS", Presenters) is None
    assert LINKS.find("twi_cli", "PRESENTERS", Presenters) is not None
    for name, kind in (("NOTHING", Presenters), ("PRESENTERS", ContextFacts)):
        with pytest.raises(LookupError, match=f"twi_cli.links must define {name}, a {kind.__name__}"):
            LINKS.find("twi_cli", name, kind)


def test_limits_are_a_table_whatever_applies() -> None:
    """A list of limits has one line per operation, also where a caller must wait and several rules apply."""
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
    header, *lines = as_text(LIMITS, (free, replace(free, operation="links.add", retry_after=60))).splitlines()
    assert header.split("  ")[0] == "operation"
    assert [line.split()[0] for line in lines] == ["links.get", "links.add"]
    assert lines[1].endswith("a minute")
