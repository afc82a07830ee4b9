"""The process's log: every library in one stream, no forged line, no secret, and nobody who waits."""

import asyncio
import importlib
import io
import json
import logging
import re
import unicodedata
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from typing_extensions import override

from tests.app import GUILD, START
from tests.strategies import hostile_text
from tests.unit.pipeline.stand_ins import POLICY, REFUSED, Do, Inner, call
from tests.unit.runtime.log_lines import joined, shown_lines
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import AppError
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.redaction import Redactor
from twi_core.pipeline.trace import Trace, current_reference
from twi_memory.ports.sources import ManualClock
from twi_runtime.configuration.settings import Settings
from twi_runtime.logs.process import process_logs
from twi_runtime.logs.records import LONGEST, MARGIN

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.abcdefghijklmnopqrstuvwxyz0123"
PASSWORD = "hunter-2-secret"
FORGED: Final = (
    "\n2026-01-01T00:00:00.000Z ERROR root [-] forged",
    '"}\n{"time": "2026-01-01T00:00:00.000Z", "level": "error", "logger": "root", "event": "forged"}',
    '", "level": "critical", "x": "',
    "\x1b]0;title\x07\r\x1b[2K",
)
"""What an attacker might write to forge a line."""
JSON: Final = Settings(log_format="json")
DEBUG: Final = Settings(log_format="json", log_level="debug")


def fail(error: Exception) -> None:
    raise error


def test_a_message_is_one_line_whatever_it_holds() -> None:
    """Line breaks of every kind, escapes and directions are written out, so that no line can be forged."""
    stream = io.StringIO()
    with process_logs(Settings(), stream=stream):
        logging.getLogger("twi.test").info("title %s", "x\n2026-01-01T00:00:00.000Z ERROR root [-] forged\u2028\x1b[2J")
    (line,) = shown_lines(stream)
    assert "\\n2026" in line
    assert "\\x1b[2J" in line


def test_tracebacks_are_lines_of_the_same_record() -> None:
    """Each line of a traceback carries time, logger and reference, also where its message contains line breaks."""
    stream = io.StringIO()
    with process_logs(Settings(), stream=stream):
        token = current_reference.set("abc123")
        try:
            fail(ValueError("first\nERROR forged"))
        except ValueError:
            logging.getLogger("twi.test").exception("a bug")
        finally:
            current_reference.reset(token)
    found = shown_lines(stream)
    assert len(found) > 3
    assert all("[abc123]" in line for line in found)
    assert all(" | " in line for line in found[1:])


def test_secrets_are_left_out_wherever_they_stand() -> None:
    """Known secrets and everything that looks like a token appear in no message, argument or traceback."""
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
    entries = stream.getvalue()
    assert entries.count("[secret]") >= 5
    for secret in (TOKEN, PASSWORD, "plain-secret-value", "twi_aaa"):
        assert secret not in entries


def test_libraries_that_would_log_payloads_are_held_back_even_when_debugging() -> None:
    """At level debug, statements and gateway payloads still stay out; our own debug records come."""
    stream = io.StringIO()
    with process_logs(Settings(log_level="debug"), stream=stream):
        logging.getLogger("sqlalchemy.engine.Engine").info("SELECT 1")
        logging.getLogger("discord.gateway").debug("payload")
        logging.getLogger("twi.test").debug("ours")
    (line,) = shown_lines(stream)
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
    """Handlers, levels and the showing of warnings are an embedding program's again when the block has ended."""
    root = logging.getLogger()

    def state() -> tuple[object, ...]:
        return (root.level, list(root.handlers), logging.getLogger("discord").level, warnings.showwarning)

    before = state()
    with process_logs(Settings(log_level="error"), stream=io.StringIO()):
        assert state() != before
    assert state() == before


def logged_as_json(work: Callable[[], object], settings: Settings = JSON) -> list[dict[str, Any]]:
    """Return what is logged during the call, each line read as JSON."""
    stream = io.StringIO()
    with process_logs(settings, stream=stream):
        work()
    return [json.loads(entries) for entries in stream.getvalue().splitlines()]


def test_a_record_of_a_call_has_all_of_it() -> None:
    """As JSON, a call's line has every field under its stable name, ids as text, and no other field."""
    trace = Trace(ManualClock(START))
    traced = trace.wrap(POLICY, Inner(Failure(AppError(REFUSED))))
    (entry,) = logged_as_json(lambda: asyncio.run(traced(Do(), call(actor=7, reference="r7", origin=Origin.CLI))))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", entry.pop("time"))
    assert entry == {
        "level": "info",
        "logger": "twi_core.pipeline.trace",
        "event": "test.do by cli: test.refused in 0.0 ms",
        "reference": "r7",
        "operation": "test.do",
        "origin": "cli",
        "guild": str(GUILD),
        "actor": "7",
        "code": "test.refused",
        "duration_ms": 0.0,
    }


def test_everything_logged_during_a_call_belongs_to_it() -> None:
    """Records of the use case, of a task and of a thread that it starts carry the call; others carry none."""

    class Working:
        async def __call__(self, command: Do, context: CallContext, /) -> Outcome[str, AppError]:
            log.info("within")
            await asyncio.create_task(later())
            await asyncio.to_thread(log.info, "thread")
            return Success("done")

    async def later() -> None:
        log.info("task")

    log = logging.getLogger("sqlalchemy.test")
    log.setLevel(logging.INFO)
    traced = Trace(ManualClock(START)).wrap(POLICY, Working())

    def work() -> None:
        asyncio.run(traced(Do(), call(reference="r7")))
        log.info("outside")

    entries = logged_as_json(work)
    assert [line["event"].split()[0] for line in entries] == ["within", "task", "thread", "test.do", "outside"]
    for line in entries[:4]:
        assert (line["reference"], line["operation"], line["actor"]) == ("r7", "test.do", "1")
    assert not {"reference", "operation", "actor", "guild", "origin"} & set(entries[4])


def test_people_see_the_call_too() -> None:
    """The console names operation, entrypoint, guild and actor in the brackets, before the message."""
    stream = io.StringIO()
    with process_logs(Settings(), stream=stream):
        asyncio.run(Trace(ManualClock(START)).wrap(POLICY, Inner())(Do(), call(reference="r7")))
    assert f"[r7 operation=test.do origin=embedded guild={GUILD} actor=1] test.do by embedded: ok" in stream.getvalue()


def test_an_exception_is_a_field_with_its_type_and_traceback() -> None:
    """The type is named with its module, the traceback is a list of lines, those of its cause included."""

    def work() -> None:
        try:
            try:
                fail(KeyError("a"))
            except KeyError as cause:
                raise Unavailable("two\nlines") from cause
        except Unavailable:
            logging.getLogger("twi.test").exception("a bug")

    (entry,) = logged_as_json(work)
    assert entry["exception"]["type"] == "twi_core.kernel.faults.Unavailable"
    lines = entry["exception"]["traceback"]
    assert "KeyError: 'a'" in lines
    assert lines[-2:] == ["twi_core.kernel.faults.Unavailable: two", "lines"]


@pytest.mark.parametrize(
    "name",
    [
        "discord.client",
        "sqlalchemy.pool",
        "alembic.runtime",
        "uvicorn.error",
        "litestar",
        "asyncio",
        "aiohttp",
        "twi_x",
    ],
)
def test_every_library_is_in_the_stream(name: str) -> None:
    """The records of the libraries that we run on look like ours, also once these are imported."""
    for module in ("discord", "sqlalchemy.ext.asyncio", "alembic.command", "uvicorn", "litestar", "aiohttp"):
        importlib.import_module(module)
    (entry,) = logged_as_json(lambda: logging.getLogger(name).warning("from a library"))
    assert (entry["logger"], entry["level"], entry["event"]) == (name, "warning", "from a library")


def test_warnings_are_in_the_stream() -> None:
    """What Python warns of is a record, with the place."""

    def work() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = shown
            warnings.warn("old\nways", DeprecationWarning, stacklevel=1)

    stream = io.StringIO()
    with process_logs(Settings(), stream=stream):
        shown = warnings.showwarning
        work()
    (entry,) = shown_lines(stream)
    assert "WARNING py.warnings [-] DeprecationWarning: old\\nways (" in entry
    assert "test_logs.py:" in entry


def test_every_level_has_one_name() -> None:
    """Whatever number a library uses, the level is one of five."""
    log = logging.getLogger("twi.test")

    def work() -> None:
        for number in (10, 15, 20, 25, 30, 35, 40, 50, 99):
            log.log(number, "x")

    entries = logged_as_json(work, DEBUG)
    levels = ["debug", "debug", "info", "info", "warning", "warning", "error", "critical", "critical"]
    assert [line["level"] for line in entries] == levels


class Hostile:
    """An argument that cannot be shown."""

    @override
    def __str__(self) -> str:
        raise RuntimeError("another secret")


def test_a_record_that_cannot_be_formatted_is_reported_and_breaks_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong arguments, and arguments or exceptions that fail, leave one line, show nothing, and do not raise."""
    log = logging.getLogger("twi.test")
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # pytest's own would raise

    def work() -> None:
        log.info("%d %s", "hunter", "2")
        log.info("%s", Hostile())
        try:
            fail(ValueError(Hostile()))
        except ValueError:
            log.exception("a bug")

    entries = logged_as_json(work)
    assert [line["event"].partition(",")[0] for line in entries] == [
        "a log message could not be formatted (TypeError)",
        "a log message could not be formatted (RuntimeError)",
        "a bug",
    ]
    assert "hunter" not in json.dumps(entries)
    assert capsys.readouterr().err == ""


def test_a_line_shows_what_was_true_when_it_was_logged() -> None:
    """Changing an argument later does not change the line."""
    things = ["before"]

    def work() -> None:
        logging.getLogger("twi.test").info("%s", things)
        things[0] = "after"

    (entry,) = logged_as_json(work)
    assert entry["event"] == "['before']"


def test_a_huge_message_is_cut_and_no_part_of_a_secret_is_left() -> None:
    """Megabytes become a few thousand characters, wherever in them a secret stands; so do tracebacks."""
    log = logging.getLogger("twi.test")

    def work() -> None:
        for length in range(LONGEST - 60, LONGEST + MARGIN + 10, 13):
            log.info("%s", "x " * (length // 2) + TOKEN + " y" * 100_000)
        try:
            fail(ValueError("x " * (LONGEST // 2 + MARGIN // 2 - 15) + TOKEN + " y" * 100_000))
        except ValueError:
            log.exception("a bug")

    entries = logged_as_json(work)
    assert len(entries) > 100
    for line in entries:
        assert len(json.dumps(line)) < 2 * LONGEST
        assert TOKEN[:8] not in json.dumps(line)
    assert entries[0]["event"].endswith("… (cut)")


texts = st.one_of(st.text(st.characters(exclude_categories=())), hostile_text, st.sampled_from(FORGED))


@given(texts, texts, texts)
def test_no_text_adds_a_line(message: str, argument: str, error: str) -> None:
    """Whatever message, argument and exception contain, people get well-formed lines, and programs get one."""

    def work() -> None:
        try:
            fail(ValueError(error))
        except ValueError:
            logging.getLogger("twi.test").exception("%s %s", message, argument)

    stream = io.StringIO()
    with process_logs(Settings(), stream=stream):
        work()
    found = shown_lines(stream)
    assert all(line.partition("] ")[2].startswith("| ") for line in found[1:])
    assert all(" ERROR twi.test [-] " in line for line in found)
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for line in found for character in line)
    (entry,) = logged_as_json(work)
    assert entry["event"] == joined(Redactor()(f"{message} {argument}"))
    assert entry["logger"] == "twi.test"


def test_a_line_is_ascii_for_programs() -> None:
    """As JSON a line has printable ASCII only, whatever its content."""
    stream = io.StringIO()
    with process_logs(JSON, stream=stream):
        logging.getLogger("twi.test").info("é\x1b\x7f\x9b\u2028\ud800\U000e0041")
    assert stream.getvalue().isascii()
    assert stream.getvalue().rstrip("\n").isprintable()


def test_the_file_gets_json_whatever_the_console_gets(tmp_path: Path) -> None:
    """The file has JSON with tracebacks also where a command shows errors only; the levels are the setting's."""
    file = tmp_path / "bot.log"
    stream = io.StringIO()
    with process_logs(Settings(log_file=file), one_shot=True, stream=stream):
        logging.getLogger("twi.test").debug("unseen")
        logging.getLogger("twi.test").info("seen")
        try:
            fail(KeyError("x"))
        except KeyError:
            logging.getLogger("twi.test").exception("a bug")
    entries = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["event"] for line in entries] == ["seen", "a bug"]
    assert entries[1]["exception"]["type"] == "KeyError"
    assert [line.partition("] ")[2] for line in shown_lines(stream)] == ["a bug: KeyError"]
