"""How long tests lasted in a full run: `python -m tests.durations REPORT` shows and records it.

The report is the JUnit file of a run; `docs/testing.md` has what is shown. Slow tests are started first, so that no
process is left with one at the end of a run, while the others have nothing to do.
"""

import json
import sys
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

RECORDED: Final = Path(__file__).with_name("durations.json")
SLOW: Final = 5.0
"""Seconds from which the duration of a test is recorded."""
SHOWN: Final = 10
PAGE: Final = Path(__file__).parents[1] / "docs/testing.md"
BEGIN: Final = "<!-- made by tests/durations.py: begin -->"
END: Final = "<!-- made by tests/durations.py: end -->"


def longest_first(items: list[pytest.Item], processes: int) -> None:
    """Sort tests in place: the slow ones first in each of the parts that the processes begin with.

    With `--dist=worksteal`, each process begins with a part of the list, all of the same size.
    """
    seconds: dict[str, float] = json.loads(RECORDED.read_text(encoding="utf-8"))
    known = [(seconds.get(_name_of(item.nodeid), 0.0), item) for item in items]
    slow = [item for _, item in sorted((pair for pair in known if pair[0]), key=lambda pair: -pair[0])]
    quick = [item for found, item in known if not found]
    ordered: list[pytest.Item] = []
    for number in range(processes):
        first = slow[number::processes]
        size = len(items) * (number + 1) // processes - len(ordered)
        rest = max(size - len(first), 0) if number < processes - 1 else len(quick)
        ordered += [*first, *quick[:rest]]
        del quick[:rest]
    items[:] = ordered


def _name_of(nodeid: str) -> str:
    """Return the name of a test as reports have it."""
    place, bracket, case = nodeid.partition("[")
    path, *names = place.split("::")
    return "::".join((".".join((path.removesuffix(".py").replace("/", "."), *names[:-1])), names[-1] + bracket + case))


def durations(report: Path) -> Mapping[str, float]:
    """Return the seconds that each test of a report lasted, with what was prepared for it."""
    cases = ET.parse(report).getroot().iter("testcase")  # pytest has written it
    return {f"{case.get('classname')}::{case.get('name')}": float(case.get("time", 0)) for case in cases}


def by_group(found: Mapping[str, float]) -> Sequence[tuple[str, float, int]]:
    """Return the seconds and the number of tests of each folder, the longest first."""
    seconds, number = defaultdict[str, float](float), Counter[str]()
    for name, lasted in found.items():
        folders = name.partition("::")[0].split(".")[1:-1]
        group = "/".join(folders[:2]) or "."
        seconds[group] += lasted
        number[group] += 1
    return [(group, lasted, number[group]) for group, lasted in sorted(seconds.items(), key=lambda pair: -pair[1])]


def tables(found: Mapping[str, float]) -> str:
    """Return the time of each group and the slowest tests, as tables of Markdown."""
    lines = ["| group | seconds | tests |", "| --- | ---: | ---: |"]
    lines += [f"| `tests/{group}` | {seconds:.0f} | {number} |" for group, seconds, number in by_group(found)]
    lines += [f"| all | {sum(found.values()):.0f} | {len(found)} |", ""]
    lines += ["| slowest tests | seconds |", "| --- | ---: |"]
    slowest = sorted(found, key=lambda name: -found[name])[:SHOWN]
    lines += [f"| `{name.removeprefix('tests.')}` | {found[name]:.0f} |" for name in slowest]
    return "\n".join(lines)


def main(report: Path) -> None:
    """Print the tables of a report, put them into the documentation, and record the slow tests."""
    found = durations(report)
    made = tables(found)
    print(made)
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{made}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")
    slow = {name: round(lasted) for name, lasted in sorted(found.items()) if lasted >= SLOW}
    RECORDED.write_text(json.dumps(slow, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
