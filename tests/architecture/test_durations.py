"""Tests that last long are started first, in each of the processes."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tests import durations

REPORT = """<testsuites><testsuite>
<testcase classname="tests.unit.links.test_a" name="test_one[x]" time="9"/>
<testcase classname="tests.unit.links.test_a.TestAll" name="test_two" time="20.25"/>
<testcase classname="tests.unit.test_b" name="test_three" time="0.5"/>
</testsuite></testsuites>"""


def test_each_process_begins_with_its_share_of_the_slow_ones(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test is lost, the parts are of one size, and each part begins with the slowest that is left."""
    recorded = tmp_path / "durations.json"
    recorded.write_text(
        '{"tests.a::slow[1]": 9, "tests.a.Test::slower": 20, "tests.a::slowest": 30, "tests.gone::x": 50}'
    )
    monkeypatch.setattr(durations, "RECORDED", recorded)
    slow = ["tests/a.py::slow[1]", "tests/a.py::Test::slower", "tests/a.py::slowest"]
    quick = [f"tests/a.py::quick[{number}]" for number in range(5)]
    items = [SimpleNamespace(nodeid=nodeid) for nodeid in (*quick[:3], *slow, *quick[3:])]
    durations.longest_first(cast("list[pytest.Item]", items), 2)
    assert [item.nodeid for item in items] == [slow[2], slow[0], *quick[:2], slow[1], *quick[2:]]


def test_a_report_is_shown_by_group_and_the_slow_ones_are_recorded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Groups are folders, the longest first; the page keeps what is around its marks."""
    page, recorded, report = tmp_path / "page.md", tmp_path / "durations.json", tmp_path / "tests.xml"
    page.write_text(f"before {durations.BEGIN} old {durations.END} after")
    report.write_text(REPORT)
    monkeypatch.setattr(durations, "PAGE", page)
    monkeypatch.setattr(durations, "RECORDED", recorded)
    durations.main(report)
    text = page.read_text()
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert "old" not in text
    assert text.index("| `tests/unit/links` | 29 | 2 |") < text.index("| `tests/unit` | 0 | 1 |")
    assert "| all | 30 | 3 |" in capsys.readouterr().out
    assert recorded.read_text().split('"')[1::2] == [
        "tests.unit.links.test_a.TestAll::test_two",
        "tests.unit.links.test_a::test_one[x]",
    ]
