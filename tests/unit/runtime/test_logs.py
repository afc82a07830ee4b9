"""The log: lines that cannot be forged, no secrets, one stream for all libraries."""

import io
import logging
import re
import threading
from typing import final

import pytest
from pydantic import SecretStr
from typing_extensions import override

from tests.waiting import wait_until
from twi_core.pipeline.trace import current_reference
from twi_runtime.logs import process_logs
from twi_runtime.settings import Settings

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.abcdefghijklmnopqrstuvwxyz0123"
PASSWORD = "hunter-2-secret"
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR) [\w.]+ \[[-\w]+\] .*")


def lines(stream: io.StringIO) -> list[str]:
    """Give the lines as any reader would split them, and check that each one stands for itself."""
    found = stream.getvalue().splitlines()
    for line in found:
        assert LINE.fullmatch(line), line
    return found


def fail(error: Exception) -> None:
    raise error


def test_a_message_is_one_line_whatever_it_holds() -> None:
    """Line breaks of every sort, escapes and directions are written out, so that no line is somebody else's."""
    stream = io.StringIO()
    with process_logs(Settings(), stream=stream):
        logging.getLogger("twi.test").info("title %s", "x\n2026-01-01T00:00:00.000Z ERROR root [-] forged\u2028\x1b[2J")
    (line,) = lines(stream)
    assert "\\n2026" in line
    assert "\\x1b[2J" in line


def test_tracebacks_are_lines_of_the_same_record() -> None:
    """Each line of a traceback carries time, logger and reference, also where its message holds line breaks."""
    stream = io.StringIO()
    with process_logs(Settings(), stream=stream):
        token = current_reference.set("abc123")
        try:
            fail(ValueError("first\nERROR forged"))
        except ValueError:
            logging.getLogger("twi.test").exception("a bug")
        finally:
            current_reference.reset(token)
    found = lines(stream)
    assert len(found) > 3
    assert all("[abc123]" in line for line in found)
    assert all(" | " in line for line in found[1:])


def test_secrets_are_left_out_wherever_they_stand() -> None:
    """Known secrets and whatever looks like a token appear in no message, argument or traceback."""
    settings = Settings(
        discord_token=SecretStr("plain-secret-value"), database_url=SecretStr(f"postgresql://u:{PASSWORD}@h/d")
    )
    stream = io.StringIO()
    with process_logs(settings, stream=stream):
        logging.getLogger("discord.http").info("%s and plain-secret-value", {"auth": TOKEN})
        logging.getLogger("x").info("issued %s", "twi_" + "a" * 43)
        try:
            fail(RuntimeError(f"cannot connect to postgresql://u:{PASSWORD}@h/d"))
        except RuntimeError:
            logging.getLogger("sqlalchemy.pool").exception("pool %s", PASSWORD)
    told = stream.getvalue()
    assert told.count("[secret]") >= 5
    for secret in (TOKEN, PASSWORD, "plain-secret-value", "twi_aaa"):
        assert secret not in told


def test_libraries_that_would_log_payloads_are_held_back_even_when_debugging() -> None:
    """At level debug, statements and gateway payloads still stay out; our own debug records come."""
    stream = io.StringIO()
    with process_logs(Settings(log_level="debug"), stream=stream):
        logging.getLogger("sqlalchemy.engine.Engine").info("SELECT 1")
        logging.getLogger("discord.gateway").debug("payload")
        logging.getLogger("twi.test").debug("ours")
    (line,) = lines(stream)
    assert line.endswith("ours")


def test_a_one_shot_command_logs_bugs_only_unless_a_level_is_set() -> None:
    """Without a level, a command at the terminal shows one line for a bug and no traceback; with one, all of it."""

    def logged(settings: Settings) -> str:
        stream = io.StringIO()
        with process_logs(settings, one_shot=True, stream=stream):
            logging.getLogger("twi.test").warning("a warning")
            try:
                fail(KeyError("x"))
            except KeyError:
                logging.getLogger("twi.test").exception("a bug")
        return stream.getvalue()

    (line,) = logged(Settings()).splitlines()
    assert line.endswith(" ERROR twi.test [-] a bug: KeyError")
    assert "Traceback" in logged(Settings(log_level="info"))
    assert "a warning" in logged(Settings(log_level="info"))


def test_logging_is_as_before_afterwards() -> None:
    """Handlers and levels of an embedding program are back when the block has ended."""
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("discord").level)
    with process_logs(Settings(log_level="error"), stream=io.StringIO()):
        pass
    assert (root.level, list(root.handlers), logging.getLogger("discord").level) == before


@final
class Reader(io.StringIO):
    """A standard error that nobody reads for a while."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = threading.Event()
        self.reads = threading.Event()

    @override
    def write(self, text: str) -> int:
        self.entered.set()
        assert self.reads.wait(30)
        return super().write(text)


def test_dropped_records_are_counted_in_a_line_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody reads, the newest records are dropped, and the next one is preceded by a line that says so."""
    monkeypatch.setattr("twi_runtime.log_writer.WAITING", 2)
    stream = Reader()
    log = logging.getLogger("twi.test")
    with process_logs(Settings(), stream=stream):
        log.info("first")
        assert stream.entered.wait(30)
        for number in range(5):
            log.info("more %d", number)
        stream.reads.set()
        wait_until(lambda: "more 1" in stream.getvalue())
        log.info("last")
    found = lines(stream)
    assert [line.partition("] ")[2] for line in found] == [
        "first",
        "more 0",
        "more 1",
        "3 records were dropped here",
        "last",
    ]
