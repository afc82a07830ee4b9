"""A program in a page's shell: it hands its arguments to the test, which answers in its place."""

import json
import os
import socket
import stat
import sys
from pathlib import Path

asked = {
    "words": [Path(sys.argv[0]).name, *sys.argv[1:]],
    "folder": str(Path.cwd()),
    "settings": {name: value for name, value in os.environ.items() if name.startswith("TWI_")},
    "stdin": sys.stdin.buffer.read().decode() if stat.S_ISFIFO(os.fstat(0).st_mode) else "",
}  # before it connects: the program that it reads from is answered by the same test
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(os.environ["TERMINAL"])
    connection.sendall(json.dumps(asked).encode() + b"\n")
    answer = json.loads(connection.makefile().read())
sys.stdout.write(answer["out"])
sys.stderr.write(answer["err"])
sys.exit(answer["code"])
