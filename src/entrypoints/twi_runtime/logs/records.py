"""Capture of a record when it is made; the slow work is done later, by the thread that writes it."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from traceback import TracebackException
from typing import Final, TypeVar, final

from twi_core.kernel.redaction import Redactor
from twi_core.pipeline.trace import RunningCall, current_reference, running_call
from twi_runtime.logs.format import Level, LogLine, Raised

LONGEST: Final = 8_000
"""A message is cut after this many characters."""
MARGIN: Final = 2_000
"""How many characters more are searched for secrets, so that the cut leaves no part of one."""
FRAMES: Final = 60
"""Of a deeper traceback, only this many frames nearest to the fault are written."""
LINES: Final = 200
"""A traceback with more lines than this loses those in the middle."""
LINE: Final = 2_000
"""A line of a traceback is cut after this many characters."""

_CUT: Final = "… (cut)"

T = TypeVar("T")


@final
@dataclass(frozen=True, slots=True)
class Captured:
    """A record as it was when it was made; it no longer changes."""

    created: float
    level: Level
    logger: str
    message: str
    reference: str = "-"
    call: RunningCall | None = None
    code: str = ""
    duration_ms: float | None = None
    raised: str = ""
    traceback: TracebackException | None = None
    stack: str = ""


def capture(record: logging.LogRecord) -> Captured:
    """Capture a record and the running call; a record that can't be captured is replaced by a note that says so."""
    return attempt(lambda: _captured(record), lambda error: _unusable(record, error))


def _unusable(record: logging.LogRecord, error: Exception) -> Captured:
    event = f"a log record could not be captured ({type(error).__name__}), from line {record.lineno}"
    return Captured(time.time(), level_of(record.levelno), __name__, event)


def _captured(record: logging.LogRecord) -> Captured:
    raised = record.exc_info[0] if record.exc_info else None
    code: object = getattr(record, "code", "")
    duration: object = getattr(record, "duration_ms", None)
    return Captured(
        created=record.created,
        level=level_of(record.levelno),
        logger=record.name,
        message=_message(record)[: LONGEST + MARGIN],
        reference=current_reference.get(),
        call=running_call.get(),
        code=code if isinstance(code, str) else "",
        duration_ms=duration if isinstance(duration, float) else None,
        raised=_name(raised) if raised else "",
        traceback=_traceback(record),
        stack=record.stack_info or "",
    )


def level_of(number: int) -> Level:
    """Return the level of a number; one between two levels counts as the lower."""
    return Level(min(max(number // 10 * 10, Level.DEBUG), Level.CRITICAL))


def line_of(captured: Captured, redact: Redactor, *, tracebacks: bool = True) -> LogLine:
    """Return the line of a record, without secrets; without `tracebacks` the message names the exception instead."""
    event = _short(captured.message, redact)
    exception = None
    if captured.raised and not tracebacks:
        event = f"{event}: {captured.raised.rpartition('.')[2]}"
    elif captured.raised or captured.stack:
        lines = attempt(lambda: _lines(captured, redact), lambda _: ("(the traceback could not be formatted)",))
        exception = Raised(captured.raised, lines)
    context = captured.call.context if captured.call else None
    return LogLine(
        time=datetime.fromtimestamp(captured.created, UTC),
        level=captured.level,
        logger=_short(captured.logger, redact),
        event=event,
        reference="" if captured.reference == "-" else _short(captured.reference, redact),
        operation=captured.call.operation if captured.call else "",
        origin=context.origin.value if context else "",
        guild=str(context.guild) if context and context.guild else "",
        actor=str(context.actor) if context and context.actor else "",
        code=_short(captured.code, redact),
        duration_ms=captured.duration_ms,
        exception=exception,
    )


def _message(record: logging.LogRecord) -> str:
    """Format a message now, as its arguments may change later."""
    return attempt(
        record.getMessage,
        lambda error: f"a log message could not be formatted ({type(error).__name__}), from line {record.lineno}",
    )


def attempt(make: Callable[[], T], instead: Callable[[Exception], T]) -> T:
    """Run code that may call foreign code, such as an argument's `__str__` or a module's loader, or meet any value."""
    try:
        return make()
    except Exception as error:  # noqa: BLE001  # logging must not fail because of what is logged
        return instead(error)


def _traceback(record: logging.LogRecord) -> TracebackException | None:
    """Walk the stack now; its source lines are read when it is written."""
    if not record.exc_info or record.exc_info[0] is None or record.exc_info[1] is None:
        return None
    kind, error, trace = record.exc_info
    return attempt(
        lambda: TracebackException(kind, error, trace, limit=-FRAMES, lookup_lines=False, compact=True), lambda _: None
    )


def _name(kind: type[BaseException]) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _lines(captured: Captured, redact: Redactor) -> tuple[str, ...]:
    """Return the lines of traceback and stack; secrets are searched for in the whole, as some have several lines."""
    parts = (*(captured.traceback.format() if captured.traceback else ()), captured.stack)
    whole = "".join(part if len(part) < LONGEST else _short(part[: LONGEST + MARGIN], redact) for part in parts)
    found = [_cut(line) for line in redact(whole).splitlines() if line]
    if len(found) > LINES:
        found[LINES // 2 : -LINES // 2] = ["…"]
    return tuple(found)


def _short(text: str, redact: Redactor) -> str:
    """Return a text without secrets; a cut one loses its end, where part of a secret may remain."""
    found = redact(text)
    return found if len(text) < LONGEST + MARGIN else f"{found[:-MARGIN]}{_CUT}"


def _cut(line: str) -> str:
    return line if len(line) <= LINE else f"{line[:LINE]}{_CUT}"
