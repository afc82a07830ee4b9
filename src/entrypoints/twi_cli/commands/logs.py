"""`twi logs`: what is in the log."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal, TypeAlias, final

from cyclopts import App, Parameter

from twi_cli.commands.caller import OutputOption
from twi_cli.errors import INVALID_VALUE, UNKNOWN_OPTION
from twi_cli.output.log_tables import call_row, error_object, error_row, summary_object, summary_text
from twi_cli.output.outlet import UsageError, warn, write, write_json
from twi_cli.output.table import table
from twi_core.kernel.errors import AppError
from twi_core.kernel.language import plural, text
from twi_runtime.configuration.settings import load_settings
from twi_runtime.logs.analysis import Errors, Highest, Query, Summary
from twi_runtime.logs.format import LEVELS, LogLine, as_object, as_text, read_time
from twi_runtime.logs.reading import NO_FILE, STDIN, Reading, read_files, read_log
from twi_runtime.process.exits import Exit, RuntimeFailure

WHICH: Final = "Filters"

Files: TypeAlias = Annotated[
    str,
    Parameter(
        name="FILES",
        help="Log files, compressed or not; - is standard input. Default: TWI_LOG_FILE and its archives.",
        allow_leading_hyphen=True,
    ),
]
LimitOption: TypeAlias = Annotated[int, Parameter("--limit", help="The most entries to show, up to 10,000.")]
MOST: Final = 10_000

_AGO: Final = re.compile(r"([0-9]{1,6})([smhdw])", re.ASCII)
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@final
@Parameter(name="*", group=WHICH, show_default=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """The lines that are wanted."""

    since: Annotated[
        str | None,
        Parameter(help="Only lines from this time on: 2026-11-22, 2026-11-22T18:30 (in UTC), or 30m, 12h, 7d ago."),
    ] = None
    until: Annotated[str | None, Parameter(help="Only lines before this time, written like --since.")] = None
    level: Annotated[
        Literal["debug", "info", "warning", "error", "critical"], Parameter(help="Only this level and above.")
    ] = "debug"
    operation: Annotated[str, Parameter(help="Only this operation; links.* for all of links.")] = ""
    code: Annotated[str, Parameter(help="Only calls that ended with this code; links.* for all of links.")] = ""
    guild: Annotated[str, Parameter(help="Only calls in the server with this id.")] = ""
    actor: Annotated[str, Parameter(help="Only calls by the user with this id.")] = ""
    reference: Annotated[str, Parameter(help="Only the call with this reference.")] = ""
    text: Annotated[str, Parameter(help="Only lines with these words in their message or traceback.")] = ""

    def query(self, now: datetime) -> Query:
        """Read the options.

        Raises:
            UsageError: a time can't be read.
        """
        return Query(
            since=_time("--since", self.since, now),
            until=_time("--until", self.until, now),
            level=LEVELS[self.level],
            operation=self.operation,
            code=self.code,
            guild=self.guild,
            actor=self.actor,
            reference=self.reference,
            text=self.text,
        )


ALL: Final = Which()


def logs_app() -> App:
    """Make the group."""
    app = App("logs", help="Read the log: TWI_LOG_FILE with its archives, or the files that you name.")
    app.command(summary, help="Count lines by level, and calls by operation, code and origin, with their durations.")
    app.command(search, help="Show the newest lines, in the order of time.")
    app.command(
        errors, help="Group refusals and faults by code or exception, most frequent first, with the last reference."
    )
    app.command(slow, help="Show the slowest calls first.")
    return app


def summary(*files: Files, which: Which = ALL, output: OutputOption = "text") -> int:
    """Count lines by level, and calls by operation, code and origin, with their durations."""
    found = Summary()
    reading = _look(files, which, found.add)
    if output == "json":
        write_json(summary_object(found) | _read_object(reading))
    else:
        write(summary_text(found))
        _warn_of_unread(reading)
    return Exit.OK


def search(*files: Files, which: Which = ALL, limit: LimitOption = 50, output: OutputOption = "text") -> int:
    """Show the newest lines, in the order of time."""
    found = Highest(_checked(limit), lambda line: line.time.timestamp())
    reading = _look(files, which, found.add)
    lines = found.lines()[::-1]
    if output == "json":
        shown = {"lines": [as_object(line) for line in lines], "matched": found.matched}
        write_json(shown | _read_object(reading))
    else:
        write("\n".join(as_text(line) for line in lines) or _nothing())
        if found.matched > len(lines):
            matched, count = found.matched, len(lines)
            write(text("The {count} newest of {matched} lines. See more with --limit.", count=count, matched=matched))
        _warn_of_unread(reading)
    return Exit.OK


def errors(*files: Files, which: Which = ALL, limit: LimitOption = 50, output: OutputOption = "text") -> int:
    """Group refusals and faults by code or exception, most frequent first, with the last reference."""
    found = Errors()
    _checked(limit)
    reading = _look(files, which, found.add)
    groups = found.groups()
    if output == "json":
        shown = {"errors": [error_object(group) for group in groups[:limit]], "matched": len(groups)}
        write_json(shown | _read_object(reading))
    else:
        write(table([error_row(group) for group in groups[:limit]]) if groups else _nothing())
        if (matched := len(groups)) > limit:
            write(
                text(
                    "The {count} most frequent of {matched} errors. See more with --limit.",
                    count=limit,
                    matched=matched,
                )
            )
        _warn_of_unread(reading)
    return Exit.OK


def slow(*files: Files, which: Which = ALL, limit: LimitOption = 20, output: OutputOption = "text") -> int:
    """Show the slowest calls first."""
    found = Highest(_checked(limit), lambda line: line.duration_ms)
    reading = _look(files, which, found.add)
    lines = found.lines()
    if output == "json":
        shown = {"calls": [as_object(line) for line in lines], "matched": found.matched}
        write_json(shown | _read_object(reading))
    else:
        write(table([call_row(line) for line in lines]) if lines else _nothing())
        if found.matched > len(lines):
            matched, count = found.matched, len(lines)
            write(text("The {count} slowest of {matched} calls. See more with --limit.", count=count, matched=matched))
        _warn_of_unread(reading)
    return Exit.OK


def _nothing() -> str:
    return text("Nothing in the log matches.")


def _look(files: Sequence[str], which: Which, add: Callable[[LogLine], None]) -> Reading:
    """Pass the lines that are wanted to `add`, and return what was read."""
    query = which.query(datetime.now(UTC))
    reading = Reading()
    for line in _lines(files, reading):
        if query.matches(line):
            add(line)
    return reading


def _lines(files: Sequence[str], reading: Reading) -> Iterator[LogLine]:
    for name in files:
        if name.startswith("-") and name != STDIN:
            raise UsageError(UNKNOWN_OPTION, {"option": name.partition("=")[0][:64]})
    if files:
        return read_files(files, reading)
    log = load_settings().log_file
    if log is None:
        raise RuntimeFailure(AppError(NO_FILE))
    return read_log(log.absolute(), reading)


def _checked(limit: int) -> int:
    if not 1 <= limit <= MOST:
        takes = text("a whole number from {first} to {last}", first=1, last=MOST)
        raise UsageError(INVALID_VALUE, {"option": "--limit", "value": str(limit), "takes": takes})
    return limit


def _time(option: str, given: str | None, now: datetime) -> datetime | None:
    if given is None:
        return None
    try:
        if ago := _AGO.fullmatch(given):
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        return read_time(given)
    except (ValueError, OverflowError):
        takes = text("a time such as 2026-11-22, 2026-11-22T18:30 (in UTC) or 12h")
        raise UsageError(INVALID_VALUE, {"option": option, "value": given[:64], "takes": takes}) from None


def _read_object(reading: Reading) -> dict[str, object]:
    return {"read": asdict(reading)}


def _warn_of_unread(reading: Reading) -> None:
    if reading.broken:
        lines = reading.lines
        problem = plural(
            "{count} of {lines} lines isn't a log line",
            "{count} of {lines} lines aren't log lines",
            reading.broken,
            lines=lines,
        )
        warn(problem, as_json=False)
    for name in reading.damaged:
        warn(text("{file} is damaged; only its readable part is counted", file=name), as_json=False)
