"""How `twi logs` shows what it finds."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from twi_cli.output.table import labelled, table
from twi_core.kernel.language import number, text
from twi_runtime.logs.analysis import ErrorGroup, Summary
from twi_runtime.logs.format import LogLine, as_object, written_time
from twi_runtime.plain import plain

SHARES: Final = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
"""The shares of calls whose longest duration is shown."""


def summary_text(found: Summary) -> str:
    """Return a summary as text."""
    parts = [labelled(_counts(found))]
    if found.operations:
        parts.append(table([_operation_row(name, found) for name in sorted(found.operations)]))
    return "\n\n".join(parts)


def _counts(found: Summary) -> Mapping[str, str]:
    return {
        text("lines"): number(found.lines),
        text("first"): _shown(found.first),
        text("last"): _shown(found.last),
        text("levels"): _counted(found.levels),
        text("codes"): _counted(found.codes),
        text("origins"): _counted(found.origins),
    }


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{_named(name)} {number(count)}" for name, count in counts.most_common()) or _none()


def _operation_row(name: str, found: Summary) -> Mapping[str, str]:
    durations = found.operations[name]
    return {
        text("operation"): _named(name),
        text("calls"): number(durations.count),
        text("refused/failed"): number(found.refused[name]),
        **{f"{label} ms": f"{durations.percentile(share):.1f}" for label, share in SHARES.items()},
        text("slowest (ms)"): f"{durations.longest:.1f}",
    }


def summary_object(found: Summary) -> dict[str, object]:
    """Return a summary as JSON can hold it."""
    return {
        "lines": found.lines,
        "first": found.first and written_time(found.first),
        "last": found.last and written_time(found.last),
        "levels": found.levels,
        "codes": found.codes,
        "origins": found.origins,
        "operations": {
            name: {"calls": durations.count, "refused_or_failed": found.refused[name]}
            | {f"{label}_ms": round(durations.percentile(share), 3) for label, share in SHARES.items()}
            | {"longest_ms": durations.longest}
            for name, durations in sorted(found.operations.items())
        },
    }


def error_row(group: ErrorGroup) -> Mapping[str, str]:
    """Return errors of one kind as a row."""
    return {
        text("error"): plain(group.what),
        text("count"): number(group.count),
        text("level"): group.level.label,
        text("first"): _shown(group.first),
        text("last"): _shown(group.newest.time),
        text("last operation"): _named(group.newest.operation),
        text("last reference"): _named(group.newest.reference),
    }


def error_object(group: ErrorGroup) -> dict[str, object]:
    """Return errors of one kind as JSON can hold them."""
    return {
        "error": group.what,
        "count": group.count,
        "level": group.level.label,
        "first": written_time(group.first),
        "last": as_object(group.newest),
    }


def call_row(line: LogLine) -> Mapping[str, str]:
    """Return the line that ends a call as a row."""
    return {
        text("ms"): f"{line.duration_ms:.1f}",
        text("operation"): _named(line.operation),
        text("code"): _named(line.code),
        text("origin"): _named(line.origin),
        text("time"): _shown(line.time),
        text("reference"): _named(line.reference),
    }


def _named(name: str) -> str:
    return plain(name) or _none()


def _none() -> str:
    return text("none")


def _shown(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}" if time else _none()
