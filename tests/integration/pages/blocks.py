"""The examples of a page: fenced and indented blocks, and commands within a line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Final, final

from typing_extensions import override

ROOT: Final = Path(__file__).parents[3]
NO_GUIDES: Final = {
    "CHANGELOG.md": "is a history of changes, in few words",
    "docs/errors.md": "is generated, as all of docs/errors is, from what is compared elsewhere",
    "docs/operations.md": "is generated from the operations",
    "docs/messages.md": "is generated from the messages",
}
"""Pages without examples, each with what it is instead."""

_FENCED: Final = re.compile(r"^( *)```([a-z]*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_INDENTED: Final = re.compile(r"(?<=\n\n)(?: {4}\S.*\n)+", re.MULTILINE)
_SPAN: Final = re.compile(r"`([^`\n]+)`")
_COMMAND: Final = re.compile(r"(?:uv run )?twi [a-z]|[/!][a-z]")


@final
@dataclass(frozen=True)
class Block:
    """An example: its language, none where a page names none, and where it begins."""

    page: str
    line: int
    language: str
    text: str

    @override
    def __str__(self) -> str:
        """Return what a failure names it by."""
        return f"{self.page}:{self.line}"


def pages() -> list[Path]:
    """Return the pages that are written by hand."""
    found = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/adr/*.md"), *ROOT.glob("*/*.md")])
    return [path for path in dict.fromkeys(found) if path.relative_to(ROOT).as_posix() not in NO_GUIDES]


def blocks(path: Path) -> Iterator[Block]:
    """Yield the blocks of a page in its order."""
    text, page = path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
    fenced = [(found.start(), found[2], found[3]) for found in _FENCED.finditer(text)]
    rest = _FENCED.sub(lambda found: re.sub(r"\S", "x", found[0]), text)
    places = [found.span() for found in _INDENTED.finditer(rest)]
    indented = [(start, "", text[start:end]) for start, end in places if text[start:end] == rest[start:end]]
    for start, language, block in sorted([*fenced, *indented]):
        yield Block(page, text.count("\n", 0, start) + 1, language, dedent(block))


def commands(path: Path) -> list[str]:
    """Return the commands that stand within the lines of a page."""
    rest = _INDENTED.sub("", _FENCED.sub("", path.read_text(encoding="utf-8")))
    return [found for found in dict.fromkeys(_SPAN.findall(rest)) if _COMMAND.match(found)]
