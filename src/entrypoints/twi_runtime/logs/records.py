"""Take a record as it is at the moment it is made; what is slow is done later, by the thread that writes it."""

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
"""A message is cut behind so many characters."""
MARGIN: Final = 2_000
"""So many more are looked at for secrets, so that the cut leaves no part of one."""
FRAMES: Final = 60
"""Of a deeper traceback the frames nearest to the fault are written."""
LINES: Final = 200
"""A traceback of more lines loses those in its middle."""
LINE: Final = 2_000
"""A line of a traceback is cut behind so many characters."""

_CUT: Final = "… (cut)"

T = TypeVar("T")


@final
@dataclass(frozen=True, slots=True)
class Captured:
    """Hold a record as it was when it was made; nothing in it can change any more."""

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
    """Take a record and the call that runs; what cannot be taken or formatted is told as such."""
    return attempt(lambda: _captured(record), lambda error: _unusable(record, error))


def _unusable(record: logging.LogRecord, error: Exception) -> Captured:
    event = f"a record that cannot be taken ({type(error).__name__}), from line {record.lineno}"
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
    """Return the level of a number; what lies between two counts as the lower one."""
    return Level(min(max(number // 10 * 10, Level.DEBUG), Level.CRITICAL))


def told(captured: Captured, redact: Redactor, *, tracebacks: bool = True) -> LogLine:
    """Make the line of a record, without secrets; without `tracebacks` the message names the exception instead."""
    event = _short(captured.message, redact)
    exception = None
    if captured.raised and not tracebacks:
        event = f"{event}: {captured.raised.rpartition('.')[2]}"
    elif captured.raised or captured.stack:
        lines = attempt(lambda: _lines(captured, redact), lambda _: ("a traceback that cannot be written",))
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
    """Format a message now, as what it tells of may change."""
    return attempt(
        record.getMessage,
        lambda error: f"a message that cannot be formatted ({type(error).__name__}), from line {record.lineno}",
    )


def attempt(make: Callable[[], T], instead: Callable[[Exception], T]) -> T:
    """Run what may run anybody's code, such as an argument's `__str__` or a module's loader, or meet any value."""
    try:
        return make()
    except Exception as error:  # noqa: BLE001  # what logs must not fail because of what it tells
        return instead(error)


def _traceback(record: logging.LogRecord) -> TracebackException | None:
    """Walk the stack now; the source lines are read when it is written."""
    if not record.exc_info or record.exc_info[0] is None or record.exc_info[1] is None:
        return None
    kind, error, trace = record.exc_info
    return attempt(
        lambda: TracebackException(kind, error, trace, limit=-FRAMES, lookup_lines=False, compact=True), lambda _: None
    )


def _name(kind: type[BaseException]) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _lines(captured: Captured, redact: Redactor) -> tuple[str, ...]:
    """Return the lines of traceback and stack; secrets are sought in the whole, as some have several lines."""
    parts = (*(captured.traceback.format() if captured.traceback else ()), captured.stack)
    whole = "".join(part if len(part) < LONGEST else _short(part[: LONGEST + MARGIN], redact) for part in parts)
    found = [_cut(line) for line in redact(whole).splitlines() if line]
    if len(found) > LINES:
        found[LINES // 2 : -LINES // 2] = ["…"]
    return tuple(found)


def _short(text: str, redact: Redactor) -> str:
    """Return a text without secrets; one that was cut loses its end, where half of one may be left."""
    found = redact(text)
    return found if len(text) < LONGEST + MARGIN else f"{found[:-MARGIN]}{_CUT}"


def _cut(line: str) -> str:
    return line if len(line) <= LINE else f"{line[:LINE]}{_CUT}"
