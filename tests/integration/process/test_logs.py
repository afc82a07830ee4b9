"""Real processes and their log: nobody reads it, several write it, `twi logs` reads it."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.integration.process.stage import PATIENCE, TWI

REQUESTS = 1_000


def environment(log: Path) -> dict[str, str]:
    """Return the settings of processes that forget everything and share a small log file."""
    bare = {name: value for name, value in os.environ.items() if not name.upper().startswith("TWI_")}
    settings = {"TWI_STORAGE": "memory", "TWI_HTTP_PORT": "0", "TWI_LOG_FILE": str(log), "TWI_LOG_FILE_SIZE": "0.02"}
    return bare | settings


def twi(log: Path, *arguments: str) -> Any:
    """Run a command and return its result, read as JSON."""
    ran = subprocess.run(
        [TWI, *arguments, "--output=json"],
        env=environment(log),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return json.loads(ran.stdout or ran.stderr.splitlines()[-1])


@contextmanager
def serving(log: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Serve HTTP, and read its standard error only up to its address."""
    process = subprocess.Popen([TWI, "http"], env=environment(log), stderr=subprocess.PIPE)
    try:
        assert process.stderr is not None
        said = b""
        while b", documentation" not in said:
            block = os.read(process.stderr.fileno(), 65_536)
            assert block, said
            said += block
        yield process, said.decode().partition("HTTP API on ")[2].partition(",")[0]
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def test_a_server_whose_log_nobody_reads_serves_on_and_ends(tmp_path: Path) -> None:
    """With its standard error full, every request is answered and SIGTERM ends it with 0; the file has every line.

    Commands that run meanwhile write to the same file, and what they and the server wrote is found in its archives.
    """
    log = tmp_path / "bot.log"
    references = set()
    with serving(log) as (process, url), httpx.Client(base_url=url, timeout=PATIENCE) as client:
        for number in range(REQUESTS):
            answer = client.get("/api/v1/operations")
            assert answer.status_code == 401
            references.add(answer.headers["X-Request-ID"])
            if number % 250 == 0:
                references.add(twi(log, "links", "get", "nowhere", "--guild=9001")["reference"])
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert len(list(tmp_path.glob("bot.log.*.gz"))) > 3
    summary = twi(log, "logs", "summary")
    assert (summary["read"]["broken"], summary["read"]["damaged"], summary["codes"]) == (0, [], {"links.not_found": 4})
    found = twi(log, "logs", "search", "--limit=10000")["lines"]
    assert {line["reference"] for line in found if "reference" in line} == references
    assert len(found) == summary["lines"] == len([line for line in found if "reference" not in line]) + len(references)
