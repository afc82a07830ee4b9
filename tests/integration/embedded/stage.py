"""What the tests of the embedded server share: processes to control, and a look at what they left."""

import json
import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="needs several users of the machine: run the tests as root, as in a container"
)

NOBODY = pwd.getpwnam("nobody")


class Refused(Exception):
    """An actor's answer that names an error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Actor:
    """Another process, of this user or of another one, that follows commands."""

    def __init__(self, user: pwd.struct_passwd | None = None, environment: dict[str, str] | None = None) -> None:
        arguments = [f"{user.pw_uid}:{user.pw_gid}"] if user else []
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("actor.py")), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def ready(self) -> "Actor":
        """Wait until the process has started, so that several can be started at one moment."""
        assert "ready" in self._read()
        return self

    def send(self, do: str, **order: str | None) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **order}) + "\n")
        self._process.stdin.flush()

    def answer(self) -> str:
        reply = self._read()
        if "code" in reply:
            raise Refused(str(reply["code"]), str(reply["message"]))
        return str(reply["value"])

    def ask(self, do: str, **order: str | None) -> str:
        self.send(do, **order)
        return self.answer()

    def kill(self) -> None:
        """End it as `kill -9` does, without a chance to clean up."""
        self._process.kill()
        self._process.wait()

    def leave(self) -> None:
        """End it gently, whatever state it is in, and close its pipes."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if self._process.poll() is None:
            self._process.stdin.close()
            try:
                self._process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()
        else:
            self._process.stdin.close()
        self._process.stdout.close()

    def _read(self) -> dict[str, object]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the process ended without an answer"
        reply = json.loads(line)
        assert isinstance(reply, dict)
        return reply


def server_pid(data_dir: Path) -> int | None:
    """Return the process that serves a data folder, as its pid file says."""
    try:
        text = (data_dir / "postgres" / "data" / "postmaster.pid").read_text()
    except FileNotFoundError:
        return None
    return int(text.split()[0])


def is_running(pid: int) -> bool:
    """Return whether a process lives; one that ended and was not yet collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in {"Z", "X"}


def snapshot(folder: Path) -> dict[str, tuple[int, int, int, int]]:
    """Return owner, mode and size of everything in a folder and of the folders above it, to compare later."""
    paths = [folder, *folder.parents, *folder.rglob("*")]
    return {str(path): (path.stat().st_uid, path.stat().st_gid, path.stat().st_mode, _size(path)) for path in paths}


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
