"""The process's log when it cannot be written: nobody waits, nobody fails, and what is lost is counted."""

import asyncio
import io
import json
import logging
import os
import re
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import final

import pytest
from typing_extensions import override

from tests.unit.runtime.log_lines import shown_lines
from tests.waiting import PATIENCE, wait_until
from twi_runtime.configuration.settings import Settings
from twi_runtime.logs.process import process_logs
from twi_runtime.logs.writer import STOPPING


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


def test_dropped_records_are_counted_in_a_separate_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """When nobody reads, the newest records are dropped, and the next one is preceded by a line that says so."""
    monkeypatch.setattr("twi_runtime.logs.writer.WAITING", 2)
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
    found = shown_lines(stream)
    assert [line.partition("] ")[2] for line in found] == [
        "first",
        "more 0",
        "more 1",
        "3 log records were dropped here",
        "last",
    ]


def test_nobody_waits_for_a_standard_error_that_is_not_read() -> None:
    """With a full pipe for standard error the event loop goes on, the file gets every line, and the block ends."""
    reading, writing = os.pipe()

    async def work() -> float:
        longest = 0.0
        for number in range(2_000):
            began = time.monotonic()
            logging.getLogger("twi.test").info("%s %d", "x" * 500, number)
            await asyncio.sleep(0)
            longest = max(longest, time.monotonic() - began)
        return longest

    with TemporaryDirectory() as folder, os.fdopen(writing, "w") as stream:
        log = Path(folder) / "bot.log"
        began = time.monotonic()
        with process_logs(Settings(log_file=log), stream=stream):
            longest = asyncio.run(work())
        assert longest < PATIENCE / 6
        assert time.monotonic() - began < STOPPING + PATIENCE
        assert len(log.read_text().splitlines()) == 2_000
        os.close(reading)  # the stuck thread gets an error, and ends
        wait_until(lambda: not [thread for thread in threading.enumerate() if thread.name == "log"])


def test_a_file_that_cannot_be_written_is_reported_once_and_stops_nothing(tmp_path: Path) -> None:
    """A missing folder is one sentence at the start; once it is there, the file says how many lines it lacks."""
    log = logging.getLogger("twi.test")
    file = tmp_path / "later" / "bot.log"
    stream = io.StringIO()
    with process_logs(Settings(log_file=file), stream=stream):
        wait_until(lambda: "TWI_LOG_FILE cannot be written: No such file or directory" in stream.getvalue())
        for number in range(3):
            log.info("lost %d", number)
        wait_until(lambda: "lost 2" in stream.getvalue())
        file.parent.mkdir()

        def kept() -> bool:
            log.info("kept")
            return file.exists() and "kept" in file.read_text()

        wait_until(kept)
    assert stream.getvalue().count("TWI_LOG_FILE cannot be written") == 1
    logged = [json.loads(line)["event"] for line in file.read_text().splitlines()]
    dropped = int(logged[0].removesuffix(" log records were dropped here"))
    assert dropped >= 4
    assert set(logged[1:]) == {"kept"}
    assert dropped + len(logged) - 1 == len(shown_lines(stream))


def test_a_full_disk_under_standard_error_raises_nowhere_and_ends_nothing(tmp_path: Path) -> None:
    """Logging goes on, and so does the file; once there is room again, the next line follows the count of the lost."""
    log = logging.getLogger("twi.test")
    file, room = tmp_path / "bot.log", tmp_path / "err.log"
    with Path("/dev/full").open("w") as stream, process_logs(Settings(log_file=file), stream=stream):
        for number in range(3):
            log.info("lost %d", number)
        wait_until(lambda: file.exists() and "lost 2" in file.read_text())
        with room.open("w") as there:
            os.dup2(there.fileno(), stream.fileno())

        def kept() -> bool:
            log.info("kept")
            return "kept" in room.read_text()

        wait_until(kept)
    found = room.read_text()
    dropped = [int(number) for number in re.findall(r"\] ([0-9]+) log records were dropped here", found)]
    assert sum(dropped) + len(found.splitlines()) - len(dropped) == len(file.read_text().splitlines())


@pytest.mark.parametrize(
    ("odd", "logged"),
    [
        ({"exc_info": (1, 2, None)}, "a log record could not be captured"),
        ({"created": float("inf")}, "a log record could not be written"),
    ],
    ids=str,
)
def test_a_record_of_a_strange_make_raises_nowhere_and_ends_nothing(odd: dict[str, object], logged: str) -> None:
    """A record that some library made wrongly is reported as such, and those before and after it are written."""
    stream, log = io.StringIO(), logging.getLogger("twi.test")
    with process_logs(Settings(), stream=stream):
        ours = logging.getLogger().handlers[-1]  # those of pytest would choke on it
        log.info("before")
        ours.handle(logging.makeLogRecord({"name": "twi.test", "levelno": logging.ERROR, "msg": "odd", **odd}))
        log.info("after")
    events = [line.rpartition("] ")[2] for line in stream.getvalue().splitlines()]
    assert [re.sub(r" \(.*", "", event) for event in events] == ["before", logged, "after"]
