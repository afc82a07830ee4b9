"""The process's log: every library's records in one stream, to standard error and to a file if one is configured.

Records are written by threads, so that neither a slow reader nor a slow disk holds up the event loop.
"""

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final, TextIO

from twi_core.kernel.redaction import Redactor
from twi_runtime.configuration.settings import Settings
from twi_runtime.logs.format import LEVELS, Level, as_json, as_text
from twi_runtime.logs.writer import Handler, StreamTarget, Writer

FLOORS: Final = {"discord": logging.INFO, "sqlalchemy": logging.WARNING, "asyncio": logging.INFO}
"""Loggers that would reveal payloads or statements below these levels."""
TROUBLE: Final = (
    "TWI_LOG_FILE cannot be written: %s. Its lines are dropped and counted until it can. Check that its folder exists, "
    "that the bot's user may write to it, and that the disk is not full."
)

_warnings: Final = logging.getLogger("py.warnings")


@contextmanager
def process_logs(settings: Settings, *, one_shot: bool = False, stream: TextIO | None = None) -> Iterator[None]:
    """Write all records of the process within the block; leaving it writes those still queued.

    With `one_shot`, for a command that ends at once, standard error gets only bugs, in one line each, unless a level
    was set explicitly. `stream` replaces standard error.
    """
    writers = list(_writers(settings, one_shot, sys.stderr if stream is None else stream))
    level = min((writer.level for writer in writers), default=Level.CRITICAL)
    handler = Handler(writers)
    root = logging.getLogger()
    with ExitStack() as after:
        for name, floor in {"": 0, **FLOORS}.items():
            logger = logging.getLogger(name)
            after.callback(logger.setLevel, logger.level)
            logger.setLevel(max(floor, level))
        root.addHandler(handler)
        first, others = writers[:1], writers[1:]
        for writer in writers:  # after the handler is there, as a writer may have something to report
            writer.start()
        for writer in first:
            after.callback(writer.stop)
        after.callback(root.removeHandler, handler)
        for writer in others:  # they stop first, so what they report while stopping is still written
            after.callback(writer.stop)
        after.enter_context(_warnings_logged())
        yield


def _writers(settings: Settings, one_shot: bool, stream: TextIO | None) -> Iterator[Writer]:
    redact = Redactor(settings.secrets())
    level = LEVELS[settings.log_level]
    brief = one_shot and "log_level" not in settings.model_fields_set
    if stream is not None:  # a process may have no standard error
        written = as_json if settings.log_format == "json" else as_text
        shown = Level.ERROR if brief else level
        yield Writer(StreamTarget(stream), shown, written, redact, tracebacks=not brief)
    if settings.log_file is not None:
        from twi_runtime.logs.files import LogFile, Rotation

        rotation = Rotation(
            size=int(settings.log_file_size * 2**20),
            age=settings.log_file_hours * 3600,
            keep=settings.log_keep_days * 86400,
            count=settings.log_keep_files,
        )
        yield Writer(LogFile(settings.log_file, rotation), level, as_json, redact, failing=TROUBLE)


@contextmanager
def _warnings_logged() -> Iterator[None]:
    """Log Python's warnings instead of printing them."""
    before = warnings.showwarning

    def log(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        del file, line
        _warnings.warning("%s: %s (%s:%d)", category.__name__, message, filename, lineno)

    warnings.showwarning = log
    try:
        yield
    finally:
        warnings.showwarning = before
