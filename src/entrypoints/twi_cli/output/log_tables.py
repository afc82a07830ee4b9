"""How `twi logs` shows what it finds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from twi_cli.output.table import labelled, table
from twi_runtime.logs.analysis import ErrorGroup, Summary
from twi_runtime.logs.format import LogLine, as_object, written_time
from twi_runtime.plain import plain

SHARES: Final = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
"""The shares of calls for which it is told how long they took at most."""


def summary_text(found: Summary) -> str:
    """Show a summary to people."""
    parts = [labelled(_counts(found))]
    if found.operations:
        parts.append(table([_operation_row(name, found) for name in sorted(found.operations)]))
    return "\n\n".join(parts)


def _counts(found: Summary) -> Mapping[str, str]:
    told = {"lines": str(found.lines), "first": _shown(found.first), "last": _shown(found.last)}
    for label, counts in (("levels", found.levels), ("codes", found.codes), ("origins", found.origins)):
        told[label] = ", ".join(f"{plain(name) or 'none'} {number}" for name, number in counts.most_common()) or "none"
    return told


def _operation_row(name: str, found: Summary) -> Mapping[str, str]:
    durations = found.operations[name]
    return {
        "operation": plain(name) or "none",
        "calls": str(durations.count),
        "refused or failed": str(found.refused[name]),
        **{f"{label} ms": f"{durations.percentile(share):.1f}" for label, share in SHARES.items()},
        "longest ms": f"{durations.longest:.1f}",
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
    """Show what went wrong alike as a row."""
    return {
        "error": plain(group.what),
        "count": str(group.count),
        "level": group.level.label,
        "first": _shown(group.first),
        "last": _shown(group.newest.time),
        "last operation": plain(group.newest.operation) or "none",
        "last reference": plain(group.newest.reference) or "none",
    }


def error_object(group: ErrorGroup) -> dict[str, object]:
    """Return what went wrong alike as JSON can hold it."""
    return {
        "error": group.what,
        "count": group.count,
        "level": group.level.label,
        "first": written_time(group.first),
        "last": as_object(group.newest),
    }


def call_row(line: LogLine) -> Mapping[str, str]:
    """Show the line that ends a call as a row."""
    return {
        "ms": f"{line.duration_ms:.1f}",
        "operation": plain(line.operation) or "none",
        "code": plain(line.code) or "none",
        "origin": plain(line.origin) or "none",
        "time": _shown(line.time),
        "reference": plain(line.reference) or "none",
    }


def _shown(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}" if time else "none"
