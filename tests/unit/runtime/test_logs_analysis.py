"""Logs are counted correctly, in bounded memory, whatever the order of their lines."""

import gzip
import io
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.runtime.log_lines import NOON, line
from twi_runtime.logs.analysis import NAMES, OTHERS, Durations, Errors, Highest, Query, Summary
from twi_runtime.logs.format import Level, LogLine, Raised, as_json
from twi_runtime.logs.reading import LONGEST, Reading, read_files, read_log
from twi_runtime.process.exits import RuntimeFailure

CALLS = (
    line("a", seconds=1, operation="links.add", code="ok", duration_ms=3, origin="discord", guild="1", actor="7"),
    line("b", seconds=2, operation="links.add", code="links.exists", duration_ms=1, origin="cli", reference="r2"),
    line("c", seconds=3, operation="links.get", code="ok", duration_ms=9, origin="cli", guild="2", reference="r3"),
    line(
        "d", seconds=4, level=Level.ERROR, operation="links.get", reference="r4", exception=Raised("x.Bug", ("Say Hi",))
    ),
    line("e", seconds=5, level=Level.ERROR, logger="twi_runtime.process.components"),
    line("f", seconds=6, operation="links.get", code="interrupted", duration_ms=2, origin="cli"),
)


def matching(query: Query) -> str:
    return "".join(found.event for found in CALLS if query.matches(found))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(), "abcdef"),
        (Query(since=NOON + timedelta(seconds=2)), "bcdef"),
        (Query(until=NOON + timedelta(seconds=2)), "a"),
        (Query(level=Level.WARNING), "de"),
        (Query(operation="links.add"), "ab"),
        (Query(operation="links.*"), "abcdf"),
        (Query(operation="links"), ""),
        (Query(code="links.exists"), "b"),
        (Query(code="links.*"), "b"),
        (Query(guild="1"), "a"),
        (Query(actor="7"), "a"),
        (Query(reference="r3"), "c"),
        (Query(text="SAY"), "d"),
        (Query(text="f"), "f"),
        (Query(operation="links.add", code="ok"), "a"),
    ],
    ids=str,
)
def test_each_condition_chooses_lines(query: Query, found: str) -> None:
    """A condition keeps exactly the lines that match; two conditions keep what both do."""
    assert matching(query) == found


def test_a_summary_counts_lines_and_calls() -> None:
    """Lines are counted by level, calls by code, origin and operation; a cancelled call is no refusal."""
    summary = Summary()
    for found in CALLS:
        summary.add(found)
    assert (summary.lines, summary.first, summary.last) == (6, CALLS[0].time, CALLS[5].time)
    assert summary.levels == {"info": 4, "error": 2}
    assert summary.codes == {"ok": 2, "links.exists": 1, "interrupted": 1}
    assert summary.origins == {"discord": 1, "cli": 3}
    assert {name: durations.count for name, durations in summary.operations.items()} == {"links.add": 2, "links.get": 2}
    assert (summary.refused["links.add"], summary.refused["links.get"]) == (1, 0)
    assert summary.operations["links.get"].longest == 9


@given(st.permutations(CALLS))
def test_errors_are_grouped_in_whatever_order_they_come(lines: Sequence[LogLine]) -> None:
    """Exceptions, codes and other errors are groups; each shows its newest line, however the files were read."""
    errors = Errors()
    for found in (*lines, line("g", seconds=9, code="links.exists", reference="r9"), line("h", code="links.exists")):
        errors.add(found)
    groups = errors.groups()
    assert [(group.what, group.count) for group in groups] == [
        ("links.exists", 3),
        ("twi_runtime.process.components", 1),
        ("x.Bug", 1),
    ]
    assert (groups[0].newest.reference, groups[0].first, groups[2].newest.reference) == ("r9", NOON, "r4")


@given(st.permutations(CALLS), st.integers(1, 9))
def test_the_highest_are_kept(lines: Sequence[LogLine], limit: int) -> None:
    """Of any order, the slowest calls and the newest lines are kept, and all are counted."""
    slow, new = Highest(limit, lambda line: line.duration_ms), Highest(limit, lambda line: line.time.timestamp())
    for found in lines:
        slow.add(found)
        new.add(found)
    assert "".join(found.event for found in slow.lines()) == "cafb"[:limit]
    assert "".join(found.event for found in new.lines()) == "fedcba"[:limit]
    assert (slow.matched, new.matched) == (4, 6)


@given(st.lists(st.floats(0, 1e7), min_size=1, max_size=300), st.sampled_from((0.5, 0.95, 0.99)))
def test_percentiles_are_right_to_one_in_a_hundred(milliseconds: list[float], share: float) -> None:
    """A percentile differs from the exact one by no more than one per cent; a microsecond is the smallest."""
    durations = Durations()
    for taken in milliseconds:
        durations.add(taken)
    ordered = sorted(milliseconds)
    exact = next(taken for place, taken in enumerate(ordered, 1) if place >= share * len(ordered))
    assert durations.percentile(share) == pytest.approx(exact, rel=0.0101, abs=0.0011)


def test_endless_names_need_bounded_memory() -> None:
    """A hundred thousand different operations and codes are a thousand, and the others together."""
    summary, errors = Summary(), Errors()
    for number in range(100_000):
        found = line("x", operation=f"o{number}", code=f"c{number}", origin=f"d{number}", duration_ms=number)
        summary.add(found)
        errors.add(found)
    for names in (summary.operations, summary.codes, summary.origins):
        assert len(names) <= NAMES + 1
    assert summary.codes[OTHERS] == 100_000 - NAMES
    assert len(errors.groups()) <= NAMES + 1
    assert sys.getsizeof(summary.operations["o7"]._counts) < 10_000


def lines_of(*events: str) -> bytes:
    return "".join(f"{as_json(line(event))}\n" for event in events).encode()


def test_files_are_read_compressed_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The content of a file decides, not its name; a dash is standard input."""
    (tmp_path / "plain.gz").write_bytes(lines_of("a"))
    (tmp_path / "packed.log").write_bytes(gzip.compress(lines_of("b")))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines_of("c"))))
    reading = Reading()
    names = [str(tmp_path / "plain.gz"), str(tmp_path / "packed.log"), "-"]
    assert [found.event for found in read_files(names, reading)] == ["a", "b", "c"]
    assert (reading.files, reading.lines, reading.broken) == (3, 3, 0)


def test_broken_lines_are_counted_and_the_others_read(tmp_path: Path) -> None:
    """Nonsense, half lines, bytes and lines of megabytes are counted; blank lines are nothing."""
    log = tmp_path / "x.log"
    wrong = (b"nonsense", b"\xff\xfe", lines_of("x")[:50], b"[]", b"x" * (3 * LONGEST))
    log.write_bytes(lines_of("a") + b"\n  \n" + b"\n".join(wrong) + b"\n" + lines_of("b") + lines_of("c")[:-30])
    reading = Reading()
    assert [found.event for found in read_files([str(log)], reading)] == ["a", "b"]
    assert (reading.lines, reading.broken, reading.damaged) == (8, 6, [])


def test_a_damaged_archive_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    """An archive that was cut, changed or emptied is reported by name, and what follows it is read."""
    log = tmp_path / "bot.log"
    whole = gzip.compress(lines_of(*map(str, range(5_000))))
    (tmp_path / "bot.log.000001.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "bot.log.000002.gz").write_bytes(whole[:100] + b"\x00" * 50 + whole[150:])
    (tmp_path / "bot.log.000003.gz").touch()
    log.write_bytes(lines_of("last"))
    reading = Reading()
    found = [found.event for found in read_log(log, reading)]
    assert found[:10] == list(map(str, range(10)))
    assert found[-1] == "last"
    assert reading.damaged == ["bot.log.000001.gz", "bot.log.000002.gz"]


@pytest.mark.parametrize("name", ["missing", ".", "a\x00b", "missing/x"])
def test_a_file_that_cannot_be_read_is_refused_by_name(name: str, tmp_path: Path) -> None:
    """A missing file, a folder and an invalid name are refused with a code and a reason."""
    with pytest.raises(RuntimeFailure) as caught:
        list(read_files([str(tmp_path / name)], Reading()))
    assert caught.value.error.code == "logs.unreadable"


def test_a_log_of_which_there_is_nothing(tmp_path: Path) -> None:
    """Neither file nor archive, nor even a folder: refused; archives alone are read."""
    for log in (tmp_path / "bot.log", tmp_path / "missing" / "bot.log"):
        with pytest.raises(RuntimeFailure) as caught:
            list(read_log(log, Reading()))
        assert caught.value.error.code == "logs.no_file"
    (tmp_path / "bot.log.000001").write_bytes(lines_of("a"))
    assert [found.event for found in read_log(tmp_path / "bot.log", Reading())] == ["a"]
