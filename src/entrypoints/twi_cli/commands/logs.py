"""`twi logs`: what the log tells."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal, TypeAlias, final

from cyclopts import App, Parameter

from twi_cli.commands.caller import OutputOption
from twi_cli.output.log_tables import call_row, error_object, error_row, summary_object, summary_text
from twi_cli.output.outlet import UsageError, warn, write, write_json
from twi_cli.output.table import table
from twi_core.kernel.errors import AppError
from twi_runtime.configuration.settings import load_settings
from twi_runtime.logs.analysis import Errors, Highest, Query, Summary
from twi_runtime.logs.format import LEVELS, LogLine, as_object, as_text, read_time
from twi_runtime.logs.reading import NO_FILE, STDIN, Reading, read_files, read_log
from twi_runtime.process.exits import Exit, RuntimeFailure

WHICH: Final = "Which lines"

Files: TypeAlias = Annotated[
    str,
    Parameter(
        name="FILES",
        help="Log files, compressed or not, - for standard input; none: TWI_LOG_FILE and its archives.",
        allow_leading_hyphen=True,
    ),
]
LimitOption: TypeAlias = Annotated[int, Parameter("--limit", help="How many are shown, 1 to 10,000.")]
MOST: Final = 10_000
NOTHING: Final = "Nothing in the log matches."

_AGO: Final = re.compile(r"([0-9]{1,6})([smhdw])", re.ASCII)
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@final
@Parameter(name="*", group=WHICH, show_default=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Choose lines.

    Attributes:
        since: From this time on: 2026-11-22, 2026-11-22T18:30 (in UTC), or 30m, 12h, 7d ago.
        until: Before this time, written likewise.
        level: This level and above.
        operation: Of this operation; `links.*` is all of a context.
        code: Calls that ended with this code; `links.*` is all of a context.
        guild: Of calls in this server, as an id.
        actor: Of calls by this user, as an id.
        reference: Of the call with this reference.
        text: With these words in the message or traceback.
    """

    since: str | None = None
    until: str | None = None
    level: Literal["debug", "info", "warning", "error", "critical"] = "debug"
    operation: str = ""
    code: str = ""
    guild: str = ""
    actor: str = ""
    reference: str = ""
    text: str = ""

    def query(self, now: datetime) -> Query:
        """Read the options.

        Raises:
            UsageError: a time is none.
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
    app = App("logs", help="What the log tells: TWI_LOG_FILE with its archives, or files that are named.")
    for command in (summary, search, errors, slow):
        app.command(command)
    return app


def summary(*files: Files, which: Which = ALL, output: OutputOption = "text") -> int:
    """Count lines by level, and calls by operation, code and origin, with how long they took."""
    found = Summary()
    reading = _look(files, which, found.add)
    if output == "json":
        write_json(summary_object(found) | _read_object(reading))
    else:
        write(summary_text(found))
        _tell_unread(reading)
    return Exit.OK


def search(*files: Files, which: Which = ALL, limit: LimitOption = 50, output: OutputOption = "text") -> int:
    """Show the newest lines, in the order of time."""
    found = Highest(_checked(limit), lambda line: line.time.timestamp())
    reading = _look(files, which, found.add)
    lines = found.lines()[::-1]
    if output == "json":
        told = {"lines": [as_object(line) for line in lines], "matched": found.matched}
        write_json(told | _read_object(reading))
    else:
        write("\n".join(as_text(line) for line in lines) or NOTHING)
        _tell_rest(found.matched, len(lines), "newest")
        _tell_unread(reading)
    return Exit.OK


def errors(*files: Files, which: Which = ALL, limit: LimitOption = 50, output: OutputOption = "text") -> int:
    """Group refusals and faults by code or exception, the most frequent first; with the reference of the last one."""
    found = Errors()
    _checked(limit)
    reading = _look(files, which, found.add)
    groups = found.groups()
    if output == "json":
        told = {"errors": [error_object(group) for group in groups[:limit]], "matched": len(groups)}
        write_json(told | _read_object(reading))
    else:
        write(table([error_row(group) for group in groups[:limit]]) if groups else NOTHING)
        _tell_rest(len(groups), min(len(groups), limit), "most frequent")
        _tell_unread(reading)
    return Exit.OK


def slow(*files: Files, which: Which = ALL, limit: LimitOption = 20, output: OutputOption = "text") -> int:
    """Show the calls that took longest, the slowest first."""
    found = Highest(_checked(limit), lambda line: line.duration_ms)
    reading = _look(files, which, found.add)
    lines = found.lines()
    if output == "json":
        told = {"calls": [as_object(line) for line in lines], "matched": found.matched}
        write_json(told | _read_object(reading))
    else:
        write(table([call_row(line) for line in lines]) if lines else NOTHING)
        _tell_rest(found.matched, len(lines), "slowest")
        _tell_unread(reading)
    return Exit.OK


def _look(files: Sequence[str], which: Which, add: Callable[[LogLine], None]) -> Reading:
    """Hand the lines that are meant to `add`, and tell what was read."""
    query = which.query(datetime.now(UTC))
    reading = Reading()
    for line in _lines(files, reading):
        if query.matches(line):
            add(line)
    return reading


def _lines(files: Sequence[str], reading: Reading) -> Iterator[LogLine]:
    for name in files:
        if name.startswith("-") and name != STDIN:
            raise UsageError(f"there is no option {name}")
    if files:
        return read_files(files, reading)
    log = load_settings().log_file
    if log is None:
        raise RuntimeFailure(AppError(NO_FILE))
    return read_log(log.absolute(), reading)


def _checked(limit: int) -> int:
    if not 1 <= limit <= MOST:
        raise UsageError(f"--limit is a number from 1 to {MOST:,}")
    return limit


def _time(option: str, given: str | None, now: datetime) -> datetime | None:
    if given is None:
        return None
    try:
        if ago := _AGO.fullmatch(given):
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        return read_time(given)
    except (ValueError, OverflowError):
        raise UsageError(f"{option} takes a time such as 2026-11-22, 2026-11-22T18:30 (in UTC) or 12h") from None


def _read_object(reading: Reading) -> dict[str, object]:
    return {"read": asdict(reading)}


def _tell_rest(matched: int, shown: int, which: str) -> None:
    if matched > shown:
        write(f"These are the {shown} {which} of {matched}; --limit shows more.")


def _tell_unread(reading: Reading) -> None:
    if reading.broken:
        warn(f"{reading.broken} of {reading.lines} lines are no lines of the log", as_json=False)
    for name in reading.damaged:
        warn(f"{name} is damaged; what could be read of it is counted", as_json=False)
