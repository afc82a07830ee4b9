"""Writing of lines in separate threads, so that logging never waits; lines that are not written are counted."""

import logging
import os
import queue
import select
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, Protocol, TextIO, final

from typing_extensions import override

from twi_core.kernel.redaction import Redactor
from twi_runtime.logs.format import Level, LogLine
from twi_runtime.logs.records import Captured, attempt, capture, level_of, line_of

WAITING: Final = 10_000
"""When more records than this wait for a target, new ones are dropped and counted."""
TOGETHER: Final = 100
"""The most records that are written at once."""
STOPPING: Final = 3.0
"""Seconds that a target may take at the end to write what still waits."""

_log: Final = logging.getLogger(__name__)


class Target(Protocol):
    """A destination of lines."""

    def write(self, text: str) -> None:
        """Write whole lines.

        Raises:
            OSError: they could not be written.
        """
        ...

    def close(self) -> None:
        """Release what is open."""
        ...


@final
class StreamTarget:
    """A stream as a target; a real one is written below Python's buffer, whose lock a stuck write would keep."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        try:
            self._number: int | None = stream.fileno()
        except (OSError, AttributeError):
            self._number = None

    def write(self, text: str) -> None:
        """See `Target`."""
        if not text:
            return
        if self._number is None:
            self._stream.write(text)
            self._stream.flush()
            return
        rest = text.encode("utf-8", "backslashreplace")
        while rest:
            try:
                rest = rest[os.write(self._number, rest) :]
            except BlockingIOError:  # another program has made the terminal non-blocking
                select.select([], [self._number], [])

    def close(self) -> None:
        """Do nothing: the stream belongs to the caller that opened it."""


@final
class Writer:
    """A thread that writes records of a level and above to a target, in order.

    `write` returns a line's text. `failing` is logged when the target begins to fail, with a place for the reason; the
    only target has none, as it could not show it.
    """

    def __init__(
        self,
        target: Target,
        level: Level,
        write: Callable[[LogLine], str],
        redact: Redactor,
        *,
        tracebacks: bool = True,
        failing: str | None = None,
    ) -> None:
        self.level = level
        self._target = target
        self._write = write
        self._redact = redact
        self._tracebacks = tracebacks
        self._failing_message = failing
        self._waiting: queue.SimpleQueue[Captured | None] = queue.SimpleQueue()
        self._dropped = 0
        self._lost = 0
        self._failing = False
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)

    def start(self) -> None:
        """Start writing."""
        self._thread.start()

    def take(self, record: Captured) -> None:
        """Queue a record, or count it as dropped; this never waits. One thread at a time may call it."""
        if self._waiting.qsize() >= WAITING:
            self._dropped += 1
            return
        self._report_dropped()
        self._waiting.put(record)

    def stop(self) -> None:
        """Write what waits, for at most `STOPPING` seconds; a stuck target is abandoned."""
        self._report_dropped()
        self._waiting.put(None)
        self._thread.join(STOPPING)

    def _report_dropped(self) -> None:
        if self._dropped:
            self._waiting.put(_dropped(self._dropped))
            self._dropped = 0

    def _run(self) -> None:
        self._put([])  # reports now, not with the first record, if the target can't be written at all
        more = True
        while more:
            records, more = self._next()
            self._put(records)
        with suppress(OSError):  # there is nowhere left to report it
            self._target.close()

    def _next(self) -> tuple[list[Captured], bool]:
        """Wait for records; the flag is False once the last one was taken."""
        records: list[Captured] = []
        while len(records) < TOGETHER and not (records and self._waiting.empty()):
            record = self._waiting.get()
            if record is None:
                return records, False
            records.append(record)
        return records, True

    def _put(self, records: Sequence[Captured]) -> None:
        before = [_dropped(self._lost)] if self._lost else []
        try:
            self._target.write("".join(f"{self._line(record)}\n" for record in (*before, *records)))
        except Exception as error:  # noqa: BLE001  # whatever fails here, the following records are written
            if self._failing_message and not self._failing:
                reason = (error.strerror or str(error)) if isinstance(error, OSError) else type(error).__name__
                _log.error(self._failing_message, reason)
            self._failing = True
            self._lost += len(records)
        else:
            self._failing = False
            self._lost = 0

    def _line(self, record: Captured) -> str:
        """Return the line of a record, or a note that it could not be written, so that no other record is lost."""

        def line(captured: Captured) -> str:
            return self._write(line_of(captured, self._redact, tracebacks=self._tracebacks))

        return attempt(lambda: line(record), lambda error: line(_unwritable(record, error)))


def _unwritable(record: Captured, error: Exception) -> Captured:
    return Captured(time.time(), record.level, __name__, f"a log record could not be written ({type(error).__name__})")


def _dropped(count: int) -> Captured:
    return Captured(time.time(), Level.WARNING, __name__, f"{count} log records were dropped here")


@final
class Handler(logging.Handler):
    """A handler that passes each record to the writers of its level."""

    def __init__(self, writers: Sequence[Writer]) -> None:
        super().__init__()
        self._writers = writers

    @override
    def emit(self, record: logging.LogRecord) -> None:
        level = level_of(record.levelno)
        wanting = [writer for writer in self._writers if level >= writer.level]
        if wanting:
            captured = capture(record)
            for writer in wanting:
                writer.take(captured)
