"""A real Redis that tests kill, freeze and replace."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from tests.waiting import wait_until


def program() -> str:
    """Find the server; where there is none the test is skipped, or fails where skips are forbidden."""
    if (found := shutil.which("redis-server")) is not None:
        return found
    needed = "needs redis-server: apt-get install redis-server"
    if os.environ.get("TWI_TEST_REQUIRE_ALL") == "1":
        pytest.fail(needed)
    pytest.skip(needed)


def free_port() -> int:
    """Return a port that the system picks."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
    return port


class RedisServer:
    """A Redis on a port of the loopback that stays the same; nothing is kept on disk."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._program = program()
        self._folder = folder
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        """Return its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self, *options: str) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(
            [
                *(self._program, "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self._folder)),
                *("--save", "", "--appendonly", "no", "--loglevel", "warning", *self._options, *options),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self.answers)

    def answers(self) -> bool:
        """Return whether it takes commands, or asks for a password."""
        with redis.Redis(port=self.port, socket_timeout=1, socket_connect_timeout=1, protocol=2) as client:
            try:
                return bool(client.ping())
            except redis.AuthenticationError:
                return True
            except redis.RedisError:
                return False

    def command(self, *words: str, password: str | None = None) -> object:
        """Run a command by hand."""
        with redis.Redis(port=self.port, protocol=2, password=password) as client:
            return client.execute_command(*words)

    def freeze(self) -> None:
        """Stop it in the middle of what it does; its connections stay open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Resume it."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)


@contextmanager
def redis_server(*options: str) -> Iterator[RedisServer]:
    """Run a Redis for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="twi-redis-") as folder:
        server = RedisServer(Path(folder), *options)
        server.start()
        try:
            yield server
        finally:
            server.kill()
