"""The process's log: standard error, each line with time, level, logger and reference, and no line that lies.

Records are written by a thread, so that a slow reader of standard error never holds up the event loop.
"""

import logging
import queue
import re
import sys
import time
from collections.abc import Iterator, Set
from contextlib import contextmanager
from logging.handlers import QueueHandler, QueueListener
from typing import Final, TextIO, final

from typing_extensions import override

from twi_core.pipeline.trace import current_reference
from twi_runtime.plain import plain
from twi_runtime.settings import Settings

QUEUED: Final = 10_000
"""More records than this wait for nobody: the newest are dropped, and counted."""
SHORTEST_SECRET: Final = 4
"""Shorter passwords occur within ordinary words and are not searched for."""
FLOORS: Final = {"discord": logging.INFO, "sqlalchemy": logging.WARNING, "asyncio": logging.INFO}
"""Loggers that would write out payloads or statements below these levels."""

_TOKENS: Final = re.compile(r"[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}|twi_[\w-]{43}")
"""What a Discord bot's token, or an API token of ours, looks like."""


@final
class LineFormatter(logging.Formatter):
    """Write a record as lines that each begin with time (UTC), level, logger and reference.

    A message is one line; the lines of a traceback follow as lines of their own with `|`. Controls and line separators
    are written out, `secrets` and whatever looks like a token are left out.
    """

    def __init__(self, secrets: Set[str] = frozenset(), *, tracebacks: bool = True) -> None:
        super().__init__()
        self._secrets = sorted((s for s in secrets if len(s) >= SHORTEST_SECRET), key=len, reverse=True)
        self._tracebacks = tracebacks

    @override
    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        head = f"{moment}.{int(record.msecs):03d}Z {record.levelname} {record.name} [{current_reference.get()}]"
        lines = [f"{head} {self._clean(self._message(record))}"]
        if self._tracebacks:
            details = self.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else ""
            details = "\n".join(part for part in (details, record.stack_info or "") if part)
            lines += [f"{head} | {self._clean(line)}" for line in details.split("\n") if line]
        return "\n".join(lines)

    def _message(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if record.exc_info and record.exc_info[0] and not self._tracebacks:
            return f"{message}: {record.exc_info[0].__name__}"
        return message

    def _clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        return plain(_TOKENS.sub("[secret]", text))


@final
class _Queued(QueueHandler):
    """Hand finished lines over; drop and count them where the writer does not keep up."""

    def __init__(self, lines: "queue.Queue[logging.LogRecord]") -> None:
        super().__init__(lines)
        self._lines = lines
        self._dropped = 0

    @override
    def enqueue(self, record: logging.LogRecord) -> None:
        try:
            if self._dropped:
                told = logging.LogRecord(
                    __name__, logging.WARNING, __file__, 0, "%d records were dropped here", (self._dropped,), None
                )
                record.msg = f"{self.format(told)}\n{record.msg}"
            self._lines.put_nowait(record)
            self._dropped = 0
        except queue.Full:
            self._dropped += 1


@contextmanager
def logs_to_stderr(settings: Settings, *, one_shot: bool = False, stream: TextIO | None = None) -> Iterator[None]:
    """Send all records of the process to standard error within the block; leaving it writes what still waits.

    With `one_shot`, a command that ends at once, only bugs are logged, in one line, unless a level was set on purpose.
    """
    brief = one_shot and "log_level" not in settings.model_fields_set
    lines: queue.Queue[logging.LogRecord] = queue.Queue(QUEUED)
    handler = _Queued(lines)
    handler.setFormatter(LineFormatter(settings.secrets(), tracebacks=not brief))
    writer = logging.StreamHandler(sys.stderr if stream is None else stream)
    root = logging.getLogger()
    level = logging.ERROR if brief else logging.getLevelNamesMapping()[settings.log_level.upper()]
    before = root.level, {name: logging.getLogger(name).level for name in FLOORS}
    listener = QueueListener(lines, writer)
    root.addHandler(handler)
    root.setLevel(level)
    for name, floor in FLOORS.items():
        logging.getLogger(name).setLevel(max(floor, level))
    listener.start()
    try:
        yield
    finally:
        root.removeHandler(handler)
        listener.stop()
        root.setLevel(before[0])
        for name, earlier in before[1].items():
            logging.getLogger(name).setLevel(earlier)
