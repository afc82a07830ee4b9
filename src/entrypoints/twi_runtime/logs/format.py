"""One line of the log: its fields, its forms for programs and for people, and reading it again."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Final, TypeGuard, final

from twi_runtime.plain import plain


@final
class Level(IntEnum):
    """The level of a line, numbered as in `logging`; docs/logs.md says what each means."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40
    CRITICAL = 50

    @property
    def label(self) -> str:
        """Return the name used in the log."""
        return self.name.lower()


LEVELS: Final[Mapping[str, Level]] = {level.label: level for level in Level}


@final
@dataclass(frozen=True, slots=True)
class Raised:
    """An exception: its type, and the lines of its traceback."""

    type: str
    traceback: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of the log; fields that do not apply are empty or None.

    `time` is aware, in UTC, to the millisecond. `event` is the message. `reference`, `operation`, `origin`, `guild` and
    `actor` are those of the line's call; ids are text, as JavaScript rounds large numbers. `code` says how
    a call ended: `ok`, a registered code, or `interrupted`.
    """

    time: datetime
    level: Level
    logger: str
    event: str
    reference: str = ""
    operation: str = ""
    origin: str = ""
    guild: str = ""
    actor: str = ""
    code: str = ""
    duration_ms: float | None = None
    exception: Raised | None = None


_CALL: Final = ("reference", "operation", "origin", "guild", "actor", "code")
_TEXTS: Final = ("logger", "event", *_CALL)


def as_json(line: LogLine) -> str:
    """Return a line for programs: one JSON object, in ASCII."""
    return json.dumps(as_object(line))


def as_object(line: LogLine) -> dict[str, object]:
    """Return a line as a JSON object, without fields that do not apply."""
    found: dict[str, object] = {
        "time": written_time(line.time),
        "level": line.level.label,
        "logger": line.logger,
        "event": line.event,
    }
    for name in _CALL:
        if value := getattr(line, name):
            found[name] = value
    if line.duration_ms is not None:
        found["duration_ms"] = line.duration_ms
    if line.exception is not None:
        found["exception"] = {"type": line.exception.type, "traceback": list(line.exception.traceback)}
    return found


def as_text(line: LogLine) -> str:
    """Return a line for people: time, level, logger, the call in brackets, then the message.

    The lines of a traceback follow, each with the same prefix and `|`. Characters that could affect a terminal or look
    like another line are escaped.
    """
    facts = (
        f"{name}={plain(value)}" for name in ("operation", "origin", "guild", "actor") if (value := _of(line, name))
    )
    call = " ".join((plain(line.reference) or "-", *facts))
    head = f"{written_time(line.time)} {line.level.name} {plain(line.logger)} [{call}]"
    lines = [f"{head} {plain(line.event)}"]
    if line.exception is not None:
        lines += [f"{head} | {plain(each)}" for each in line.exception.traceback]
    return "\n".join(lines)


def read_line(text: str | bytes) -> LogLine | None:
    """Parse a line that `as_json` has written; return None if it is something else."""
    try:
        parsed: object = json.loads(text)
        return _line(parsed) if _is_object(parsed) else None
    except (ValueError, OverflowError, RecursionError):  # no JSON, no time, a number or a nesting out of bounds
        return None


def _line(fields: Mapping[str, object]) -> LogLine | None:
    level, moment = fields.get("level"), fields.get("time")
    texts = {name: fields.get(name, "") for name in _TEXTS}
    if not isinstance(moment, str) or not isinstance(level, str) or level not in LEVELS or not _all_text(texts):
        return None
    duration = fields.get("duration_ms")
    return LogLine(
        time=read_time(moment),
        level=LEVELS[level],
        duration_ms=float(duration) if isinstance(duration, int | float) and math.isfinite(duration) else None,
        exception=_raised(fields.get("exception")),
        **texts,
    )


def _raised(found: object) -> Raised | None:
    if not _is_object(found):
        return None
    lines = found.get("traceback")
    return Raised(str(found.get("type", "")), tuple(map(str, lines)) if isinstance(lines, list) else ())


def _is_object(found: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(found, dict)


def _all_text(texts: Mapping[str, object]) -> TypeGuard[Mapping[str, str]]:
    return all(isinstance(value, str) for value in texts.values())


def _of(line: LogLine, name: str) -> str:
    value: str = getattr(line, name)
    return value


def written_time(time: datetime) -> str:
    """Return a time as text in UTC, to the millisecond."""
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03d}Z"


def read_time(text: str) -> datetime:
    """Parse a time, which is in UTC unless it says otherwise.

    Raises:
        ValueError, OverflowError: it is not a time.
    """
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
