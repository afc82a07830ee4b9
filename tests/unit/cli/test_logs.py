"""`twi logs`: what it finds, where it looks, and how it presents it."""

import gzip
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Ran, Twi
from tests.unit.runtime.log_lines import line
from twi_runtime.logs.format import Level, Raised, as_json
from twi_runtime.process.exits import Exit

CALLS = (
    line("a", seconds=1, operation="links.add", code="ok", duration_ms=3, origin="discord", guild="1", actor="7"),
    line("b", seconds=2, operation="links.add", code="links.exists", duration_ms=1, origin="cli", reference="r2"),
    line("c", seconds=3, operation="links.get", code="ok", duration_ms=9, origin="cli", guild="2", reference="r3"),
)
BUG = line(
    "d", seconds=4, level=Level.ERROR, operation="links.get", reference="r4", exception=Raised("x.Bug", ("Say Hi",))
)


@pytest.fixture
def log(twi: Twi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configured log: two calls in an archive, one in one that is not compressed yet, and a bug in the file.

    It is set in the bare environment that `twi` makes.
    """
    written = tmp_path / "bot.log"
    texts = [f"{as_json(line)}\n" for line in (*CALLS, BUG)]
    (tmp_path / "bot.log.000009.gz").write_bytes(gzip.compress("".join(texts[:2]).encode()))
    (tmp_path / "bot.log.000010").write_text(texts[2])
    written.write_text(texts[3])
    monkeypatch.setenv("TWI_LOG_FILE", str(written))
    return written


def found(ran: Ran) -> str:
    assert ran.code == Exit.OK, ran.err
    return "".join(line["event"] for line in ran.result["lines"])


@pytest.mark.usefixtures("log")
def test_the_summary_counts_file_and_archives(twi: Twi) -> None:
    """Levels, codes, origins, the span of time and each operation's durations, archives included."""
    summary = twi("logs", "summary", "--output=json").result
    assert (summary["lines"], summary["first"], summary["last"]) == (
        4,
        "2026-11-22T12:00:01.000Z",
        "2026-11-22T12:00:04.000Z",
    )
    assert summary["levels"] == {"info": 3, "error": 1}
    assert summary["codes"] == {"ok": 2, "links.exists": 1}
    assert summary["origins"] == {"discord": 1, "cli": 2}
    assert summary["operations"]["links.add"] == {
        "calls": 2,
        "refused_or_failed": 1,
        "p50_ms": pytest.approx(1, rel=0.011),
        "p95_ms": pytest.approx(3, rel=0.011),
        "p99_ms": pytest.approx(3, rel=0.011),
        "longest_ms": 3,
    }
    assert summary["read"] == {"files": 3, "lines": 4, "broken": 0, "damaged": []}
    text = twi("logs", "summary").out
    assert "levels   info 3, error 1" in text
    assert text.splitlines()[-1].split()[:3] == ["links.get", "1", "0"]
    assert text.splitlines()[-1].split()[-1] == "9.0"


@pytest.mark.usefixtures("log")
def test_lines_are_searched_in_the_order_of_time(twi: Twi) -> None:
    """Every option selects lines; a limit keeps the newest and says what it left out."""
    search = ("logs", "search", "--output=json")
    assert found(twi(*search)) == "abcd"
    for option, expected in {
        "--since=2026-11-22T12:00:02": "bcd",
        "--until=2026-11-22T12:00:02Z": "a",
        "--level=error": "d",
        "--operation=links.add": "ab",
        "--code=links.*": "b",
        "--guild=2": "c",
        "--actor=7": "a",
        "--reference=r4": "d",
        "--text=say hi": "d",
        "--limit=2": "cd",
        "--since=1h": "",
    }.items():
        assert found(twi(*search, option)) == expected, option
    text = twi("logs", "search", "--limit=1")
    assert text.out.splitlines()[0] == "2026-11-22T12:00:04.000Z ERROR test [r4 operation=links.get] d"
    assert text.out.splitlines()[1].endswith("] | Say Hi")
    assert text.out.splitlines()[2] == "The 1 newest of 4 lines. See more with --limit."
    assert twi("logs", "search", "--text=nowhere").out == "Nothing in the log matches.\n"


@pytest.mark.usefixtures("log")
def test_errors_are_grouped_with_the_last_reference(twi: Twi) -> None:
    """Codes and exceptions are counted, each with the reference that finds the last one."""
    grouped = twi("logs", "errors", "--output=json").result
    assert [(group["error"], group["count"], group["last"]["reference"]) for group in grouped["errors"]] == [
        ("x.Bug", 1, "r4"),
        ("links.exists", 1, "r2"),
    ]
    text = twi("logs", "errors", "--level=warning")
    assert text.out.splitlines()[1].split() == [
        *("x.Bug", "1", "error", "2026-11-22", "12:00:04", "2026-11-22", "12:00:04", "links.get", "r4"),
    ]
    assert twi("logs", "errors", "--text=nowhere").out == "Nothing in the log matches.\n"
    assert "The 1 most frequent of 2 errors." in twi("logs", "errors", "--limit=1").out


@pytest.mark.usefixtures("log")
def test_the_slowest_calls_come_first(twi: Twi) -> None:
    """Calls are shown with duration and reference, the slowest first."""
    assert [call["event"] for call in twi("logs", "slow", "--output=json").result["calls"]] == ["c", "a", "b"]
    text = twi("logs", "slow", "--limit=1", "--code=ok")
    assert text.out.splitlines()[1].split() == ["9.0", "links.get", "ok", "cli", "2026-11-22", "12:00:03", "r3"]
    assert twi("logs", "slow", "--text=nowhere").out == "Nothing in the log matches.\n"


def test_named_files_are_read_instead(twi: Twi, log: Path) -> None:
    """Files and standard input that are named replace the configured one and its archives."""
    archive = str(log.with_name("bot.log.000009.gz"))
    assert found(twi("logs", "search", archive, "--output=json")) == "ab"
    assert found(twi("logs", "search", archive, str(log), "--output=json")) == "abd"
    assert found(twi("logs", "search", "-", "--output=json", stdin=log.read_bytes())) == "d"


def test_what_is_broken_is_reported_and_the_rest_counts(twi: Twi, log: Path) -> None:
    """Unreadable lines and damaged archives are warned of, and change neither result nor exit code."""
    log.write_text(f"nonsense\n{as_json(BUG)}\n")
    archive = log.with_name("bot.log.000009.gz")
    archive.write_bytes(archive.read_bytes()[:-9])
    ran = twi("logs", "search")
    assert ran.code == Exit.OK
    assert "] d" in ran.out
    assert ran.err.splitlines() == [
        "warning: 1 of 5 lines isn't a log line",
        "warning: bot.log.000009.gz is damaged; only its readable part is counted",
    ]
    ran = twi("logs", "summary", "--output=json")
    assert (ran.err, ran.result["read"]["broken"], ran.result["read"]["damaged"]) == (
        "",
        1,
        ["bot.log.000009.gz"],
    )


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (("search", "--since=yesterday"), "cli.invalid_value", Exit.USAGE),
        (("search", "--until=9999999d"), "cli.invalid_value", Exit.USAGE),
        (("search", "--limit=0"), "cli.invalid_value", Exit.USAGE),
        (("errors", "--limit=10001"), "cli.invalid_value", Exit.USAGE),
        (("slow", "--level=loud"), "cli.invalid_value", Exit.USAGE),
        (("summary", "--bogus"), "cli.unknown_option", Exit.USAGE),
        (("summary",), "logs.no_file", Exit.NOT_FOUND),
        (("summary", "/no/such/file"), "logs.unreadable", Exit.UNAVAILABLE),
    ],
)
def test_each_refusal_has_its_code_and_exit_code(
    arguments: tuple[str, ...], code: str, exit_code: Exit, twi: Twi
) -> None:
    """A wrong request is 2, a missing log 13, one that cannot be read 16."""
    ran = twi("logs", *arguments, "--output=json")
    assert (ran.code, ran.out, ran.error["code"]) == (exit_code, "", code)


def test_settings_that_cannot_be_used_are_reported(twi: Twi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without files the settings are needed, and a wrong one is 78; with files it is not used."""
    monkeypatch.setenv("TWI_LOG_LEVEL", "loud")
    assert twi("logs", "summary").code == Exit.SETTINGS
    assert twi("logs", "summary", "-", stdin=b"").code == Exit.OK


def test_what_it_shows_is_harmless_in_a_terminal(twi: Twi, log: Path) -> None:
    """A foreign line shows no escape, direction or separator, in any field."""
    evil = "\x1b[2J\u202e\u2028\x9b"
    log.write_text(
        as_json(
            line(
                evil,
                level=Level.ERROR,
                logger=evil,
                operation=evil,
                code=evil,
                origin=evil,
                guild=evil,
                actor=evil,
                reference=evil,
                duration_ms=1e9,
                exception=Raised(evil, (evil,)),
            )
        )
    )
    for command in ("summary", "search", "errors", "slow"):
        ran = twi("logs", command, str(log))
        assert "\\x1b[2J" in ran.out, command
        assert not any(
            character in ran.out + ran.err for character in evil if not character.isalnum() and character != "["
        )


def test_what_a_command_does_is_in_the_file(twi: Twi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command's call is in the configured file with its reference, and none of its input is."""
    monkeypatch.setenv("TWI_LOG_FILE", str(tmp_path / "bot.log"))
    reference = twi("links", "get", "a-private-title", "--guild=9001", "--output=json").error["reference"]
    (call,) = twi("logs", "search", f"--reference={reference}", "--output=json").result["lines"]
    assert (call["operation"], call["code"], call["origin"]) == ("links.get", "links.not_found", "cli")
    assert "a-private-title" not in (tmp_path / "bot.log").read_text()


def test_a_log_file_that_cannot_be_written_stops_no_command(twi: Twi, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing folder is reported on standard error; the command still runs."""
    monkeypatch.setenv("TWI_LOG_FILE", "/no/such/folder/bot.log")
    ran = twi("links", "tags", "--guild=9001")
    assert (ran.code, ran.out) == (Exit.OK, "No links have been saved there yet.\n")
    assert "TWI_LOG_FILE cannot be written: No such file or directory." in ran.err
