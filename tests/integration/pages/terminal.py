"""A shell in which a page's lines are run: `twi` within this process, and stand-ins for what reaches beyond it."""

import gzip
import json
import os
import re
import select
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, final

import httpx
import pytest

from tests.integration.pages.blocks import ROOT
from tests.integration.process.stage import TWI
from tests.integration.provoked.shell import Ran, run_words
from tests.unit.runtime.log_lines import line
from twi_runtime.logs.format import as_json

SERVING: Final = {
    "bot": "needs a token of Discord, and runs until it is stopped; tests/integration/process runs it",
    "sandbox": "runs until it is stopped; tests/integration/sandbox runs it",
}
"""Commands of `twi` of which only the help is shown, each with the reason."""
NOT_RUN: Final = {
    "uvx": "downloads from the network",
    "python3": "installs from the network",
    "nox": "runs all the tests, this one too; that its sessions exist is checked",
    "pytest": "runs tests; that their paths exist is checked",
    "--online": "needs a token of Discord",
}
"""What isn't run, each with the reason."""
SESSIONS: Final = set(re.findall(r"^def (\w+)\(session", (ROOT / "noxfile.py").read_text("utf-8"), re.MULTILINE))
MEANT: Final = {"OTHER": "43", "ID": "42", "CODE": "links.not_found", "NAME": "links.get"}
"""Words that stand for something in a line, and what they stand for here."""
LONGEST: Final = 120.0
"""Seconds within which the lines of a block must have run, on a busy machine too."""
_PROGRAMS: Final = ("twi", "uv", "uvx", "python3", "python", "curl", "journalctl")


@final
@dataclass
class Terminal:
    """A home folder, the programs that lines may call, and what was called so far."""

    home: Path
    reference: str
    """That of a refusal, which was met before."""
    called: list[tuple[Sequence[str], Ran]] = field(default_factory=list)
    server: "subprocess.Popen[str] | None" = None
    address: str = ""

    def run(self, text: str, *, failing: bool = False) -> str:
        """Run lines in a shell, and return what they print; each program must succeed, unless `failing`."""
        for word, meant in {**MEANT, "REFERENCE": self.reference}.items():
            text = re.sub(rf"\b{word}\b", meant, text)
        (self.home / "stdin").write_text("pasted.secret.token\n", encoding="utf-8")
        printed = self.home / "printed"
        with (
            socket.socket(socket.AF_UNIX) as listening,
            (self.home / "stdin").open() as stdin,
            printed.open("w", encoding="utf-8") as out,
        ):
            (self.home / "terminal").unlink(missing_ok=True)
            listening.bind(str(self.home / "terminal"))
            listening.listen()
            shell = subprocess.Popen(
                ["/bin/sh", "-e", "-c", text],
                cwd=self.home / "work",
                env=self._environment(),
                stdin=stdin,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
            self._answer(listening, shell)
        failed = [(words, ran.err) for words, ran in self.called if ran.code != 0]
        self.called.clear()
        assert failing or failed == [], failed
        assert failing or shell.returncode == 0, f"{text}\n{printed.read_text(encoding='utf-8')}"
        return printed.read_text(encoding="utf-8")

    def _environment(self) -> dict[str, str]:
        set_here = {name: value for name, value in os.environ.items() if name.startswith("TWI_")}
        own = {"HOME": str(self.home), "PATH": f"{self.home}/bin:/usr/bin:/bin", "TERMINAL": f"{self.home}/terminal"}
        return {**set_here, **own, "TOKEN": os.environ["TOKEN"]}

    def _answer(self, listening: socket.socket, shell: "subprocess.Popen[bytes]") -> None:
        """Answer the programs until the shell has ended."""
        end = time.monotonic() + LONGEST
        while shell.poll() is None:
            if time.monotonic() > end:
                shell.kill()
                raise TimeoutError(f"the lines took longer than {LONGEST} s; answered so far: {self.called}")
            if select.select([listening], [], [], 0.02)[0]:
                connection, _ = listening.accept()
                with connection, connection.makefile("rw") as file:
                    asked = json.loads(file.readline())
                    ran = self._run(asked["words"], asked)
                    self.called.append((asked["words"], ran))
                    json.dump({"code": ran.code, "out": ran.out, "err": ran.err}, file)

    def _run(self, words: Sequence[str], asked: Mapping[str, Any]) -> Ran:
        match words:
            case ["twi", command, *_] if command in SERVING and "--tour" not in words:
                return self._twi([command, "--help"], asked)
            case ["twi", "http"]:
                return self._serve(asked)
            case ["twi", *rest] if "--online" not in rest:
                return self._twi(rest, asked)
            case ["uv", "run", *rest]:
                return self._run(rest, asked)
            case ["nox", *rest]:
                return _known([name for name in rest[1:2] if name not in SESSIONS])
            case ["pytest" | "python", *rest] if rest[:1] != ["-m"]:
                return _known([path for path in rest if "/" in path and not (ROOT / path.partition("::")[0]).exists()])
            case ["python3", "-m", "venv", folder]:
                shutil.copytree(self.home / "bin", f"{folder}/bin", dirs_exist_ok=True)
                return Ran(0, "", "")
            case ["curl", *rest]:
                return self._request(rest)
            case ["journalctl", *_]:
                return Ran(0, (self.home / "work" / "bot.log").read_text(encoding="utf-8"), "")
            case [program, *_] if program in {"uvx", "python3", "python"}:
                return Ran(0, "", "")
            case _:
                return Ran(127, "", f"nobody knows how to run {words}")

    def _twi(self, words: Sequence[str], asked: Mapping[str, Any]) -> Ran:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(asked["folder"])
            for name, value in asked["settings"].items():
                patch.setenv(name, value)
            return run_words(words, asked["stdin"].encode())

    def _serve(self, asked: Mapping[str, Any]) -> Ran:
        """Start the HTTP API in another process, as in another terminal."""
        environment = {**os.environ, **asked["settings"], "TWI_HTTP_PORT": "0"}
        self.server = subprocess.Popen([TWI, "http"], env=environment, stderr=subprocess.PIPE, text=True)
        assert self.server.stderr is not None
        for said in self.server.stderr:
            if "HTTP API on " in said:
                self.address = said.partition("HTTP API on ")[2].partition(",")[0]
                return Ran(0, said, "")
        return Ran(1, "", "it ended")

    def close(self) -> None:
        """Stop what was left running."""
        if self.server is not None:
            self.server.terminate()
            self.server.communicate()

    def _request(self, words: Sequence[str]) -> Ran:
        """Send what `curl` would, to the server of this test."""
        headers, content, url = {}, None, ""
        rest = iter(words)
        for word in rest:
            if word == "-H":
                name, _, value = next(rest).partition(": ")
                headers[name] = value
            elif word == "-d":
                content = next(rest)
            else:
                url = word.replace("http://127.0.0.1:8080", self.address)
        response = httpx.request("POST" if content else "GET", url, headers=headers, content=content)
        return Ran(0 if response.status_code == 200 else 22, response.text, response.text)


@contextmanager
def terminal(home: Path, url: str) -> Iterator[Terminal]:
    """Make a home folder as pages take it for granted, on a database; what is set of the environment is undone."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("TWI_") and not name.startswith("TWI_TEST_")]:
            patch.delenv(name)
        patch.setenv("TWI_DATABASE_URL_FILE", str(home / ".config/twi/database"))
        patch.setenv("TWI_DATA_DIR", str(home / "data"))
        _furnish(home, url)
        made = run_words(["tokens", "create", "page", "1001", "--guilds", "42", "--output=json"])
        patch.setenv("TOKEN", json.loads(made.out)["secret"])
        patch.setenv("TWI_LOG_FILE", str(home / "work" / "bot.log"))
        refused = run_words(["links", "get", "nothing", "--guild", "42"])
        found = Terminal(home, refused.err.rpartition("reference ")[2].strip())
        try:
            yield found
        finally:
            found.close()


def _furnish(home: Path, url: str) -> None:
    """Put the programs and files in their places."""
    for folder in ("bin", "work/old", "work/docs/languages", ".config/twi"):
        (home / folder).mkdir(parents=True)
    client = f"#!{sys.executable} -IS\n{Path(__file__).with_name('client.py').read_text(encoding='utf-8')}"
    for program in _PROGRAMS:
        (home / "bin" / program).write_text(client, encoding="utf-8")
        (home / "bin" / program).chmod(0o755)
    (home / "bin" / "pybabel").symlink_to(Path(sysconfig.get_path("scripts")) / "pybabel")
    for name in ("database", "database.new"):
        (home / ".config/twi" / name).write_text(url, encoding="utf-8")
        (home / ".config/twi" / name).chmod(0o600)
    work = home / "work"
    shutil.copy(ROOT / "docs/languages/twi.pot", work / "docs/languages")
    logged = f"{as_json(line('links.get by cli', operation='links.get', code='ok', duration_ms=3, reference='r2'))}\n"
    (work / "bot.log").write_text(logged, encoding="utf-8")
    (work / "old" / "bot.log.000001.gz").write_bytes(gzip.compress(logged.encode()))


def _known(missing: Sequence[str]) -> Ran:
    return Ran(1, "", f"there is no {', '.join(missing)}") if missing else Ran(0, "", "")
