"""One line of the log: what it holds, how it is written for programs and for people, and how it is read again."""

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
    """Name how much a line matters, as `logging` numbers it; docs/logs.md says what each means."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40
    CRITICAL = 50

    @property
    def label(self) -> str:
        """Return the name that is written."""
        return self.name.lower()


LEVELS: Final[Mapping[str, Level]] = {level.label: level for level in Level}


@final
@dataclass(frozen=True, slots=True)
class Raised:
    """Tell of an exception: its type, and the lines of its traceback."""

    type: str
    traceback: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """Be one line of the log; what does not apply is empty or none.

    `time` is aware UTC, to the millisecond. `event` is the message. `reference`, `operation`, `origin`, `guild` and
    `actor` are those of the call that it belongs to; ids are text, as JavaScript rounds large numbers. `code` says how
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
    """Write a line for programs: one JSON object, in ASCII."""
    return json.dumps(as_object(line))


def as_object(line: LogLine) -> dict[str, object]:
    """Return a line as JSON can hold it, without what does not apply."""
    told: dict[str, object] = {
        "time": written_time(line.time),
        "level": line.level.label,
        "logger": line.logger,
        "event": line.event,
    }
    for name in _CALL:
        if value := getattr(line, name):
            told[name] = value
    if line.duration_ms is not None:
        told["duration_ms"] = line.duration_ms
    if line.exception is not None:
        told["exception"] = {"type": line.exception.type, "traceback": list(line.exception.traceback)}
    return told


def as_text(line: LogLine) -> str:
    """Write a line for people: time, level, logger, in brackets the call, then the message.

    The lines of a traceback follow, each with the same beginning and `|`. Whatever could act on a terminal or look
    like another line is written out.
    """
    facts = (
        f"{name}={plain(value)}" for name in ("operation", "origin", "guild", "actor") if (value := _of(line, name))
    )
    call = " ".join((plain(line.reference) or "-", *facts))
    head = f"{written_time(line.time)} {line.level.name} {plain(line.logger)} [{call}]"
    lines = [f"{head} {plain(line.event)}"]
    if line.exception is not None:
        lines += [f"{head} | {plain(told)}" for told in line.exception.traceback]
    return "\n".join(lines)


def read_line(text: str | bytes) -> LogLine | None:
    """Read a line that `as_json` has written; none where it is something else."""
    try:
        told: object = json.loads(text)
        return _line(told) if _is_object(told) else None
    except (ValueError, OverflowError, RecursionError):  # no JSON, no time, a number or a nesting without bounds
        return None


def _line(told: Mapping[str, object]) -> LogLine | None:
    level, moment = told.get("level"), told.get("time")
    texts = {name: told.get(name, "") for name in _TEXTS}
    if not isinstance(moment, str) or not isinstance(level, str) or level not in LEVELS or not _all_text(texts):
        return None
    duration = told.get("duration_ms")
    return LogLine(
        time=read_time(moment),
        level=LEVELS[level],
        duration_ms=float(duration) if isinstance(duration, int | float) and math.isfinite(duration) else None,
        exception=_raised(told.get("exception")),
        **texts,
    )


def _raised(told: object) -> Raised | None:
    if not _is_object(told):
        return None
    lines = told.get("traceback")
    return Raised(str(told.get("type", "")), tuple(map(str, lines)) if isinstance(lines, list) else ())


def _is_object(told: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(told, dict)


def _all_text(texts: Mapping[str, object]) -> TypeGuard[Mapping[str, str]]:
    return all(isinstance(value, str) for value in texts.values())


def _of(line: LogLine, name: str) -> str:
    value: str = getattr(line, name)
    return value


def written_time(time: datetime) -> str:
    """Write a time in UTC, to the millisecond."""
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03d}Z"


def read_time(text: str) -> datetime:
    """Read a time, which is in UTC unless it says otherwise.

    Raises:
        ValueError, OverflowError: it is none.
    """
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
