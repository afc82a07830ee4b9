"""Everything that is shipped may be shipped."""

import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
LGPL: Final = {"psycopg", "psycopg-binary"}
"""Libraries whose licence asks that they can be replaced: they are imported unchanged (docs/adr/0009)."""


def shipped() -> set[str]:
    """Name what `twi-core[all]` installs, as locked, on whatever platform."""
    with (ROOT / "uv.lock").open("rb") as file:
        packages: dict[str, dict[str, Any]] = {entry["name"]: entry for entry in tomllib.load(file)["package"]}
    found: set[tuple[str, str]] = set()
    open_ends = [("twi-core", ""), ("twi-core", "all")]
    while open_ends:
        name, extra = end = open_ends.pop()
        if end in found:
            continue
        found.add(end)
        package = packages[name]
        wanted = package.get("optional-dependencies", {}).get(extra, []) if extra else package.get("dependencies", [])
        for needed in wanted:
            open_ends.extend((needed["name"], part) for part in ("", *needed.get("extra", ())))
    return {name for name, _ in found} - {"twi-core"}


def licences(name: str) -> Iterator[str]:
    try:
        found = metadata(name)
    except PackageNotFoundError:  # it belongs to another platform or Python
        return
    yield from found.get_all("License-Expression") or ()
    yield from (text.partition("\n")[0] for text in found.get_all("License") or ())
    yield from (line for line in found.get_all("Classifier") or () if line.startswith("License"))


def test_nothing_shipped_is_under_the_gpl() -> None:
    """Only psycopg is under a licence of that family, the lesser one."""
    gpl = {name for name in shipped() if any("GPL" in line or "General Public" in line for line in licences(name))}
    assert gpl == LGPL
    assert not any("AGPL" in line or "LGPL" not in line for name in LGPL for line in licences(name) if "GPL" in line)


def test_the_decision_about_libraries_names_every_direct_dependency() -> None:
    """A new dependency is a decision, with its licence and its reason."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    page = (ROOT / "docs/adr/0009-the-libraries-chosen.md").read_text(encoding="utf-8").lower()
    extras = [
        *project["dependencies"],
        *(line for lines in project["optional-dependencies"].values() for line in lines),
    ]
    direct = {line.partition("[")[0].partition(">")[0].partition("=")[0] for line in extras} - {"twi-core"}
    assert {name for name in direct if f"| {name.lower()} |" not in page} == set()
