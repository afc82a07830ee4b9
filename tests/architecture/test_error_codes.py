"""Every error code is registered, raised, given its facts, declared and documented; checks find what is planted."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.codes import Codes
from tests.architecture.generator import generator
from tests.architecture.operations import EVERY
from tests.architecture.source import parse, read
from twi_core.kernel.context import Origin
from twi_core.kernel.errors import registered_errors
from twi_core.kernel.permissions import declared_permissions
from twi_core.kernel.settings import declared_settings
from twi_http.paths import offered
from twi_runtime.process.exits import EXITS, Exit
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
    "discord.suggestion": "the same, while somebody types",
    "http.request": "ASGI's name of a message",
}
"""Texts that only look like codes, each with what it is."""
EXEMPT: Final = {code.code for code in (*OF_EVERY_CALL, *OF_SOME_CALLS, *OF_INPUT)}
"""What any operation may answer; its policy does not name it."""
ENTRYPOINTS: Final = {
    "twi": Origin.CLI,
    "twi_cli": Origin.CLI,
    "twi_discord": Origin.DISCORD,
    "twi_http": Origin.HTTP,
    "twi_runtime": Origin.CLI,
    "twi_sandbox": Origin.CLI,
}
"""Where somebody sees what a package raises; `twi` is whatever ends the process."""

KERNEL: Final = "def define_error(code, kind, *, message, hint, cause): return ErrorCode(code)"
SHOP: Final = """
from twi_core.kernel.errors import define_error
SOLD_OUT: Final = define_error("shop.sold_out", 1, message="No {ware} left.", hint="Try {other}.", cause="Sold.")
DEAR = define_error("shop.dear", 1, message="Too dear.", hint="Save.", cause="Price.")
ASK: Final = "Ask {whom}."
"""
SHARED: Final = """
from twi_core.shop.errors import DEAR
class Till:
    def price(self): return AppError(DEAR)
    def close(self): return 1
"""
BUY: Final = """
from twi_core.shop.errors import SOLD_OUT, DEAR
from twi_core.shop.till import Till
class Buy:
    policy: Final = Policy(name="shop.buy", errors=(SOLD_OUT, DEAR))
    def __init__(self, till: Till): self._till = till
    def __call__(self, command):
        if command: return AppError(SOLD_OUT, {"ware": 1, "other": 2})
        return self._till.price()
"""


@pytest.fixture(scope="module")
def codes() -> Codes:
    """Give the codes of the project's own source."""
    import_every_code()
    return Codes(read(ROOT / "src"))


def shop(buy: str = BUY, errors: str = SHOP, **more: str) -> Codes:
    """Give the codes of a small source that is sound unless something is planted in it."""
    return Codes(
        parse(
            twi_core__kernel__errors=KERNEL,
            twi_core__shop__errors=errors,
            twi_core__shop__till=SHARED,
            twi_core__shop__use_cases__buy=buy,
            **more,
        )
    )


def test_every_code_that_is_used_is_registered(codes: Codes) -> None:
    """Codes are made by `define_error` alone; what reads like one is one, an operation, a permission or a setting."""
    others = {*NO_CODES, *declared_permissions(), *declared_settings(), *(operation.name for operation in EVERY)}
    assert codes.unregistered(registered_errors().keys(), others) == []
    assert codes.codes() == set(registered_errors())
    assert len(codes.names.trees) > 150


def test_a_code_that_is_not_registered_is_found() -> None:
    """Written as text, constructed directly, or defined where nobody imports it."""
    registered, others = {"shop.sold_out", "shop.dear"}, {"shop.buy"}
    assert shop().unregistered(registered, others) == []
    assert shop().unregistered({"shop.sold_out"}, others) == ["twi_core.shop.errors:4 shop.dear"]
    text = shop(twi_x="def f(): raise PydanticCustomError('shop.closed', 'text')")
    assert text.unregistered(registered, others) == ["twi_x:1 shop.closed"]
    assert text.unregistered(registered, {*others, "shop.closed"}) == []
    misspelt = SHOP.replace('cause="Price."', 'cause="Price.", example={"code": "shop.daer"}')
    assert shop(errors=misspelt).unregistered(registered, others) == [], "an example may show a mistake"
    direct = shop(twi_x="X = ErrorCode('shop.closed')")
    assert direct.unregistered(registered, others) == ["twi_x:1 ErrorCode", "twi_x:1 shop.closed"]


def test_every_registered_code_is_raised_somewhere(codes: Codes) -> None:
    """No code is only defined, imported, listed or told of."""
    assert codes.unused() == []


def test_a_code_that_nothing_raises_is_found() -> None:
    """Imports, re-exports, other names, policies, its text, and modules that tell of codes are no use."""
    assert shop().unused() == []
    more = SHOP + 'LOST = define_error("shop.lost", 1, message="M.", hint="H.", cause="C.")\n'
    telling = {
        "twi_a": "from twi_core.shop.errors import LOST\n__all__ = ['LOST']",
        "twi_b": "from twi_a import LOST\nGONE: Final = LOST",
        "twi_c": "from twi_b import GONE\nP = Policy(name='x', errors=(GONE,))\nS = {GONE.code: 404}",
        "twi_http__refusals": "from twi_b import GONE\nALL = (GONE,)",
    }
    assert shop(errors=more, **telling).unused() == ["shop.lost"]
    used = "from twi_b import GONE\ndef f(): return AppError(GONE)"
    assert shop(errors=more, **telling, twi_d=used).unused() == []
    module = "import twi_core.shop.errors as e\nfrom twi_core.shop import errors\n"
    for name in ("e", "errors"):
        assert shop(errors=more, twi_d=f"{module}def f(): return AppError({name}.LOST)").unused() == []


def test_codes_without_a_name_count_where_their_text_is_raised() -> None:
    """An adapter knows its codes as texts only; those of a table are used where that text is."""
    table = SHOP + (
        'def _made(code, hint): return define_error(code, 1, message="{problem}", hint=hint, cause="C.")\n'
        'ALL = (_made("shop.burnt", "H."), _made("shop.flooded", "H."))\n'
    )
    text = "BURNT: Final = 'shop.burnt'\nFLOODED: Final = 'shop.flooded'\ndef f(): raise Broken(BURNT)"
    assert shop(errors=table, twi_d=text).unused() == ["shop.flooded"]


def test_every_error_is_given_the_facts_that_it_tells(codes: Codes) -> None:
    """No message reaches a person with a word in braces, as far as the facts are written out."""
    assert codes.lacking() == []


@pytest.mark.parametrize(
    ("code", "lacking"),
    [
        ("AppError(SOLD_OUT, {'ware': 1, 'other': 2})", []),
        ("AppError(SOLD_OUT, {'ware': 1})", ["other"]),
        ("AppError(SOLD_OUT, params={'other': 1})", ["ware"]),
        ("AppError(SOLD_OUT)", ["other", "ware"]),
        ("AppError(DEAR)", []),
        ("AppError(SOLD_OUT, {'ware': 1}, ASK)", ["whom"]),
        ("AppError(SOLD_OUT, {'ware': 1, 'whom': 2}, ASK)", []),
        ("AppError(SOLD_OUT, {'ware': 1, 'whom': 2}, ASK if x else None)", ["other"]),
        ("AppError(SOLD_OUT, {'ware': 1} | {'other': 2})", []),
        ("AppError(SOLD_OUT, {'ware': 1} | {'whom': 2})", ["other"]),
        ("AppError(SOLD_OUT, {'ware': 1} | found)", []),
        ("AppError(SOLD_OUT, dict(found))", []),
        ("told", []),
        ("AppError(SOLD_OUT, told)", ["other"]),
        ("TextError(SOLD_OUT, ware=1)", ["other"]),
        ("TextError(SOLD_OUT, ware=1, other=2)", []),
        ("TextError(SOLD_OUT, **found)", []),
        ("PydanticCustomError('shop.sold_out', 'text', {'ware': 1})", ["other"]),
        ("PydanticCustomError('shop.sold_out', 'text', {'ware': 1, 'other': 2})", []),
    ],
)
def test_a_fact_that_is_lacking_is_found(code: str, lacking: list[str]) -> None:
    """In each way in which errors are made and facts written; what cannot be read is let be."""
    head = "from twi_core.shop.errors import ASK, DEAR, SOLD_OUT\ndef f(found):\n    told = {'ware': 1}\n"
    assert shop(twi_d=f"{head}    return {code}").lacking() == [f"twi_d:4 {word}" for word in lacking]


def test_every_code_that_a_use_case_can_answer_is_in_its_policy(codes: Codes) -> None:
    """What the use case, and whatever it calls in its context and the kernel, can raise is declared, and only that."""
    assert set(codes.policies()) == {operation.name for operation in EVERY}
    assert codes.undeclared(EXEMPT) == []
    assert codes.unreachable() == []


def test_a_code_that_a_policy_lacks_or_has_too_many_is_found() -> None:
    """Raised by the use case itself, by a method that it calls on what it is given, or by nobody."""
    assert (shop().undeclared(set()), shop().unreachable()) == ([], [])
    bare = shop(BUY.replace("errors=(SOLD_OUT, DEAR)", "errors=()"))
    assert bare.undeclared(set()) == ["shop.buy shop.dear", "shop.buy shop.sold_out"]
    assert bare.undeclared({"shop.dear"}) == ["shop.buy shop.sold_out"]
    closing = shop(BUY.replace("self._till.price()", "self._till.close()"))
    assert (closing.undeclared(set()), closing.unreachable()) == ([], ["shop.buy shop.dear"])


def test_what_the_pipeline_can_answer_is_known(codes: Codes) -> None:
    """Each code of a pipeline step is among those that are told of every operation, or of those that ask for it."""
    of_pipeline = {found.code for found in codes.definitions if found.module.startswith("twi_core.pipeline.")}
    assert of_pipeline <= EXEMPT
    told = {code for code, entry in every_entry(EVERY).items() if entry.operations}
    assert of_pipeline <= told


def test_every_code_is_told_where_the_registry_says(codes: Codes) -> None:
    """An entrypoint that raises a code is named with it, unless all that the entrypoint offers can answer it anyway."""
    entries = every_entry(EVERY)
    raised = {(code, ENTRYPOINTS[package]) for code, package in codes.told_by() if package in ENTRYPOINTS}
    assert len(raised) > 30
    everywhere = {
        Origin.HTTP: {operation.name for operation in offered(EVERY)},
        Origin.DISCORD: {o.name for o in EVERY if Origin.DISCORD not in o.policy.closed_to},
        Origin.CLI: {o.name for o in EVERY if Origin.CLI not in o.policy.closed_to},
    }
    missing = {
        (code, entrypoint)
        for code, entrypoint in raised
        if entrypoint not in entries[code].places and not everywhere[entrypoint] <= set(entries[code].operations)
    }
    assert missing == set()
    claimed = {(code, place) for code, entry in entries.items() for place in entry.places}
    of_entrypoints = {pair for pair in claimed if pair[0].partition(".")[0] in {"cli", "discord", "http", "sandbox"}}
    assert (
        of_entrypoints
        - raised
        - {(code, ENTRYPOINTS[package]) for code, package in codes.used() if package in ENTRYPOINTS}
        == set()
    )


def test_where_a_code_is_told_is_read_from_the_source() -> None:
    """What a package raises is told by it; what ends the process is told by `twi`, with its exit code."""
    head = "from twi_core.shop.errors import DEAR, SOLD_OUT\n"
    found = shop(
        twi_discord__x=f"{head}def f(): return AppError(DEAR)",
        twi_http__x=f"{head}def f(): raise FatalServerError(AppError(SOLD_OUT, {{}}))",
        twi_cli__x=f"{head}def f(): raise RuntimeFailure(AppError(DEAR), Exit.USAGE)",
    )
    at_doors = {(code, package) for code, package in found.told_by() if package != "twi_core"}
    assert at_doors == {("shop.dear", "twi_discord"), ("shop.sold_out", "twi"), ("shop.dear", "twi")}
    assert found.ends() == {("shop.sold_out", "SETTINGS"), ("shop.dear", "USAGE")}


def test_the_exit_codes_are_those_that_the_process_ends_with(codes: Codes) -> None:
    """Where something ends `twi` with an exit code of its own, the registry knows."""
    entries = every_entry(EVERY)
    ends = codes.ends()
    assert len(ends) > 15
    for code, end in ends:
        usual = EXITS[registered_errors()[code].kind]
        assert entries[code].exit_code == (usual if end is None else Exit[end]), code
    assert entries["settings.invalid"].exit_code == Exit.SETTINGS
    assert entries["cli.usage"].exit_code == Exit.USAGE


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


def test_what_registers_codes_and_where_they_are_told_names_nothing_that_is_gone() -> None:
    """The registry's own tables hold registered codes only, and every code is told by somebody."""
    entries = every_entry(EVERY)
    assert [code for code, entry in entries.items() if not entry.operations and not entry.places] == []
    assert len(set(REGISTERING)) == len(REGISTERING)
    assert places_of("nothing.such") == ()


def test_every_code_has_a_section_and_every_section_a_code() -> None:
    """Whoever is shown a code finds it on the page of its first word, and the index leads there."""
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
        for told in (f"> {definition.message}", definition.cause, definition.hint):
            assert f"\n{told}\n" in section, code
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
