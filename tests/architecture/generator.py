"""The generator of the documentation, loaded into this process."""

import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Final, Protocol, cast

SOURCE: Final = Path(__file__).parents[2] / "docs/generate.py"


class Generator(Protocol):
    """What tests use of `docs/generate.py`, which is in no package."""

    def main(self, arguments: list[str], docs: Path = ..., package: Path = ..., /) -> int:
        """Write the pages of a folder and the data file of a package, or name those that are stale."""


class Collected(Protocol):
    """A message that the generator collects: its text, and the form for many if it has one."""

    text: str
    many: str | None


@cache
def collected() -> Sequence[Collected]:
    """Return every message to people."""
    generator()
    found: Sequence[Collected] = import_module("catalogue").messages()
    return found


@cache
def generator() -> Generator:
    """Load it once."""
    spec = spec_from_file_location("docs_generate", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.path.append(str(SOURCE.parent))  # as it is when the script runs
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return cast("Generator", module)
