"""The start of one command: `twi call` as it is, and with 22 more synthetic contexts of five operations each."""

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.measure import table

ROOT: Final = Path(__file__).parents[1]
CONTEXTS: Final = 22
VERBS: Final = ("get", "add", "edit", "list", "remove")
COMMAND: Final = ("call", "links.tags", "--guild", "1")

MANIFEST: Final = '''"""A synthetic context."""

from typing import TYPE_CHECKING, Final

from twi_core.kernel.contexts import Context

if TYPE_CHECKING:
    from twi_core.{name}.api import {title}Api
    from twi_core.{name}.ports import {title}Unit

{upper}: "Final[Context[{title}Api, {title}Unit]]" = Context(__name__)
'''
PERMISSIONS: Final = '''"""Permissions."""

from typing import Final

from twi_core.kernel.permissions import Level, declare_permission

{upper}_VIEW: Final = declare_permission("{name}.view", Level.EVERYONE, "look at {name}")
{upper}_EDIT: Final = declare_permission("{name}.edit", Level.MODERATOR, "change {name}")
'''
ERRORS: Final = '''"""Refusals."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

NOT_FOUND: Final = define_error(
    "{name}.not_found",
    Kind.NOT_FOUND,
    message="There is none called “{{title}}” here.",
    hint="Look through the list.",
    cause="None has that title.",
    example={{"title": "one"}},
)
'''
PORTS: Final = '''"""The storage it needs."""

from typing import Protocol

from twi_core.kernel.unit import Unit


class {title}Unit(Unit, Protocol):
    """A unit of work."""
'''
USE_CASE: Final = '''"""{verb}."""

from typing import Annotated, Final, final

from pydantic import Field

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome, Success
from twi_core.kernel.policy import Policy, Rate
from twi_core.kernel.schemas import TextShape
from twi_core.kernel.sources import Clock
from twi_core.kernel.unit import Open
from twi_core.{name}.errors import NOT_FOUND
from twi_core.{name}.permissions import {upper}_VIEW
from twi_core.{name}.ports import {title}Unit


class {command}(Command):
    """{verb} one of them."""

    title: Annotated[str, TextShape(100), Field(description="Its title.", examples=["one"])]
    more: bool = Field(False, description="Whether more is meant.", examples=[True])


@final
class {command}UseCase:
    """Do it."""

    policy: Final = Policy(name="{name}.{low}", requires={upper}_VIEW, limit=Rate(10, per=60), errors=(NOT_FOUND,))

    def __init__(self, open_unit: Open[{title}Unit], clock: Clock) -> None:
        self._open_unit = open_unit
        self._clock = clock

    async def __call__(self, command: {command}, context: CallContext, /) -> Outcome[str, AppError]:
        """Answer its title."""
        async with self._open_unit(context):
            return Success(command.title)
'''
MEMORY: Final = '''"""In memory."""

from typing import Final, final

from twi_core.{name} import {upper}
from twi_memory.storage.unit import MemoryUnit, Units


@final
class Memory{title}Unit(MemoryUnit):
    """A unit of work."""


UNITS: Final = Units({upper}, Memory{title}Unit)
'''


def copy_with_contexts(folder: Path, number: int) -> None:
    """Copy the source into a folder, with some synthetic contexts added to ours."""
    for package in (ROOT / "src" / "twi_core", *ROOT.glob("src/*/twi_*")):
        shutil.copytree(
            package, folder / package.name, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True
        )
    lines = []
    for place in range(number):
        name = f"synthetic{place:02d}"
        _write(folder, name)
        lines.append(f"    from twi_core.{name} import {name.upper()}\n    {name} = offer({name.upper()})\n")
    application = folder / "twi_core" / "application.py"
    application.write_text(application.read_text(encoding="utf-8") + "".join(lines), encoding="utf-8")


def _write(folder: Path, name: str) -> None:
    words = {"name": name, "title": name.capitalize(), "upper": name.upper()}
    context = folder / "twi_core" / name
    (context / "use_cases").mkdir(parents=True)
    (context / "use_cases" / "__init__.py").write_text('"""Use cases."""\n', encoding="utf-8")
    for file, text in (("__init__", MANIFEST), ("permissions", PERMISSIONS), ("errors", ERRORS), ("ports", PORTS)):
        (context / f"{file}.py").write_text(text.format(**words), encoding="utf-8")
    imports, uses = "", ""
    for verb in VERBS:
        command = f"{verb.capitalize()}{words['title']}"
        text = USE_CASE.format(**words, verb=verb.capitalize(), low=verb, command=command)
        (context / "use_cases" / f"{verb}.py").write_text(text, encoding="utf-8")
        imports += f"from twi_core.{name}.use_cases.{verb} import {command}UseCase\n"
        uses += f"    {verb} = use({command}UseCase)\n"
    head = f'"""The operations."""\n\nfrom twi_core.kernel.handling import Api, use\n{imports}\n\n'
    api = f'class {words["title"]}Api(Api):\n    """A synthetic context."""\n\n{uses}'
    (context / "api.py").write_text(head + api, encoding="utf-8")
    (folder / "twi_memory" / f"{name}.py").write_text(MEMORY.format(**words), encoding="utf-8")


def start(folder: Path) -> float:
    """Return the processor time, in seconds, of one command from start to end."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "TWI_STORAGE": "memory"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    code = f"from twi_cli.main import main; raise SystemExit(main({list(COMMAND)!r}))"
    before = os.times()
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    after = os.times()
    if done.returncode:
        raise RuntimeError(done.stderr)
    return after.children_user + after.children_system - before.children_user - before.children_system


async def run(rounds: int) -> str:
    """Run the benchmark, and return its table."""
    return await asyncio.to_thread(_run, rounds)


def _run(rounds: int) -> str:
    with tempfile.TemporaryDirectory() as place:
        folders: Mapping[str, Path] = {"ours": Path(place) / "ours", "many": Path(place) / "many"}
        for name, folder in folders.items():
            folder.mkdir()
            copy_with_contexts(folder, CONTEXTS if name == "many" else 0)
        figures: dict[str, list[float]] = {name: [] for name in folders}
        for _ in range(rounds + 1):
            for name, folder in folders.items():
                figures[name].append(start(folder))
    ours, many = (statistics.median(figures[name][1:]) for name in ("ours", "many"))  # the first one compiles
    return table(
        "8. `twi call links.tags` in memory, from start to end, processor time",
        ["", "seconds, median", "ratio (aim: 1.15 or less)"],
        [
            ["our contexts", f"{ours:.3f}", "1"],
            [f"with {CONTEXTS} more ({CONTEXTS * len(VERBS)} operations)", f"{many:.3f}", f"{many / ours:.2f}"],
        ],
    )
