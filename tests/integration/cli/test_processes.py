"""`twi` as people run it: several processes, one embedded database, signals, pipes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.german import compile_german
from tests.waiting import wait_until

TWI: Final = (sys.executable, "-c", "from twi_cli.main import run; run()")
GUILD: Final = "--guild=9001"
PATIENCE: Final = 180


@pytest.fixture(scope="module")
def environment() -> Iterator[Mapping[str, str]]:
    """An environment whose only setting is a separate data folder, which must have no server in it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="twi-cli-"))
    folder.chmod(0o711)  # the server's user, where it is another one, passes through
    bare = {name: value for name, value in os.environ.items() if not name.upper().startswith("TWI_")}
    yield {**bare, "TWI_DATA_DIR": str(folder)}
    left = servers(folder)
    shutil.rmtree(folder)
    assert not left, "a server was left behind"


def servers(folder: Path) -> list[Path]:
    """Return what a running server has in a data folder."""
    return list(folder.rglob("postmaster.pid"))


def twi(environment: Mapping[str, str], *arguments: str | bytes) -> "subprocess.CompletedProcess[str]":
    """Run one command to its end."""
    return subprocess.run(
        [*TWI, *arguments], check=False, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )


def test_what_one_process_adds_another_one_finds(environment: Mapping[str, str]) -> None:
    """A link that one process saved is in the embedded database for the next, and the server was gone in between."""
    raw = json.dumps({"title": "world map", "content": "https://example.org/map", "tag": "maps"})
    added = twi(environment, "call", "links.add", raw, GUILD, "--output=json")
    assert (added.returncode, added.stderr) == (0, "")
    assert servers(Path(environment["TWI_DATA_DIR"])) == []
    found = twi(environment, "call", "links.get", '{"title": "World  MAP"}', GUILD, "--output=json")
    assert json.loads(found.stdout) == json.loads(added.stdout)


def test_a_server_drains_on_sigterm_and_takes_its_database_along(environment: Mapping[str, str]) -> None:
    """`twi http` serves beside other commands, exits with 0 when asked to stop, and leaves no PostgreSQL behind."""
    with subprocess.Popen(
        [*TWI, "http"], env={**environment, "TWI_HTTP_PORT": "0"}, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        lines = []
        for line in process.stderr:
            lines.append(line)
            if " started: http" in line:
                break
        url = next(word for line in lines for word in line.replace(",", " ").split() if word.startswith("http://"))
        with urllib.request.urlopen(f"{url}/health/ready", timeout=PATIENCE) as answer:
            assert answer.status == 200
        assert twi(environment, "links", "tags", GUILD).returncode == 0
        assert servers(Path(environment["TWI_DATA_DIR"])), "the other command has not stopped it"
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()
        assert process.wait(PATIENCE) == 0, rest
    assert "Traceback" not in "".join(lines) + rest
    assert servers(Path(environment["TWI_DATA_DIR"])) == []


def test_bytes_that_are_no_text_are_refused_in_words(environment: Mapping[str, str]) -> None:
    """An argument that is not UTF-8 is an invalid text, not a crash, even where the terminal knows only ASCII."""
    ran = twi({**environment, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}, "links", "get", b"a\xff\xfe", GUILD)
    assert ran.returncode == 10
    assert "input.invalid_text" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_reader_that_has_read_enough_is_no_failure(environment: Mapping[str, str]) -> None:
    """`twi errors | head -1` ends quietly."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        ran = subprocess.run(
            [*TWI, "operations"],
            check=False,
            env=environment,
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE,
        )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_command_that_is_interrupted_stops_its_database(environment: Mapping[str, str]) -> None:
    """SIGINT while a command starts the server ends it with 130 once the server is gone again."""
    folder = Path(environment["TWI_DATA_DIR"])
    with subprocess.Popen(
        [*TWI, "links", "tags", GUILD], env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        wait_until(lambda: process.poll() is not None or bool(servers(folder)), PATIENCE)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode in {0, 130}, errors
    assert "Traceback" not in errors
    assert servers(folder) == []


def test_the_terminals_language_is_that_of_the_process(environment: Mapping[str, str], tmp_path: Path) -> None:
    """A process started in a German terminal answers in German, and with a bad catalogue in English, with a warning."""
    file = compile_german(tmp_path)
    german = {**environment, "TWI_CATALOGUES": str(tmp_path), "LC_ALL": "de_DE.UTF-8", "PYTHONIOENCODING": "utf-8"}
    assert twi(german, "--help").stdout.startswith("Aufruf: twi COMMAND\n")
    wrong = twi(german, "lnks", "tags")
    assert (wrong.returncode, wrong.stderr.splitlines()[0]) == (2, "Fehler: Es gibt keinen Befehl „twi lnks“.")
    assert twi({**german, "LC_ALL": "C.UTF-8"}, "lnks").stderr.startswith("error: There's no command")
    file.write_bytes(file.read_bytes()[:20])
    bad = twi(german, "--help")
    assert (bad.returncode, bad.stdout.splitlines()[0]) == (0, "Usage: twi COMMAND")
    assert bad.stderr.startswith("warning: The catalogue de/LC_MESSAGES/twi.mo can't be read: ")
    assert len(bad.stderr.splitlines()) == 1
