"""Every error code is registered, raised and documented; `tests/answers.py` watches what operations answer."""

import importlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.answers import Watch
from tests.app import Who, build, operation
from tests.architecture.generator import generator
from tests.architecture.operations import EVERY
from twi_core.kernel.context import Origin
from twi_core.kernel.errors import AppError, ErrorCode, registered_errors
from twi_core.kernel.handling import Operation
from twi_core.kernel.permissions import declared_permissions
from twi_core.kernel.settings import declared_settings
from twi_core.links.errors import NOT_FOUND
from twi_http.paths import offered
from twi_runtime.process.exits import Exit, RuntimeFailure
from twi_runtime.registry import (
    OF_EVERY_CALL,
    OF_INPUT,
    OF_SOME_CALLS,
    REGISTERING,
    every_entry,
    import_every_code,
    places_of,
)

ROOT: Final = Path(__file__).parents[2]
NO_CODES: Final = {
    "discord.call": "under which what breaks outside every use case is recorded",
    "discord.help": "by which hints refer to the help, which only Discord has",
    "discord.suggestion": "the same, while somebody types",
    "http.request": "ASGI's name of a message",
}
"""Texts that only look like codes, each with what it is."""
ENTRYPOINTS: Final = {
    "twi": Origin.CLI,
    "twi_cli": Origin.CLI,
    "twi_discord": Origin.DISCORD,
    "twi_http": Origin.HTTP,
    "twi_runtime": Origin.CLI,
    "twi_sandbox": Origin.CLI,
}
"""Where people see what a package raises; `twi` is whatever ends the process."""
LISTING: Final = {"twi_http.refusals", "twi_http.openapi", "twi_runtime.registry"}
"""Modules that only list codes; a code that occurs nowhere else is raised nowhere."""

TEXT: Final = re.compile(r"""(?<![\w.])["']([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)["']""")
DEFINED: Final = re.compile(r"""(?<=define_error\()\s*["'][a-z0-9_.]+["']""")
EXAMPLE: Final = re.compile(r"\bexample=\{.*?\}", re.DOTALL)
NAME: Final = re.compile(r"\b_?[A-Z][A-Z0-9_]+\b(?!\.code\b)")
RAISED: Final = re.compile(r"\b((?:RuntimeFailure|FatalServerError)\(\s*)?AppError\(\s*(?:\w+\.)?([A-Z_]+)")
NO_USE: Final = re.compile(
    r"^(?:from|import)\b[^(\n]*(?:\([^)]*\))?|^__all__ = [\[(].*?[\])]|\berrors=\([^)]*\)|^_?[A-Z_]+(?:: Final)? = ",
    re.DOTALL | re.MULTILINE,
)
"""Imports, re-exports, policies, and the name in a definition."""


@cache
def sources() -> Mapping[str, str]:
    """Return the text of every module of the project, by name."""
    found = {}
    for path in sorted((ROOT / "src").glob("**/twi_*/**/*.py")):
        parts = path.relative_to(ROOT / "src").with_suffix("").parts
        name = ".".join(part for part in parts if part not in {"adapters", "entrypoints", "__init__"})
        found[name] = path.read_text(encoding="utf-8")
    return found


def unregistered(source: str, known: Mapping[str, object]) -> list[str]:
    """Return the texts in a source that read like codes and are not known."""
    words = {code.partition(".")[0] for code in known}
    found = TEXT.findall(EXAMPLE.sub("", source))
    return [text for text in found if text.partition(".")[0] in words and text not in known]


def named_in(module: str, text: str, name: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield each code that a pattern finds by the name of its constant in a part of a module, with what preceded it."""
    of_module = vars(importlib.import_module(module))
    for match in name.finditer(text):
        *before, constant = match.groups() or (match[0],)
        code = of_module.get(constant, elsewhere().get(constant))
        if isinstance(code, ErrorCode):
            yield code.code, (before or [""])[0] or ""


@cache
def elsewhere() -> Mapping[str, ErrorCode]:
    """Return every constant of the project that is a code, by its name alone: for those of other modules."""
    return {
        name: value
        for module in sources()
        if not module.endswith("__main__")
        for name, value in vars(importlib.import_module(module)).items()
        if isinstance(value, ErrorCode)
    }


def used() -> set[str]:
    """Return every code that the source uses otherwise than in an import, a policy or a list of codes."""
    found: set[str] = set()
    for module, text in sources().items():
        if module not in LISTING and not module.endswith("__main__"):
            rest = DEFINED.sub("", NO_USE.sub("", text))
            found.update(code for code, _ in named_in(module, rest, NAME))
            found.update(TEXT.findall(rest))
    return found


def raised_by() -> set[tuple[str, str]]:
    """Return each code that a package raises by its name, with that package; `twi` where it ends the process."""
    return {
        (code, "twi" if ending else module.partition(".")[0])
        for module, text in sources().items()
        if not module.endswith("__main__")
        for code, ending in named_in(module, text, RAISED)
    }


def test_every_code_that_is_used_is_registered() -> None:
    """Codes are made by `define_error` alone; what reads like one is one, an operation, a permission or a setting."""
    import_every_code()
    names = (operation.name for operation in EVERY)
    known = {**registered_errors(), **NO_CODES, **declared_permissions(), **declared_settings(), **dict.fromkeys(names)}
    found = {module: unregistered(text, known) for module, text in sources().items()}
    assert {module: texts for module, texts in found.items() if texts} == {}
    assert [m for m, text in sources().items() if re.search(r"\bErrorCode\(", text)] == ["twi_core.kernel.errors"]
    assert len(found) > 150


def test_a_code_that_is_not_registered_is_found() -> None:
    """It is found wherever it is written as a text, but for the example of an error, which may show a mistake."""
    known = {"shop.sold_out": None}
    assert unregistered("raise PydanticCustomError('shop.closed', 'text')", known) == ["shop.closed"]
    assert unregistered('X: Final = "shop.closed"\nY = "shop.sold_out"', known) == ["shop.closed"]
    assert unregistered('define_error("shop.sold_out", example={"code": "shop.solt_out"})', known) == []


def test_every_registered_code_is_raised_somewhere() -> None:
    """No code is only defined, imported, re-exported or listed."""
    import_every_code()
    assert set(registered_errors()) - used() == set()


@pytest.mark.asyncio
async def test_an_answer_that_is_not_documented_is_found(watch: Watch) -> None:
    """The watch under which all tests run notes a code that a policy lacks."""
    bench = build()
    called = operation(bench.app, "links.get")
    assert isinstance(called, Operation)
    lacking = replace(called, policy=replace(called.policy, errors=()))
    await called.call({"title": "nowhere"}, bench.by(Who.MEMBER))
    assert watch.wrong == []
    await lacking.call({"title": "nowhere"}, bench.by(Who.MEMBER))
    assert watch.wrong == ["links.get answers links.not_found, which is not among its refusals"]
    watch.wrong.clear()


def test_an_error_without_its_facts_or_with_another_exit_code_is_found(watch: Watch) -> None:
    """The watch notes a word in braces that is left in a text, and an exit code that the registry does not have."""
    watch.complete(AppError(NOT_FOUND))
    assert watch.wrong.pop().startswith("links.not_found lacks a fact")
    RuntimeFailure(AppError(NOT_FOUND, NOT_FOUND.example), Exit.USAGE)
    assert [line.partition(" with ")[0] for line in watch.wrong] == ["links.not_found ends"]
    watch.wrong.clear()


def test_what_the_pipeline_can_answer_is_known() -> None:
    """Each code of a pipeline step is among those of every operation, or of those whose policy asks for it."""
    known = {code.code for code in (*OF_EVERY_CALL, *OF_SOME_CALLS, *OF_INPUT)}
    answered = {code for code, entry in every_entry(EVERY).items() if entry.operations}
    for module in sources():
        if module.startswith("twi_core.pipeline."):
            constants = vars(importlib.import_module(module)).values()
            assert {code.code for code in constants if isinstance(code, ErrorCode)} <= known & answered, module


def test_every_code_is_shown_where_the_registry_says() -> None:
    """An entrypoint that raises a code is named with it, unless all that the entrypoint offers can answer it anyway."""
    entries = every_entry(EVERY)
    raised = {(code, ENTRYPOINTS[package]) for code, package in raised_by() if package in ENTRYPOINTS}
    assert len(raised) > 30
    everywhere = {
        Origin.HTTP: {operation.name for operation in offered(EVERY)},
        Origin.DISCORD: {o.name for o in EVERY if Origin.DISCORD not in o.policy.closed_to},
        Origin.CLI: {o.name for o in EVERY if Origin.CLI not in o.policy.closed_to},
    }
    assert {
        (code, entrypoint)
        for code, entrypoint in raised
        if entrypoint not in entries[code].places and not everywhere[entrypoint] <= set(entries[code].operations)
    } == set()
    assert entries["settings.invalid"].exit_code == Exit.SETTINGS
    assert entries["cli.unknown_option"].exit_code == Exit.USAGE


def test_all_codes_are_registered_without_loading_a_door() -> None:
    """A new process knows every code after `import_every_code`, and has loaded no framework for it."""
    code = (
        "import sys\nfrom twi_runtime.registry import import_every_code\nimport_every_code()\n"
        "from twi_core.kernel.errors import registered_errors\nprint(*registered_errors())\n"
        "print(*({'discord', 'litestar', 'uvicorn', 'cyclopts', 'simcord', 'sqlalchemy'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    known, loaded = ran.stdout.splitlines()
    import_every_code()
    assert known.split() == list(registered_errors())
    assert loaded == ""


def test_what_registers_codes_and_where_they_are_shown_names_nothing_that_is_gone() -> None:
    """The registry's own tables hold registered codes only, and every code is shown somewhere."""
    entries = every_entry(EVERY)
    assert [code for code, entry in entries.items() if not entry.operations and not entry.places] == []
    assert len(set(REGISTERING)) == len(REGISTERING)
    assert places_of("nothing.such") == ()


def test_every_code_has_a_section_and_every_section_a_code() -> None:
    """Anyone who is shown a code finds it on the page of its first word, and the index leads there."""
    import_every_code()
    found: dict[tuple[str, str], str] = {}
    for page in (ROOT / "docs/errors").iterdir():
        _, *sections = re.split(r'^<a id="(.+)"></a>$', page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        found |= {(page.stem, code): text for code, text in zip(sections[::2], sections[1::2], strict=True)}
    assert set(found) == {(code.partition(".")[0], code) for code in registered_errors()}
    index = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    for (group, code), section in found.items():
        definition = registered_errors()[code]
        assert f"[{code}](errors/{group}.md#{code})" in index
        assert section.startswith(f"\n\n## {code}\n")
        quoted = "\n".join(f"> {line}" for line in definition.message.splitlines())
        for sentence in (quoted, definition.cause, definition.hint):
            assert f"\n{sentence}\n" in section, code
        assert all(hint in section for hint in definition.other_hints), code


def test_pages_that_are_stale_missing_or_left_over_are_found_and_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--check` names each of them and changes nothing; without it they are written or removed, and all is well."""
    docs = tmp_path / "docs"
    shutil.copytree(ROOT / "docs", docs)
    (docs / "errors/links.md").unlink()
    (docs / "errors/limits.md").write_text("old", encoding="utf-8")
    (docs / "errors/lost.md").write_text("# lost", encoding="utf-8")
    for _ in range(2):
        assert generator().main(["--check"], docs) == 1
        assert sorted(line.partition(";")[0] for line in capsys.readouterr().err.splitlines()) == [
            "errors/limits.md is stale",
            "errors/links.md is stale",
            "errors/lost.md documents no code",
        ]
    assert (generator().main([], docs), generator().main(["--check"], docs)) == (0, 0)
    for page in (ROOT / "docs/errors").iterdir():
        assert (docs / "errors" / page.name).read_text(encoding="utf-8") == page.read_text(encoding="utf-8")
    assert len(list((docs / "errors").iterdir())) == len(list((ROOT / "docs/errors").iterdir()))
