"""Secrets on the command line, in the environment and in what breaks there: no more is shown than was typed."""

import contextlib
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.canaries.canaries import (
    CANARIES,
    CARRIERS,
    DATABASE_PASSWORD,
    DATABASE_URL,
    DISCORD_TOKEN,
    Canary,
)
from tests.integration.canaries.sinks import Sinks
from tests.integration.canaries.world import Failing
from twi_cli.main import main
from twi_memory.failures import BUG_ROWS
from twi_runtime.opening.lifecycle import Overrides, open_runtime

Run = Callable[..., int]

GONE = "http://127.0.0.1:1"
"""Where nobody listens."""


@pytest.fixture
def sinks() -> Sinks:
    return Sinks()


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Failing:
    """Run commands on a storage that fails on demand."""
    failing = Failing()
    monkeypatch.setattr(
        "twi_cli.commands.calling.open_runtime",
        lambda settings, **_: open_runtime(settings, Overrides(storage=failing)),
    )
    return failing


@pytest.fixture
def run(sinks: Sinks, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run `twi` at level debug with secrets in its environment; what it writes is a sink."""
    for name in [name for name in os.environ if name.startswith("TWI_") and not name.startswith("TWI_TEST_")]:
        monkeypatch.delenv(name)
    base = {
        "TWI_STORAGE": "memory",
        "TWI_DISCORD_TOKEN": DISCORD_TOKEN,
        "TWI_LOG_LEVEL": "debug",
        "TWI_LOG_FILE": str(tmp_path / "twi.log"),
    }

    def ran(*words: str, **environment: str | None) -> int:
        for name, value in {**base, **environment}.items():
            monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(words)
        sinks.add("standard output", out.getvalue())
        sinks.add("standard error", err.getvalue())
        return code

    return ran


def logged(sinks: Sinks, folder: Path) -> None:
    for path in folder.glob("twi.log*"):
        sinks.add("log file", path.read_text())


@pytest.mark.parametrize("carrier", CARRIERS)
def test_an_operation_that_breaks(sinks: Sinks, storage: Failing, run: Run, tmp_path: Path, carrier: str) -> None:
    """Neither the terminal, nor the log with its tracebacks, nor what is stored of it, shows them."""
    real = {"TWI_STORAGE": None, "TWI_DATABASE_URL": DATABASE_URL}
    for canary in CANARIES:
        storage.error = CARRIERS[carrier](canary.text)
        assert run("links", "list", "--guild=9001", "--actor=7", **real) != 0
        assert run("call", "links.tags", "--guild=9001", "--actor=7", "--output=json", **real) != 0
    storage.error = None
    for row in list(storage.store.table(BUG_ROWS).rows.values()):
        assert run("failures", "describe", row.fingerprint, **real) == 0
    sinks.stored(storage.store)
    logged(sinks, tmp_path)
    assert sinks.leaks() == []
    assert "".join(sinks.texts["log file"])


@pytest.mark.parametrize("carrier", CARRIERS)
def test_the_command_line_itself_breaks(sinks: Sinks, run: Run, monkeypatch: pytest.MonkeyPatch, carrier: str) -> None:
    """The traceback that debugging shows leaves them out, also where the settings cannot be read."""
    for canary in CANARIES:

        def broken(*_: object, text: str = canary.text) -> None:
            raise CARRIERS[carrier](text)

        monkeypatch.setattr("twi_cli.commands.calling.decode", broken)
        assert run("links", "get", "x", TWI_STORAGE=None, TWI_DATABASE_URL=DATABASE_URL) == 1
        assert run("links", "get", "x", TWI_STORAGE="nonsense", TWI_DATABASE_URL=DATABASE_URL) == 1
    errors = sinks.texts["standard error"]
    assert all("Traceback" in each for each in errors)
    known_only_with_settings = {"database_password"}
    assert [leak for leak in sinks.leaks() if leak.partition(" in ")[0] not in known_only_with_settings] == []
    sinks.texts["standard error"] = errors[::2]
    assert sinks.leaks() == []


def test_what_was_typed_is_not_logged_or_stored(sinks: Sinks, storage: Failing, run: Run, tmp_path: Path) -> None:
    """As a value, a field's name, an operation, an option and an id; the terminal alone may repeat it."""
    for canary in CANARIES:
        text, word = canary.text, canary.needle
        assert run("links", "get", text, "--guild=9001") != 0
        assert run("links", "add", "a", text, "--guild=9001", "--actor=7") != 0
        assert run("call", "links.get", json.dumps({"title": "a", text: text}), "--guild=9001") != 0
        assert run("call", "links.get", f'{{"title": {text}', "--guild=9001") != 0
        assert run("call", word, "{}") != 0
        assert run("links", "get", "a", f"--{word}") != 0
        assert run("links", "get", "a", "--guild", word) != 0
        assert run("failures", "show", word[:40]) != 0
    for typed in ("standard output", "standard error"):
        del sinks.texts[typed]
    sinks.stored(storage.store)
    logged(sinks, tmp_path)
    assert sinks.leaks() == []


STARTS: tuple[dict[str, str | None], ...] = (
    {"TWI_DATABASE_URL": DATABASE_URL, "TWI_STORAGE": None},
    {"TWI_DATABASE_URL": DATABASE_URL},
    {"TWI_DATABASE_URL": f"mysql://twi:{DATABASE_PASSWORD}@h/d", "TWI_STORAGE": None},
    {"TWI_DATABASE_URL": f"postgresql://twi:{DATABASE_PASSWORD}@h:port/d", "TWI_STORAGE": None},
    {"TWI_DATABASE_URL": f"postgresql://twi:{DATABASE_PASSWORD}@[h/d", "TWI_STORAGE": None},
    {"TWI_DATABASE_URL": DATABASE_PASSWORD, "TWI_STORAGE": None},
    {"TWI_DISCORD_API_URL": f"https://bot:{DATABASE_PASSWORD}@proxy.example.org"},
    {"TWI_DISCORD_API_URL": GONE},
    {"TWI_OPERATOR_IDS": f"1,{DISCORD_TOKEN}"},
    {"TWI_OPERATOR_CHANNEL_ID": DISCORD_TOKEN},
    {"TWI_LOG_LEVEL": DISCORD_TOKEN},
    {"TWI_HTTP_HOST": f"{DISCORD_TOKEN} "},
    {"TWI_HTTP_PORT": DISCORD_TOKEN},
    {"TWI_PREFIX": DISCORD_TOKEN},
    {"TWI_STORAGE": DISCORD_TOKEN},
    {"TWI_STOP_TIMEOUT": DISCORD_TOKEN},
    {"TWI_DISKORD_TOKEN": DISCORD_TOKEN},
)
"""Environments with which nothing can start, or not everything."""
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("config", "show"),
    ("config", "check", "--output=json"),
    ("doctor",),
    ("doctor", "--online", "--output=json"),
    ("db", "status"),
    ("links", "list", "--guild=9001"),
    ("bot",),
)


@pytest.mark.parametrize("environment", STARTS, ids="-".join)
def test_what_cannot_start(sinks: Sinks, run: Run, tmp_path: Path, environment: dict[str, str | None]) -> None:
    """Settings that are wrong, a server that is not there, a Discord that cannot be reached: no value is shown."""
    for command in COMMANDS:
        if command == ("bot",) and environment.get("TWI_DISCORD_API_URL") is None:
            environment = {**environment, "TWI_DISCORD_API_URL": GONE}
        run(*command, **environment)
    logged(sinks, tmp_path)
    assert "".join(sinks.texts["standard error"])
    assert sinks.leaks() == []


@pytest.mark.parametrize("canary", CANARIES, ids=str)
def test_a_secret_file_that_cannot_be_used(sinks: Sinks, run: Run, tmp_path: Path, canary: Canary) -> None:
    """What lies in a file that was meant to hold another secret is not shown."""
    file = tmp_path / "secret"
    file.write_text(canary.text)
    file.chmod(0o600)
    for name in ("TWI_DATABASE_URL_FILE", "TWI_DISCORD_TOKEN_FILE"):
        given = {"TWI_STORAGE": None, "TWI_DISCORD_TOKEN": None, name: str(file)}
        for command in COMMANDS[:5]:
            run(*command, **{**given, "TWI_DISCORD_API_URL": GONE})
    logged(sinks, tmp_path)
    assert sinks.leaks() == []
