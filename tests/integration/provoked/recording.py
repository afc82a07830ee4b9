"""What was sent to provoke each code, and what was answered: the record that the error pages show."""

import fcntl
import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypeVar, final

RECORD: Final = Path(__file__).with_name("answers.json")
REWRITE: Final = "TWI_TEST_REWRITE"
"""The variable with which the record, and the outputs that pages print, are written instead of compared."""
REFERENCE: Final = "7z4fg5hknq"

Where: TypeAlias = Literal["discord", "cli", "http"]


@final
@dataclass(frozen=True)
class Answer:
    """What was sent at one entrypoint, and what it answered."""

    where: Where
    sent: str
    answered: str


Recipe: TypeAlias = Callable[..., Any]
"""A function of fixtures that returns an answer or several, or a coroutine of them."""
R = TypeVar("R", bound=Recipe)

RECIPES: Final[dict[str, Recipe]] = {}


def provokes(code: str) -> Callable[[R], R]:
    """Register a recipe of a code that isn't one call of an operation."""

    def register(recipe: R) -> R:
        assert code not in RECIPES, f"{code} has two recipes"
        RECIPES[code] = recipe
        return recipe

    return register


_IDS: Final = re.compile(r"\b14560744439808([0-9]{5})\b"), r"1\1"
"""Ids of the simulated server, which are as long as Discord's, and a short one for each."""
_PORTS: Final = re.compile(r"127\.0\.0\.1:[0-9]+"), "127.0.0.1:8080"
_CHANGING: Final = (
    _IDS,
    _PORTS,
    (re.compile(r"(reference[\"':` ]+)[0-9a-z]{10}\b"), rf"\g<1>{REFERENCE}"),
    (re.compile(r"/proc/self/fd/[0-9]+/"), "/proc/self/fd/9/"),
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}\.[0-9]+ UTC \[[0-9]+\]"), "2026-01-01 00:00:00.000 UTC [4711]"),
)
"""What differs from run to run: references, ports, descriptors, and times and processes in PostgreSQL's log."""


def sent(line: str, *places: Path) -> str:
    """Return what was sent, so that it can be printed: as in an answer, and with invisible characters escaped."""
    for place in places:
        line = line.replace(str(place), "/srv/twi")
    for pattern, replacement in (_IDS, _PORTS):
        line = pattern.sub(replacement, line)
    return "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in line)


def stable(text: str, *places: Path) -> str:
    """Return a text without what differs from run to run; each of the places reads `/srv/twi`."""
    for place in places:
        text = text.replace(str(place), "/srv/twi")
    for pattern, replacement in _CHANGING:
        text = pattern.sub(replacement, text)
    return text.strip()


def rewriting() -> bool:
    """Return whether the run is to write what was answered."""
    return os.environ.get(REWRITE) == "1"


def recorded() -> dict[str, list[dict[str, str]]]:
    """Return the record: the answers of each code."""
    found: dict[str, list[dict[str, str]]] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found


def keep(code: str, answers: Sequence[Answer]) -> None:
    """Write the answers of a code into the record; none remove it. Other processes may write theirs meanwhile."""
    with RECORD.open("r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        found = {**json.load(file), code: [asdict(each) for each in answers]}
        file.seek(0)
        file.truncate()
        json.dump({code: each for code, each in sorted(found.items()) if each}, file, ensure_ascii=False, indent=2)
        file.write("\n")
