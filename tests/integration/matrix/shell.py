"""The command line: a process for each cell, forked from one that has imported everything and stored what there is.

A new `twi` costs a third of a second, most of it imports; a fork costs a few hundredths. Each has its copy of
what is stored, so that nothing has to be brought back. Run as a program, this module reads the arguments of all cells
from standard input, as JSON, and writes how each process ended.
"""

import asyncio
import gc
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypedDict

import pytest

from tests.contexts import Entrypoint
from tests.integration.matrix.rules import OK, RANKS, Cell, Kind, Place
from tests.integration.matrix.scene import FIXED, asked, filled, seed
from twi_cli.main import main, run
from twi_memory.storage.store import MemoryStore
from twi_runtime.configuration.settings import Settings
from twi_runtime.opening.lifecycle import Overrides, open_runtime

ROOT: Final = Path(__file__).parents[3]
AT_ONCE: Final = os.cpu_count() or 1
CLAIMED: Final = (Kind.MODERATOR, Kind.ADMINISTRATOR)
"""Those whose level is claimed with `--as`, since the command line does not know it."""
PATIENCE: Final = 300.0
"""Seconds for all cells together, on a busy machine too."""


class Ended(TypedDict):
    """How a process ended."""

    code: int
    out: str
    err: str


def answers(cells: Sequence[Cell]) -> list[tuple[Cell, str]]:
    """Return the code that each process answered with, or `OK`."""
    bare = {name: value for name, value in os.environ.items() if not name.upper().startswith("TWI_")}
    operator = str(FIXED.people[Kind.OPERATOR])
    ran = subprocess.run(
        [sys.executable, "-m", __name__],
        check=True,
        cwd=ROOT,
        env={**bare, "TWI_STORAGE": "memory", "TWI_OPERATOR_IDS": operator},
        input=json.dumps([words(cell) for cell in cells]),
        stdout=subprocess.PIPE,
        text=True,
        timeout=PATIENCE,
    )
    ended: list[Ended] = json.loads(ran.stdout)
    return [(cell, _answer(each)) for cell, each in zip(cells, ended, strict=True)]


def words(cell: Cell) -> list[str]:
    """Return the arguments of a cell; a level is claimed in the own server only, a role of that one wherever it is."""
    given = json.dumps(filled(asked(cell.row), FIXED, cell.place))
    found = ["call", cell.row.name, given, "--output=json"]
    if cell.place in FIXED.servers:
        found.append(f"--guild={FIXED.servers[cell.place].id}")
    if cell.kind is Kind.SHELL:
        return found
    found.append(f"--actor={FIXED.people[cell.kind]}")
    if cell.kind is Kind.STEWARD:
        found.append(f"--role={FIXED.servers[Place.OWN].admin_role}")
    if cell.kind in CLAIMED and cell.place is Place.OWN:
        found.append(f"--as={RANKS[Entrypoint.CLI][cell.kind].label}")
    return found


def _answer(ended: Ended) -> str:
    if ended["code"] == 0:
        assert json.loads(ended["out"]) is not None
        assert ended["err"] == ""
        return OK
    assert ended["out"] == ""
    return str(json.loads(ended["err"])["code"])


# The program that forks.


def serve() -> None:
    """Read the calls, make each in its own process, and write how they ended."""
    asked_for: list[list[str]] = json.load(sys.stdin)
    with pytest.MonkeyPatch.context() as patch:
        store = asyncio.run(_stored())
        # Else each process would begin with nothing.
        patch.setattr(
            "twi_cli.commands.calling.open_runtime",
            lambda settings, **given: open_runtime(settings, Overrides(storage=store), **given),
        )
        _warm_up()
        gc.freeze()
        assert threading.active_count() == 1, "a fork would lose the others"
        json.dump(_all(asked_for), sys.stdout)


async def _stored() -> MemoryStore:
    store = MemoryStore()
    async with open_runtime(Settings(), Overrides(storage=store)) as runtime:
        await seed(runtime.app, store, FIXED)
    return store


def _warm_up() -> None:
    """Make a call here, so that everything is imported that one imports."""
    with Path(os.devnull).open("w") as nowhere:
        kept = os.dup(1)
        os.dup2(nowhere.fileno(), 1)
        assert main(["call", "permissions.list", "--output=json"]) == 0
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def _all(asked_for: Sequence[list[str]]) -> list[Ended]:
    """Run all, a few at a time, and return how they ended, in the same order."""
    ended: dict[int, Ended] = {}
    running: dict[int, tuple[int, int, int]] = {}
    for number, arguments in enumerate(asked_for):
        if len(running) == AT_ONCE:
            _wait(running, ended)
        out, err = os.memfd_create("out"), os.memfd_create("err")
        running[_fork(arguments, out, err)] = (number, out, err)
    while running:
        _wait(running, ended)
    return [ended[number] for number in range(len(asked_for))]


def _fork(arguments: list[str], out: int, err: int) -> int:
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.argv = ["twi", *arguments]
        run()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # what is registered for the end of the parent is not for the child to run


def _wait(running: dict[int, tuple[int, int, int]], ended: dict[int, Ended]) -> None:
    child, status = os.wait()
    number, out, err = running.pop(child)
    ended[number] = Ended(code=os.waitstatus_to_exitcode(status), out=_read(out), err=_read(err))


def _read(written: int) -> str:
    with os.fdopen(written, "rb") as file:
        file.seek(0)
        return file.read().decode()


if __name__ == "__main__":
    serve()
