"""The log file: whole lines, archives without gaps, several processes, and faults that stop nothing."""

import fcntl
import gzip
import json
import os
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.unit.runtime.log_lines import NOON, line
from tests.waiting import PATIENCE, wait_until
from twi_runtime.logs.files import Archive, LogFile, Rotation, archives, tidy
from twi_runtime.logs.format import as_json
from twi_runtime.logs.reading import Reading, read_log

DAY = 86_400
WIDE = Rotation(size=2**30, age=1000 * DAY, keep=1000 * DAY, count=1000)
SMALL = Rotation(size=2_000, age=1000 * DAY, keep=1000 * DAY, count=10_000)


@contextmanager
def opened(path: Path, rotation: Rotation = WIDE, now: list[float] | None = None) -> Iterator[LogFile]:
    """A log file under a clock that the test controls."""
    clock = now or [line("x").time.timestamp()]
    file = LogFile(path, rotation, lambda: clock[0])
    try:
        yield file
    finally:
        file.close()


def text(*events: str) -> str:
    return "".join(f"{as_json(line(event))}\n" for event in events)


def events(log: Path) -> list[str]:
    """Return the messages of a log with its archives, as its reader sees them; all must be sound."""
    reading = Reading()
    found = [read.event for read in read_log(log, reading)]
    assert (reading.broken, reading.damaged) == (0, [])
    return found


def on_disk(log: Path) -> list[str]:
    """Return the messages in all files, read by other means than the program's own."""
    found: list[str] = []
    for path in log.parent.glob(f"{log.name}*"):
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        found.extend(json.loads(written)["event"] for written in raw.splitlines())
    return sorted(found)


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Log and archives can be read and written by their owner and nobody else."""
    log = tmp_path / "bot.log"
    with opened(log, SMALL) as file:
        for number in range(100):
            file.write(text(f"event {number}"))
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) > 2
    assert set(modes.values()) == {0o600}


def test_a_large_file_is_archived_and_no_line_is_lost_or_doubled(tmp_path: Path) -> None:
    """Across many archives every line is there once, in order; all archives are compressed, none is over the size."""
    log = tmp_path / "bot.log"
    written = [f"event {number}" for number in range(1000)]
    with opened(log, SMALL) as file:
        for event in written:
            file.write(text(event))
    found = archives(log)
    assert len(found) > 40
    assert [archive.number for archive in found] == list(range(1, len(found) + 1))
    assert all(archive.packed for archive in found)
    assert max(len(gzip.decompress(archive.path.read_bytes())) for archive in found) <= SMALL.size
    assert events(log) == written
    assert on_disk(log) == sorted(written)


def test_an_old_file_is_archived_also_after_a_restart(tmp_path: Path) -> None:
    """The age counts from the first line, whichever process wrote it; a younger or an empty file stays."""
    log = tmp_path / "bot.log"
    began = line("x").time.timestamp()
    now = [began]
    daily = Rotation(size=2**30, age=DAY, keep=1000 * DAY, count=10)
    log.touch()
    now[0] = began + 5 * DAY
    with opened(log, daily, now) as file:
        file.write(text("first"))
    assert archives(log) == []
    log.write_text(text("first"))
    now[0] = began + DAY - 1
    with opened(log, daily, now) as file:
        file.write(text("second"))
    assert archives(log) == []
    now[0] = began + DAY
    with opened(log, daily, now) as file:
        file.write(text("third"))
    assert archives(log) == [Archive(1, True, tmp_path / "bot.log.000001.gz")]
    assert events(log) == ["first", "second", "third"]
    assert log.read_text() == text("third")


def test_archives_are_kept_up_to_a_number_and_an_age(tmp_path: Path) -> None:
    """More than the number, the oldest first, and what was last written too long ago is deleted; nothing else is."""
    log = tmp_path / "bot.log"
    for name in ("bot.log.txt", "other.log.000001.gz", "bot.log.1.gz"):
        (tmp_path / name).touch()
    for number in range(1, 8):
        (tmp_path / f"bot.log.{number:06d}.gz").touch()
    for number in range(1, 8):
        written = 1000 if number in {1, 5} else 1000 + DAY
        os.utime(tmp_path / f"bot.log.{number:06d}.gz", (written, written))
    tidy(log, Rotation(size=1, age=1, keep=9.5 * DAY, count=5), now=1000 + 10 * DAY)
    assert [archive.number for archive in archives(log)] == [3, 4, 6, 7]
    assert {"bot.log.txt", "other.log.000001.gz", "bot.log.1.gz"} <= {path.name for path in tmp_path.iterdir()}


def test_what_a_crash_left_is_finished(tmp_path: Path) -> None:
    """An archive that was not compressed, or whose copy was not removed, is finished by the next writer, and once."""
    log = tmp_path / "bot.log"
    (tmp_path / "bot.log.000001").write_text(text("first"))
    (tmp_path / "bot.log.000001.gz").write_bytes(gzip.compress(text("first").encode()))
    (tmp_path / "bot.log.000002").write_text(text("second"))
    (tmp_path / "bot.log.000002.gz.part").write_bytes(b"\x1f\x8b half")
    written = NOON.timestamp() - 100 * DAY
    os.utime(tmp_path / "bot.log.000002", (written, written))
    log.write_text(text("third").rstrip("\n"))
    assert events(log) == ["first", "second", "third"]
    with opened(log) as file:
        file.write(text("fourth"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bot.log", "bot.log.000001.gz", "bot.log.000002.gz"]
    assert events(log) == ["first", "second", "third", "fourth"]
    assert (tmp_path / "bot.log.000002.gz").stat().st_mtime == written


def test_a_line_that_was_cut_off_spoils_no_other(tmp_path: Path) -> None:
    """After a line without its end, the next one is whole."""
    log = tmp_path / "bot.log"
    log.write_text(text("first") + '{"time": "2026')
    with opened(log) as file:
        file.write(text("second"))
    reading = Reading()
    assert [read.event for read in read_log(log, reading)] == ["first", "second"]
    assert (reading.lines, reading.broken) == (3, 1)


def test_a_file_that_was_moved_or_deleted_is_made_again(tmp_path: Path) -> None:
    """Whatever happens to the name, the next line is in a file of that name."""
    log = tmp_path / "bot.log"
    with opened(log) as file:
        file.write(text("first"))
        log.rename(tmp_path / "elsewhere")
        file.write(text("second"))
        log.unlink()
        file.write(text("third"))
    assert events(log) == ["third"]
    assert (tmp_path / "elsewhere").read_text() == text("first")


def test_a_file_that_is_moved_away_before_its_lock_is_had_gets_no_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that opened the file, and waited while another process archived it, writes to the new one."""
    log = tmp_path / "bot.log"
    real = fcntl.flock

    def moved_first(file: int, kind: int) -> None:
        if log.exists() and not archives(log):
            log.rename(tmp_path / "bot.log.000001")
        real(file, kind)

    with opened(log) as file:
        monkeypatch.setattr(fcntl, "flock", moved_first)
        file.write(text("first"))
    assert log.read_text() == text("first")


def test_nobody_archives_while_a_reader_looks_which_files_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the archives are listed the file is locked, then it is free; the wait for a stuck writer is short."""
    log = tmp_path / "bot.log"
    log.write_text(text("first"))
    real = Path.iterdir
    held: list[bool] = []

    def looked(folder: Path) -> Iterator[Path]:
        with log.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                held.append(False)
            except BlockingIOError:
                held.append(True)
        return real(folder)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "iterdir", looked)
        reader = read_log(log, Reading())
        assert next(reader).event == "first"
        assert held == [True]
        looked(tmp_path)
        assert held == [True, False]
    with log.open() as stuck:
        fcntl.flock(stuck, fcntl.LOCK_EX)
        began = time.monotonic()
        assert events(log) == ["first"]
        assert 0.4 < time.monotonic() - began < PATIENCE


def test_anything_but_a_regular_file_is_refused(tmp_path: Path) -> None:
    """A link, a folder, a pipe, a device and a missing folder are refused with a reason, and nothing hangs."""
    (tmp_path / "link").symlink_to(tmp_path / "target")
    os.mkfifo(tmp_path / "pipe")
    reasons = {}
    for name in ("link", "pipe", ".", "missing/bot.log"):
        with opened(tmp_path / name) as file, pytest.raises(OSError) as caught:  # noqa: PT011  # the reason is looked at
            file.write(text("first"))
        reasons[name] = caught.value.strerror
    assert reasons == {
        "link": "it is a symbolic link, which cannot be archived",
        "pipe": "it is not a regular file",
        ".": "Is a directory",
        "missing/bot.log": "No such file or directory",
    }
    assert not (tmp_path / "target").exists()


def test_a_folder_that_appears_later_is_used(tmp_path: Path) -> None:
    """A file that could not be written is tried again with the next line."""
    log = tmp_path / "later" / "bot.log"
    with opened(log) as file:
        with pytest.raises(FileNotFoundError):
            file.write(text("first"))
        log.parent.mkdir()
        file.write(text("second"))
    assert events(log) == ["second"]


def run(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a Python process that has this module's `text`, `opened` and `SMALL`."""
    begin = f"import sys; from pathlib import Path; from {__name__} import *; log = Path(sys.argv[1])\n"
    return subprocess.Popen(
        [sys.executable, "-c", begin + textwrap.dedent(code), *map(str, arguments)],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def done(process: subprocess.Popen[str]) -> str:
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, out
    return out


def test_processes_that_share_a_file_lose_and_double_nothing(tmp_path: Path) -> None:
    """Four processes at once, with an archive about every fifteen lines: each line is there once and whole."""
    log = tmp_path / "bot.log"
    code = """
        wait_until((log.parent / "begin").exists)
        with opened(log, SMALL) as file:
            for number in range(0, 300, 3):
                file.write(text(*(f"{sys.argv[2]}-{n}" for n in range(number, number + 3))))
    """
    processes = [run(code, log, name) for name in "abcd"]
    (tmp_path / "begin").touch()
    for process in processes:
        done(process)
    with opened(log, SMALL) as file:
        file.write(text("last"))
    written = [f"{name}-{number}" for name in "abcd" for number in range(300)]
    assert on_disk(log) == sorted([*written, "last"])
    assert len(archives(log)) > 50
    found = events(log)
    for name in "abcd":
        assert [event for event in found if event.startswith(name)] == [f"{name}-{number}" for number in range(300)]


def test_a_log_is_read_whole_while_it_is_archived(tmp_path: Path) -> None:
    """A reader sees no gap and nothing twice while another process writes and archives."""
    log = tmp_path / "bot.log"
    code = """
        number = 0
        with opened(log, SMALL) as file:
            while not (log.parent / "end").exists():
                file.write(text(str(number)))
                number += 1
        print(number)
    """
    with run(code, log) as process:
        try:
            wait_until(lambda: len(archives(log)) > 2)
            for _ in range(20):
                found = events(log)
                assert found == [str(number) for number in range(len(found))]
        finally:
            (tmp_path / "end").touch()
        written = int(done(process))
    assert events(log) == [str(number) for number in range(written)]


def test_a_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    """When there is room for a part of what is written, none of it is; with room again the next lines follow."""
    log = tmp_path / "bot.log"
    code = """
        import resource
        with opened(log) as file:
            file.write(text("first"))
            resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 50, resource.RLIM_INFINITY))
            for attempt in range(3):
                try:
                    file.write(text("second"))
                except OSError as error:
                    print(error.strerror)
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            file.write(text("third"))
    """
    written = done(run(code, log))
    assert written.splitlines() == ["No space left on device"] * 3
    assert log.read_text() == text("first", "third")
