"""What keeps the sandbox from starting."""

import fcntl
import socket

from tests.integration.provoked.recording import Answer, provokes
from tests.integration.provoked.shell import Shell


@provokes("sandbox.not_a_sandbox")
def not_a_sandbox(shell: Shell) -> Answer:
    """Name a folder with something else in it."""
    (shell.folder / "notes").mkdir()
    (shell.folder / "notes" / "diary.txt").touch()
    return shell.refused("twi sandbox --data notes")


@provokes("sandbox.in_use")
def in_use(shell: Shell) -> Answer:
    """Name the folder of another sandbox."""
    (shell.folder / "box").mkdir()
    with (shell.folder / "box" / ".twi-sandbox").open("w") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        return shell.refused("twi sandbox --data box")


@provokes("sandbox.folder_unusable")
def folder_unusable(shell: Shell) -> Answer:
    """Name a folder below a file."""
    (shell.folder / "box").touch()
    return shell.refused("twi sandbox --data box/inner")


@provokes("sandbox.port_taken")
def port_taken(shell: Shell) -> Answer:
    """Name a port where something listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        answer = shell.refused(f"twi sandbox --empty --data box --port {port}")
    return Answer(answer.where, answer.sent.replace(port, "8642"), answer.answered.replace(port, "8642"))
