"""Lines of a log, as the tests need them."""

import io
import re
from datetime import UTC, datetime, timedelta

from twi_runtime.logs.format import Level, LogLine, Raised

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR) [\w.]+ \[[-\w]+\] .*")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def line(
    event: str,
    *,
    seconds: float = 0,
    level: Level = Level.INFO,
    operation: str = "",
    code: str = "",
    duration_ms: float | None = None,
    reference: str = "",
    guild: str = "",
    actor: str = "",
    origin: str = "",
    exception: Raised | None = None,
    logger: str = "test",
) -> LogLine:
    """Make a line, so many seconds after noon."""
    return LogLine(
        time=NOON + timedelta(seconds=seconds),
        level=level,
        logger=logger,
        event=event,
        reference=reference,
        operation=operation,
        origin=origin,
        guild=guild,
        actor=actor,
        code=code,
        duration_ms=duration_ms,
        exception=exception,
    )


def joined(text: str) -> str:
    """Return a text with adjacent halves of surrogate pairs as one character, as JSON reads them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def shown_lines(stream: io.StringIO) -> list[str]:
    """Return the lines as any reader would split them, and check that each one stands for itself."""
    found = stream.getvalue().splitlines()
    for line in found:
        assert LINE.fullmatch(line), line
    return found
