"""Analysis of a log: how much, how often, how slow, what went wrong, in memory that does not grow with the log."""

import heapq
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, final

from twi_runtime.logs.format import Level, LogLine

NAMES: Final = 1_000
"""How many operations, codes or exceptions are counted separately; later ones are counted together."""
OTHERS: Final = "(others)"
FINE: Final = ("", "ok", "interrupted")
"""Codes that are neither refusals nor faults."""

_STEP: Final = math.log(1.02)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A filter of lines; fields that are None or empty exclude nothing.

    `until` is exclusive, and `level` is the lowest that matches. An operation or code that ends with `*` matches
    everything with that beginning. `text` is searched for in message and traceback, ignoring case.
    """

    since: datetime | None = None
    until: datetime | None = None
    level: Level = Level.DEBUG
    operation: str = ""
    code: str = ""
    guild: str = ""
    actor: str = ""
    reference: str = ""
    text: str = ""

    def matches(self, line: LogLine) -> bool:
        """Return whether a line matches."""
        return (
            line.level >= self.level
            and (self.since is None or line.time >= self.since)
            and (self.until is None or line.time < self.until)
            and _is(self.operation, line.operation)
            and _is(self.code, line.code)
            and self.guild in ("", line.guild)
            and self.actor in ("", line.actor)
            and self.reference in ("", line.reference)
            and (not self.text or self._holds_text(line))
        )

    def _holds_text(self, line: LogLine) -> bool:
        wanted = self.text.casefold()
        traceback = line.exception.traceback if line.exception else ()
        return any(wanted in text.casefold() for text in (line.event, *traceback))


def _is(wanted: str, found: str) -> bool:
    if wanted.endswith("*"):
        return found.startswith(wanted[:-1])
    return wanted in ("", found)


@final
class Highest:
    """The lines with the highest numbers by `key`; lines for which it returns None do not count."""

    def __init__(self, limit: int, key: Callable[[LogLine], float | None]) -> None:
        self.matched = 0
        self._limit = limit
        self._key = key
        self._kept: list[tuple[float, int, LogLine]] = []

    def add(self, line: LogLine) -> None:
        """Count a line."""
        number = self._key(line)
        if number is None:
            return
        self.matched += 1
        entry = (number, self.matched, line)
        if len(self._kept) < self._limit:
            heapq.heappush(self._kept, entry)
        else:
            heapq.heappushpop(self._kept, entry)

    def lines(self) -> list[LogLine]:
        """Return the lines, highest first; of equal ones, the one added last."""
        return [line for _, _, line in sorted(self._kept, reverse=True)]


@final
class Durations:
    """A histogram of milliseconds, fine enough for percentiles accurate to one per cent."""

    def __init__(self) -> None:
        self.count = 0
        self.longest = 0.0
        self._counts: Counter[int] = Counter()

    def add(self, milliseconds: float) -> None:
        """Count a duration."""
        self.count += 1
        self.longest = max(self.longest, milliseconds)
        self._counts[math.floor(math.log(max(milliseconds, 0.001)) / _STEP)] += 1

    def percentile(self, share: float) -> float:
        """Return the milliseconds that a share (0 to 1) of the durations does not exceed; 0.0 if there are none."""
        left = share * self.count
        for step, number in sorted(self._counts.items()):
            left -= number
            if left <= 0:
                return min(math.exp((step + 0.5) * _STEP), self.longest)
        return self.longest


@final
class Summary:
    """Counts of lines by level, and of calls by code, origin and operation."""

    def __init__(self) -> None:
        self.lines = 0
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.levels: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self.origins: Counter[str] = Counter()
        self.operations: dict[str, Durations] = {}
        self.refused: Counter[str] = Counter()

    def add(self, line: LogLine) -> None:
        """Count a line; each call has one with its duration."""
        self.lines += 1
        self.first = line.time if self.first is None else min(self.first, line.time)
        self.last = line.time if self.last is None else max(self.last, line.time)
        self.levels[line.level.label] += 1
        if line.duration_ms is None:
            return
        self.codes[_name(line.code, self.codes)] += 1
        self.origins[_name(line.origin, self.origins)] += 1
        operation = _name(line.operation, self.operations)
        self.operations.setdefault(operation, Durations()).add(line.duration_ms)
        self.refused[operation] += line.code not in FINE


@final
@dataclass(slots=True)
class ErrorGroup:
    """Errors of one kind: the code or exception (`what`), how many, and the newest."""

    what: str
    newest: LogLine
    first: datetime
    count: int = 1
    level: Level = Level.DEBUG


@final
class Errors:
    """Errors grouped by exception, or else by code, or else by logger."""

    def __init__(self) -> None:
        self._groups: dict[str, ErrorGroup] = {}

    def add(self, line: LogLine) -> None:
        """Count a line."""
        what = _wrong(line)
        if not what:
            return
        what = _name(what, self._groups)
        group = self._groups.get(what)
        if group is None:
            self._groups[what] = ErrorGroup(what, line, line.time, level=line.level)
            return
        group.count += 1
        group.level = max(group.level, line.level)
        group.first = min(group.first, line.time)
        if line.time >= group.newest.time:
            group.newest = line

    def groups(self) -> list[ErrorGroup]:
        """Return the groups, most frequent first; of equal ones, the newest."""
        return sorted(self._groups.values(), key=lambda group: (group.count, group.newest.time), reverse=True)


def _wrong(line: LogLine) -> str:
    if line.exception is not None and line.exception.type:
        return line.exception.type
    if line.code not in FINE:
        return line.code
    return line.logger if line.level >= Level.ERROR else ""


def _name(name: str, known: Mapping[str, object]) -> str:
    return name if name in known or len(known) < NAMES else OTHERS
